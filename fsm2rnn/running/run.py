"""Both sides of a comparison on their way through words, and what was found so far."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import Enum
from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.choice import choose_member
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.device.device_blocks import AT_ONCE, device_blocks
from fsm2rnn.running.device.device_words import DrawnBlock, GivenBlock, WordBlock
from fsm2rnn.running.form.codes import FloatCodes, codes
from fsm2rnn.running.form.gather import Gather, gather_form, moves_entries
from fsm2rnn.running.loops.compiled_loops import CompiledRunner, Steps, compiled_steps
from fsm2rnn.running.result import NOT_FINITE, Mismatch, Verification
from fsm2rnn.running.runner.runner import FloatRunner, GatherRunner, Runner
from fsm2rnn.running.runner.scan import ScanRunner, require_scan
from fsm2rnn.running.runner.streams import StreamRunner
from fsm2rnn.running.tally import Place, Tally
from fsm2rnn.running.walk.chunked_walk import TableWalk
from fsm2rnn.running.walk.reference import Reference, reference
from fsm2rnn.running.walk.walk import LANES, Indices, all_states, smallest_type
from fsm2rnn.running.words.random_words import BLOCK, RandomWords

AROUND = 5  # symbols shown on each side of a mismatch
LONG = 1 << 15  # symbols from which the codes of an exact network are worth listing, and loops worth compiling


class Order(Enum):
    """The rounding order of a run; where nothing rounds both are the same run."""

    SEQUENTIAL = "sequential"
    SCAN = "scan"


@final
@dataclass(frozen=True)
class Form:
    """How a network is run: by its index form, else by its codes, else in compiled loops, else step by step.

    Codes and compiled loops are looked for where the run is long enough to be worth it. In scan order there is the
    index form, where nothing rounds, and else the scan of the network's own floats.
    """

    gather: Gather | None
    codes: FloatCodes | None
    steps: Steps | None = None
    scanned: bool = False
    walk: TableWalk | None = None  # through the table

    @classmethod
    def of(cls, network: Network, symbols: int, order: Order = Order.SEQUENTIAL) -> Form:
        """Return the form for a run of that many symbols; InputError where the order has none."""
        gather = _index(network)
        if gather is not None:
            return cls(gather, None, walk=TableWalk.of(gather.index, symbols))
        if order is Order.SCAN:
            require_scan(network)
            return cls(None, None, scanned=True)
        listed = codes(network) if symbols >= LONG else None
        if listed is not None:
            return cls(None, listed, walk=TableWalk.of(listed.table, symbols))
        return cls(None, None, compiled_steps(network.rnn) if symbols >= LONG else None)

    @property
    def table(self) -> Indices | None:
        """What a symbol does to a position that is an index (D, C); None where positions are floats."""
        if self.gather is not None:
            return self.gather.index
        return None if self.codes is None else self.codes.table

    @property
    def start(self) -> int:
        """The index of the initial state."""
        return 0 if self.gather is None else self.gather.start

    def runner(self, network: Network, batch: int) -> Runner:
        """Return the network at the start of `batch` words."""
        if self.gather is not None:
            return GatherRunner(self.gather, batch, network.initial_state.device, self.walk)
        if self.codes is not None:
            return StreamRunner(network, self.codes, batch, self.walk)
        if self.scanned:
            return ScanRunner(network, batch)
        return FloatRunner(network, batch) if self.steps is None else CompiledRunner(network, self.steps, batch)


def _index(network: Network) -> Gather | None:
    """Return the index form of a network that moves numbers alone, which rounds in no order, and is not put back."""
    if network.snap is not None:
        return None
    stored = network.meaning()
    gather = gather_form(stored)
    if gather is None and network.structure is Structure.COLUMN_ONE_HOT and moves_entries(stored):
        listed = codes(network)
        gather = None if listed is None else Gather(listed.table, 0, listed.reads)
    return gather


@final
class Run:
    """A network and a machine reading the same words; `tally` is what was found."""

    def __init__(self, network: Network, machine: StateMachine, order: Order, symbols: int) -> None:
        """Get ready for about `symbols` symbols; InputError for another alphabet, and for an order without products."""
        self.network, self.machine, self.order = network, machine, order
        self.reference: Reference = reference(machine, network.machine)
        self.form = Form.of(network, symbols, order)
        self._walk = TableWalk.of(self.reference.table, symbols)
        self._reads = all_states(self.reference.table)
        self._classes = _with_none(self.reference)
        listed = (self.form.gather or self.form.codes) if symbols >= LONG else None
        self._blocks = None if listed is None else device_blocks(network, listed, self.reference)
        self._compile()
        np.empty(8 * BLOCK, dtype=np.uint8)  # once freed, glibc keeps what blocks free: no page faults in every block
        first = self._place_at_start()
        self.tally = Tally(int(first is not None), first)

    def _compile(self) -> None:
        """Compile the kernels of one and of many streams, so that the clock of `read` sees the run alone."""
        self.tally = Tally()
        for batch in (1, LANES):
            self.restart(batch)
            self.runner.read(np.zeros((batch, 2), dtype=smallest_type(len(self.network.machine.symbols))))
        if self._blocks is not None:
            self.restart(1)
            self._agrees_on_device(self._drawn(RandomWords(AT_ONCE, at_once=AT_ONCE), 0))

    def restart(self, batch: int, stream: int = 0) -> None:
        """Put both sides at the start of `batch` new words; streams count on from `stream`."""
        self.runner = self.form.runner(self.network, batch)
        self.states: Indices = np.full(batch, self.reference.start, dtype=self.reference.table.dtype)
        self.position, self.stream = 0, stream

    def resume(self, position: int, states: Indices, runner: Tensor) -> None:
        """Put both sides `position` symbols behind the start: the machine in states (B,), the runner where it says."""
        self.position, self.states = position, states.astype(self.reference.table.dtype)
        self.runner.resume(runner)

    @property
    def at_once(self) -> int | None:
        """The symbols of a block that keep a device busy; None where the CPU compares."""
        return None if self._blocks is None else AT_ONCE

    def read_random(self, words: RandomWords, number: int) -> None:
        """Draw and read the block of that number on both sides and compare every state."""
        if self._agrees_on_device(self._drawn(words, number)):
            self.position += len(words.places(number))
        else:
            self._compare(words.drawn(len(self.network.machine.symbols), number))

    def read(self, words: Indices) -> None:
        """Read the next block (B, T) on both sides and compare every state, on a device in pieces that it can hold."""
        length = max(1, words.shape[1] if self._blocks is None else AT_ONCE // len(words))
        for start in range(0, words.shape[1], length):
            piece = words[:, start : start + length]
            if piece.size >= LONG and self._agrees_on_device(GivenBlock(piece)):
                self.position += piece.shape[1]
            else:
                self._compare(piece)

    def _drawn(self, words: RandomWords, number: int) -> DrawnBlock:
        return DrawnBlock(words, number, len(self.network.machine.symbols))

    def _compare(self, words: Indices) -> None:
        before = time.perf_counter()
        found = self.runner.read(words)
        seconds = time.perf_counter() - before
        states = self.states.copy()
        expected = self._walk.block(self.reference.expected, words, self.states)
        wrong = expected != (found if self._classes is None else np.take(self._classes, found))
        count, first = int(np.count_nonzero(wrong)), self.tally.first
        if count and first is None:
            first = self._first_place(words, self._walk.block(self._reads, words, states), found, wrong)
        self._count(words.size, seconds, self.tally.mismatches + count, first)
        self.position += words.shape[1]

    def _agrees_on_device(self, block: WordBlock) -> bool:
        """Read the block and return True if a device compares it and finds no state wrong; else read nothing."""
        table, position = self.form.table, self.runner.position()
        if self._blocks is None or table is None or position.is_floating_point():
            return False
        states, places = self.states.copy(), position.numpy().astype(table.dtype)
        seconds = self._blocks.seconds(block, states, places)
        if seconds is None:
            return False
        self.states = states
        self.runner.resume(torch.from_numpy(places.astype(np.int64)))
        self._count(math.prod(block.shape), seconds, self.tally.mismatches, self.tally.first)
        return True

    def _count(self, symbols: int, seconds: float, mismatches: int, first: Place | None) -> None:
        """Add what the network read."""
        self.tally = Tally(mismatches, first, self.tally.counted + symbols, self.tally.seconds + seconds)

    def verification(self, steps: int, batch: int, tally: Tally | None = None) -> Verification:
        """Return the result of a tally, its own by default."""
        final_tally = tally or self.tally
        return Verification(
            steps,
            batch,
            final_tally.mismatches,
            None if final_tally.first is None else self._mismatch(final_tally.first),
            final_tally.counted / final_tally.seconds if final_tally.seconds else None,
            self.order.value,
            self.network.meaning().form.name,
            str(self.network.initial_state.device),
            self.runner.evaluated,
        )

    def _place_at_start(self) -> Place | None:
        """Return the disagreement before the first symbol, if there is one."""
        start, found = self.reference.start, self.network.start()
        if self.reference.expected[start] == self.reference.found[found]:
            return None
        return Place(0, 0, (), 0, start, found)

    def _first_place(self, words: Indices, expected: Indices, found: Indices, wrong: npt.NDArray[np.bool_]) -> Place:
        """Return the earliest wrong position of the block, with the symbols of this block around it."""
        step = int(np.argmax(wrong.any(axis=0)))
        stream = int(np.argmax(wrong[:, step]))
        left = max(0, step - AROUND)
        return Place(
            self.stream + stream,
            self.position + step,
            tuple(words[stream, left : step + AROUND + 1].tolist()),
            step - left,
            int(expected[stream, step]),
            int(found[stream, step]),
        )

    def _mismatch(self, place: Place) -> Mismatch:
        expected, found = _told_apart(self.machine, self.network.machine, place)
        return Mismatch(
            place.stream,
            place.position,
            tuple(self.network.machine.symbols[symbol] for symbol in place.symbols),
            place.offset,
            expected,
            found,
        )


def _told_apart(machine: StateMachine, network_machine: StateMachine, place: Place) -> tuple[Label, Label]:
    """Return the states of a disagreement, each with its output where the two have one name."""
    expected = machine.states[place.expected]
    if place.found >= len(network_machine.states):
        return expected, NOT_FINITE
    found = network_machine.states[place.found]
    if typed(expected) != typed(found):
        return expected, found
    return (expected, machine.outputs[place.expected]), (found, network_machine.outputs[place.found])


def _with_none(reference: Reference) -> Indices | None:
    """Return the class of each state of the network's machine, and a last one, nobody's, for no finite state.

    None where a state's number is its class and the number of states is nobody's.
    """
    count, none = len(reference.found), 1 + int(max(reference.found.max(), reference.expected.max()))
    if none == count and np.array_equal(reference.found, np.arange(count)):
        return None
    return np.append(reference.found, none).astype(smallest_type(none + 1))


def parse_order(order: Order | str) -> Order:
    """Return the order of that name; InputError with the nearest name otherwise."""
    return choose_member("order", order, Order)
