"""The network's run against the machine's table over long words: mismatches counted, the first one named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.cells.network import Network
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine, nearest_hint
from fsm2rnn.verify.gather import gather_form
from fsm2rnn.verify.reference import Reference, reference
from fsm2rnn.verify.result import Mismatch, Verification
from fsm2rnn.verify.runner import FloatRunner, GatherRunner, Runner
from fsm2rnn.verify.walk import LANES, Indices, all_states, smallest_type, walk_block
from fsm2rnn.verify.words import random_blocks

BLOCK = 1 << 20  # symbols drawn and compared at once, over all streams
AROUND = 5  # symbols shown on each side of a mismatch

Progress: TypeAlias = Callable[[int], None]  # called with the number of steps just done


class Order(Enum):
    """The rounding order of a run; where nothing rounds both are the same run."""

    SEQUENTIAL = "sequential"
    SCAN = "scan"


def verify_network(
    network: Network,
    machine: StateMachine | None = None,
    *,
    steps: int = 1_000_000,
    batch: int = 1,
    seed: int = 0,
    order: Order | str = Order.SEQUENTIAL,
    progress: Progress | None = None,
) -> Verification:
    """Run the network on `batch` random words of `steps` symbols each, beside the machine's own table.

    States are compared where the machine is equivalent to the network's own; otherwise outputs are, on a
    shortest word that tells the two apart first. Memory is bounded by blocks, not by `steps`. Raises
    InputError for counts below 1, an unknown order, or another alphabet, LimitError for more than `BLOCK` streams.
    """
    if steps < 1 or batch < 1 or seed < 0:
        message = f"steps and batch count from 1 and the seed from 0, found {steps}, {batch} and {seed}"
        raise InputError(message)
    if batch > BLOCK:
        what = "streams"
        raise LimitError(what, limit=BLOCK, needed=batch)
    symbols = len(network.machine.symbols)
    run = _Run(network, machine or network.machine, _parse_order(order))
    if run.reference.word is not None:
        ids = network.machine.indices(run.reference.word)
        run.restart(1)
        run.read(np.array([ids], dtype=smallest_type(symbols)))
    run.restart(batch)
    for block in random_blocks(symbols, steps=steps, batch=batch, seed=seed, block=max(1, BLOCK // batch)):
        run.read(block)
        if progress is not None:
            progress(block.shape[1])
    return run.verification(steps, batch)


def verify_words(network: Network, words: Iterable[Indices], *, order: Order | str = Order.SEQUENTIAL) -> Verification:
    """Run the network on given words, each (1, T) ids and each from the start; `steps` is their total length."""
    run = _Run(network, network.machine, _parse_order(order))
    total = 0
    for stream, word in enumerate(words):
        run.restart(1, stream)
        run.read(word)
        total += word.shape[1]
    return run.verification(total, 1)


def _parse_order(order: Order | str) -> Order:
    names = [choice.value for choice in Order]
    if not isinstance(order, Order) and order not in names:
        message = f"unknown order {order!r}"
        raise InputError(message, hint=nearest_hint(order, names))
    return Order(order)


@final
class _Run:
    """Both sides of a comparison on their way through words, and what was found so far."""

    def __init__(self, network: Network, machine: StateMachine, order: Order) -> None:
        stored = network.meaning()
        self.network, self.machine, self.order, self.dtype = network, machine, order, stored.form.name
        self.reference: Reference = reference(machine, network.machine)
        self.reads = all_states(self.reference.table)
        self.gather = gather_form(stored)
        if self.gather is None and order is Order.SCAN:
            message = "these weights are not one-hot, and float evaluation in scan order is not built yet"
            raise InputError(message, hint="use order sequential")
        self.seconds, self.counted = 0.0, 0
        self.first = self._mismatch_at_start()
        self.mismatches = int(self.first is not None)
        # Compiles the kernels of one and of many streams, so that the clock of `read` sees the run alone.
        for batch in (1, LANES):
            self.restart(batch)
            self.runner.read(np.zeros((batch, 1), dtype=smallest_type(len(network.machine.symbols))))

    def restart(self, batch: int, stream: int = 0) -> None:
        """Put both sides at the start of `batch` new words; streams count on from `stream`."""
        device = self.network.initial_state.device
        self.runner: Runner = (
            FloatRunner(self.network) if self.gather is None else GatherRunner(self.gather, batch, device)
        )
        self.states: Indices = np.full(batch, self.reference.start, dtype=self.reference.table.dtype)
        self.position, self.stream = 0, stream

    def read(self, words: Indices) -> None:
        """Read the next block (B, T) on both sides and compare every state."""
        before = time.perf_counter()
        found = self.runner.read(words)
        self.seconds += time.perf_counter() - before
        self.counted += words.size
        expected = walk_block(self.reference.table, self.reads, words, self.states)
        wrong = self.reference.expected[expected] != self.reference.found[found]
        count = int(np.count_nonzero(wrong))
        if count and self.first is None:
            self.first = self._mismatch(words, expected, found, wrong)
        self.mismatches += count
        self.position += words.shape[1]

    def verification(self, steps: int, batch: int) -> Verification:
        """Return the result so far."""
        return Verification(
            steps,
            batch,
            self.mismatches,
            self.first,
            self.counted / self.seconds if self.seconds else None,
            self.order.value,
            self.dtype,
            str(self.network.initial_state.device),
            self.runner.evaluated,
        )

    def _mismatch_at_start(self) -> Mismatch | None:
        """Return the disagreement before the first symbol, if there is one."""
        start, found = self.reference.start, self.network.start()
        if self.reference.expected[start] == self.reference.found[found]:
            return None
        return Mismatch(0, 0, (), 0, self.machine.states[start], self.network.machine.states[found])

    def _mismatch(self, words: Indices, expected: Indices, found: Indices, wrong: npt.NDArray[np.bool_]) -> Mismatch:
        """Return the earliest wrong position of the block, with the symbols of this block around it."""
        step = int(np.argmax(wrong.any(axis=0)))
        stream = int(np.argmax(wrong[:, step]))
        left = max(0, step - AROUND)
        symbols = words[stream, left : step + AROUND + 1].tolist()
        return Mismatch(
            self.stream + stream,
            self.position + step,
            tuple(self.network.machine.symbols[symbol] for symbol in symbols),
            step - left,
            self.machine.states[int(expected[stream, step])],
            self.network.machine.states[int(found[stream, step])],
        )
