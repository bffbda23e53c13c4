"""Whole blocks of random words drawn, walked and compared on a CUDA device.

Where the maps of the states are a small monoid, the device finds the products of many chunks at once, and the CPU
composes them to the start of every chunk. From there the device walks the machine's table and the network, and compares
all their states. Every chunk must end where the next one starts, and the CPU draws and walks one chunk of each block
itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.errors import NumericError
from fsm2rnn.running.device.device_steps import (
    KernelSteps,
    kernels_found,
    on_device,
    runs_in_kernels,
    traced_streams,
    wrong_walk,
)
from fsm2rnn.running.form.codes import FloatCodes
from fsm2rnn.running.form.gather import Gather
from fsm2rnn.running.walk.chunked_walk import TableMonoid, table_monoid
from fsm2rnn.running.walk.reference import Reference
from fsm2rnn.running.walk.walk import Indices, all_states, walk_block
from fsm2rnn.running.words.random_words import GOLDEN, LAST, MIXING, Counters, RandomWords, ids_from

STREAMS = 1 << 16  # chunks that fill a device
AT_ONCE = 1 << 24  # symbols of a block, for which a device holds 28 bytes each, most of them while they are drawn


@final
class ChunkedTrace:
    """The walk through a table (D, Q) on a device, over chunks of words as streams."""

    def __init__(self, table: Indices, monoid: TableMonoid, device: torch.device) -> None:
        """Put the table and the monoid's graph on the device."""
        self._table, self._graph = on_device(table, device), on_device(monoid.graph, device)
        self._elements, self._all = monoid.elements, all_states(monoid.elements)
        self._kind = monoid.graph.dtype

    def walk(self, ids: Tensor, states: Indices) -> tuple[Tensor, Tensor]:
        """Return the trace (T, S) of ids (T, S) and its starts (S,), S / B chunks of each of B words.

        `states` (B,) carries over. NumericError where a chunk does not end in the start of the next one.
        """
        identity = torch.zeros_like(ids[0], dtype=self._graph.dtype)
        products = traced_streams(self._graph, ids, identity)[-1].cpu().numpy().astype(self._kind)
        before = states.copy()
        after = walk_block(self._elements, self._all, products.reshape(len(states), -1), states)
        starts = on_device(np.concatenate([before[:, None], after[:, :-1]], 1).ravel(), ids.device)
        trace = traced_streams(self._table, ids, starts)
        if not torch.equal(trace[-1], on_device(after.ravel(), ids.device)):
            raise NumericError(wrong_walk(ids.device))
        return trace, starts


@final
@dataclass(eq=False)
class DeviceBlocks:
    """Both sides of a comparison on a device, in the classes of `Reference`."""

    reference: Reference
    machine: ChunkedTrace
    network: ChunkedTrace
    steps: KernelSteps | None  # the network's floats, held to the trace of its codes; None for an index form
    expected: Tensor  # (Q,) class of each state of the machine
    found: Tensor  # (C,) class of each coordinate or code

    @classmethod
    def of(
        cls, network: Network, form: Gather | FloatCodes, reference: Reference, device: torch.device
    ) -> DeviceBlocks | None:
        """Return the comparison on a device; None where the maps of the states are too many to be listed."""
        table = form.index if isinstance(form, Gather) else form.table
        machine, own = table_monoid(reference.table), table_monoid(table)
        if machine is None or own is None:
            return None
        return cls(
            reference,
            ChunkedTrace(reference.table, machine, device),
            ChunkedTrace(table, own, device),
            None if isinstance(form, Gather) else KernelSteps(network, form),
            on_device(reference.expected, device),
            on_device(reference.found[form.reads], device),
        )

    def seconds(self, words: RandomWords, number: int, states: Indices, places: Indices) -> float | None:
        """Return how long the network took to agree with the machine after every symbol of one block of words.

        None where they disagree, or where the network's floats are not its codes. `states` (B,), the machine's, and
        `places` (B,), the network's coordinates or codes, carry over.
        """
        whole, total = words.places(number), 0.0
        chunks = max(1, min(len(whole), STREAMS // words.batch))
        length = len(whole) // chunks
        rest = len(whole) - chunks * length
        for part in (_Part(words, whole.start, chunks, length), _Part(words, whole.stop - rest, 1, rest)):
            spent = self._part_seconds(part, states, places) if part.length else 0.0
            if spent is None:
                return None
            total += spent
        return total

    def _part_seconds(self, part: _Part, states: Indices, places: Indices) -> float | None:
        device, counters = self.expected.device, part.counters()
        ids = drawn_on_device(counters, len(self.reference.table), part.length, device)
        _wait(device)
        before = time.perf_counter()
        trace, starts = self.network.walk(ids, places)
        if self.steps is not None and self.steps.departs(ids, trace, starts):
            return None
        spent = time.perf_counter() - before
        along, begun = self.machine.walk(ids, states)
        self._check_one(counters, ids, begun, along)
        return spent if torch.equal(self.expected[along.long()], self.found[trace.long()]) else None

    def _check_one(self, counters: Counters, ids: Tensor, starts: Tensor, trace: Tensor) -> None:
        """Draw and walk one chunk on the CPU as well; NumericError where the device has other ids or states (T, S)."""
        table, chunk = self.reference.table, int(counters[0] % np.uint64(len(counters)))
        word = ids_from(counters[chunk : chunk + 1], len(table), len(ids))
        walked = walk_block(table, all_states(table), word, starts[chunk : chunk + 1].cpu().numpy().astype(table.dtype))
        for found, expected in ((ids, word), (trace, walked)):
            if not np.array_equal(found[:, chunk].cpu().numpy(), expected[0]):
                raise NumericError(wrong_walk(ids.device))


@final
@dataclass(frozen=True)
class _Part:
    """The places of each word from `first` on, as chunks of one length."""

    words: RandomWords
    first: int
    chunks: int
    length: int

    def counters(self) -> Counters:
        """Return what their ids are drawn from, (B * chunks,)."""
        return self.words.counters(self.first, self.chunks, self.length)


def device_blocks(network: Network, form: Gather | FloatCodes, reference: Reference) -> DeviceBlocks | None:
    """Return the comparison on the network's device.

    None where there are no kernels for it, or where the maps of the states are too many to be listed.
    """
    device = network.initial_state.device
    if not kernels_found(device) or not (isinstance(form, Gather) or runs_in_kernels(network)):
        return None
    return DeviceBlocks.of(network, form, reference, device)


def drawn_on_device(counters: Counters, symbols: int, length: int, device: torch.device) -> Tensor:
    """Return SplitMix64's ids drawn on a device, time-major (T, S), uint8 or int32; products modulo 2^64 in int64."""
    starts = torch.from_numpy(counters.view(np.int64)).to(device)
    z = torch.arange(length, device=device)[:, None] * _signed(GOLDEN) + starts
    for shift, factor in MIXING:
        z.bitwise_xor_(_shifted(z, shift)).mul_(_signed(factor))
    z.bitwise_xor_(_shifted(z, LAST))
    ids = _shifted(z, 32).mul_(symbols) >> 32
    return ids.to(torch.uint8 if symbols <= 1 << 8 else torch.int32)


def _signed(number: int) -> int:
    """Return the signed number of the same 64 bits."""
    return number - (1 << 64) if number >> 63 else number


def _shifted(z: Tensor, places: int) -> Tensor:
    """Return 64 bits shifted right, with zeros from the left."""
    return (z >> places).bitwise_and_((1 << (64 - places)) - 1)


def _wait(device: torch.device) -> None:
    """Wait until the device has done what was asked of it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
