"""Whole blocks compared on a CUDA device: ids go up, and one answer comes down.

Where the maps of the states are a small monoid, the device finds the products of many chunks at once, and the CPU
composes them to the start of every chunk. From there the device walks the machine's table and the network, and compares
all their states. Every chunk must end where the next one starts, and the machine's walk where the CPU's own walk does.
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
from fsm2rnn.verify.chunked_walk import SmallMonoid, chunked_final, small_monoid
from fsm2rnn.verify.codes import Codes
from fsm2rnn.verify.device_steps import (
    STREAMS,
    KernelSteps,
    kernels_found,
    on_device,
    runs_in_kernels,
    time_major,
    traced,
    wrong_walk,
)
from fsm2rnn.verify.gather import Gather
from fsm2rnn.verify.reference import Reference
from fsm2rnn.verify.walk import LANES, Indices, all_states, final_states, walk_block


@final
class ChunkedTrace:
    """The walk through a table (D, Q) on a device, over chunks of words as streams."""

    def __init__(self, table: Indices, monoid: SmallMonoid, device: torch.device) -> None:
        """Put the table and the monoid's graph on the device."""
        self._table, self._graph = on_device(table, device), on_device(monoid.graph, device)
        self._elements, self._all = monoid.elements, all_states(monoid.elements)
        self._kind = monoid.graph.dtype

    def walk(self, ids: Tensor, states: Indices) -> tuple[Tensor, Tensor]:
        """Return the trace (T, S) of ids (T, S) and its starts (S,), S / B chunks of each of B words.

        `states` (B,) carries over. NumericError where a chunk does not end in the start of the next one.
        """
        identity = torch.zeros_like(ids[0], dtype=self._graph.dtype)
        products = traced(self._graph, ids, identity)[-1].cpu().numpy().astype(self._kind)
        before = states.copy()
        after = walk_block(self._elements, self._all, products.reshape(len(states), -1), states)
        starts = on_device(np.concatenate([before[:, None], after[:, :-1]], 1).ravel(), ids.device)
        trace = traced(self._table, ids, starts)
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
    monoid: SmallMonoid  # of the machine
    expected: Tensor  # (Q,) class of each state of the machine
    found: Tensor  # (C,) class of each coordinate or code

    @classmethod
    def of(
        cls, network: Network, form: Gather | Codes, reference: Reference, device: torch.device
    ) -> DeviceBlocks | None:
        """Return the comparison on a device; None where the maps of the states are too many to be listed."""
        table = form.index if isinstance(form, Gather) else form.table
        machine, own = small_monoid(reference.table), small_monoid(table)
        if machine is None or own is None:
            return None
        return cls(
            reference,
            ChunkedTrace(reference.table, machine, device),
            ChunkedTrace(table, own, device),
            None if isinstance(form, Gather) else KernelSteps(network, form),
            machine,
            on_device(reference.expected, device),
            on_device(reference.found[form.reads], device),
        )

    def seconds(self, words: Indices, states: Indices, places: Indices) -> float | None:
        """Return how long the network took to agree with the machine after every symbol of one block (B, T).

        None where they disagree, or where the network's floats are not its codes. `states` (B,), the machine's, and
        `places` (B,), the network's coordinates or codes, carry over.
        """
        ends, total = self._ends(words, states), 0.0
        for part in _cut(words):
            spent = self._part_seconds(part, states, places)
            if spent is None:
                return None
            total += spent
        if not np.array_equal(states, ends):
            raise NumericError(wrong_walk(self.expected.device))
        return total

    def _part_seconds(self, words: Indices, states: Indices, places: Indices) -> float | None:
        """Return the same of chunks (B, N, T) of words."""
        before = time.perf_counter()
        ids = time_major(words.reshape(-1, words.shape[-1]), self.expected.device)
        trace, starts = self.network.walk(ids, places)
        if self.steps is not None and self.steps.departs(ids, trace, starts):
            return None
        spent = time.perf_counter() - before
        along, _ = self.machine.walk(ids, states)
        return spent if torch.equal(self.expected[along.long()], self.found[trace.long()]) else None

    def _ends(self, words: Indices, states: Indices) -> Indices:
        """Return where the machine is after words (B, T) from states (B,), by the CPU's walk."""
        if len(words) >= LANES:
            return final_states(self.reference.table, words, states)
        pairs = zip(words, states, strict=True)
        found = [chunked_final(self.monoid, word[None], int(state)) for word, state in pairs]
        return np.array(found, dtype=states.dtype)


def device_blocks(network: Network, form: Gather | Codes, reference: Reference) -> DeviceBlocks | None:
    """Return the comparison on the network's device.

    None where there are no kernels for it, or where the maps of the states are too many to be listed.
    """
    device = network.initial_state.device
    if not kernels_found(device) or not (isinstance(form, Gather) or runs_in_kernels(network)):
        return None
    return DeviceBlocks.of(network, form, reference, device)


def _cut(words: Indices) -> list[Indices]:
    """Return words (B, T) as chunks (B, N, L), about `STREAMS` of them in all, and the rest (B, 1, R)."""
    batch, steps = words.shape
    number = max(1, min(steps, STREAMS // batch))
    length = steps // number
    whole = number * length
    found = [words[:, :whole].reshape(batch, number, length)]
    return found if whole == steps else [*found, words[:, whole:].reshape(batch, 1, -1)]
