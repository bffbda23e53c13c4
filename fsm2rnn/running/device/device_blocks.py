"""Whole blocks of words walked and compared on a CUDA device.

The device walks the machine's table and the network over many chunks at once, see `chunked_trace`, and compares all
their states. One chunk of each block the CPU draws, or has been given, and walks itself.
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
from fsm2rnn.running.device.chunked_trace import ChunkedTrace
from fsm2rnn.running.device.device_steps import (
    KernelSteps,
    kernels_found,
    on_device,
    runs_in_kernels,
    wrong_walk,
)
from fsm2rnn.running.device.device_words import Chunks, WordBlock
from fsm2rnn.running.form.codes import FloatCodes
from fsm2rnn.running.form.gather import Gather
from fsm2rnn.running.walk.reference import Reference
from fsm2rnn.running.walk.walk import Indices, all_states, walk_block

STREAMS = 1 << 16  # chunks that fill a device
AT_ONCE = 1 << 24  # symbols of a block, for which a device holds 28 bytes each, most of them while they are drawn


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
    ) -> DeviceBlocks:
        """Return the comparison on a device."""
        return cls(
            reference,
            ChunkedTrace(reference.table, device),
            ChunkedTrace(form.index if isinstance(form, Gather) else form.table, device),
            None if isinstance(form, Gather) else KernelSteps(network, form),
            on_device(reference.expected, device),
            on_device(reference.found[form.reads], device),
        )

    def seconds(self, block: WordBlock, states: Indices, places: Indices) -> float | None:
        """Return how long the network took to agree with the machine after every symbol of one block of words.

        None where they disagree, where the network's floats are not its codes, or where a device would not be quicker.
        `states` (B,), the machine's, and `places` (B,), the network's coordinates or codes, carry over.
        """
        (batch, steps), total = block.shape, 0.0
        count = max(1, min(steps, STREAMS // batch))
        length, rest = divmod(steps, count)
        for first, chunks, long in ((0, count, length), (steps - rest, 1, rest)):
            spent = self._seconds(block.chunks(first, chunks, long), states, places) if long else 0.0
            if spent is None:
                return None
            total += spent
        return total

    def _seconds(self, chunks: Chunks, states: Indices, places: Indices) -> float | None:
        ids = chunks.ids(self.expected.device)
        _wait(ids.device)
        before = time.perf_counter()
        walked = self.network.walk(ids, places)
        if walked is None or (self.steps is not None and self.steps.departs(ids, *walked)):
            return None
        spent = time.perf_counter() - before
        expected = self.machine.walk(ids, states)
        if expected is None:
            return None
        self._check_one(chunks, ids, *expected)
        return spent if torch.equal(self.expected[expected[0].long()], self.found[walked[0].long()]) else None

    def _check_one(self, chunks: Chunks, ids: Tensor, trace: Tensor, starts: Tensor) -> None:
        """Walk one chunk on the CPU as well; NumericError where the device has other ids or states (T, S)."""
        table, (chunk, word) = self.reference.table, chunks.one()
        walked = walk_block(table, all_states(table), word, starts[chunk : chunk + 1].cpu().numpy().astype(table.dtype))
        for found, expected in ((ids, word), (trace, walked)):
            if not np.array_equal(found[:, chunk].cpu().numpy(), expected[0]):
                raise NumericError(wrong_walk(ids.device))


def device_blocks(network: Network, form: Gather | FloatCodes, reference: Reference) -> DeviceBlocks | None:
    """Return the comparison on the network's device; None where there are no kernels for it."""
    device = network.initial_state.device
    if not kernels_found(device) or not (isinstance(form, Gather) or runs_in_kernels(network)):
        return None
    return DeviceBlocks.of(network, form, reference, device)


def _wait(device: torch.device) -> None:
    """Wait until the device has done what was asked of it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
