"""Runs on a CUDA device: chunks of a block as many streams, held to the trace that the CPU's walk gives, in one launch.

Triton's kernels are for CUDA alone, and only there imported. Elsewhere, and where Triton is not installed, the same
runs are torch's, one call per step.
"""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType
from typing import final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.arithmetic import form_of, wide
from fsm2rnn.cells.network import Network
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.device.small_blocks import WIDEST, launches
from fsm2rnn.running.form.codes import FloatCodes
from fsm2rnn.running.form.gather import Gather
from fsm2rnn.running.walk.chunks import chunks
from fsm2rnn.running.walk.walk import Indices, all_states, walk_block

KERNELS: ModuleType | None = None
if torch.cuda.is_available() and find_spec("triton") is not None:
    from fsm2rnn.running.device import triton_kernels

    KERNELS = triton_kernels

STREAMS = 1 << 14  # that fill a device; fewer symbols are not worth a launch


def kernels_found(device: torch.device) -> bool:
    """Return whether the device is a CUDA one and Triton is installed."""
    return device.type == "cuda" and KERNELS is not None


@final
class DeviceWalk:
    """The index form on a device: every coordinate of every stream is compared with the CPU's walk."""

    def __init__(self, gather: Gather, device: torch.device) -> None:
        """Put the table on the device."""
        self._gather, self._device = gather, device
        self._all = all_states(gather.index)
        self._table = on_device(gather.index, device)

    def read(self, words: Indices, coordinates: Indices) -> Indices:
        """Return the decoded states (B, T) of one block; `coordinates` (B,) carries over.

        NumericError where the device computes another coordinate than the table gives.
        """
        starts = coordinates.copy()
        trace = walk_block(self._gather.index, self._all, words, coordinates)
        for part, along, first in chunks(words, trace, starts, STREAMS):
            if self._departs(part, along, first):
                raise NumericError(wrong_walk(self._device))
        return np.take(self._gather.reads, trace)

    def _departs(self, words: Indices, trace: Indices, starts: Indices) -> bool:
        """Return whether streams (S, T) from `starts` (S,) leave their trace."""
        ids, along = time_major(words, self._device), time_major(trace, self._device)
        state = on_device(starts, self._device)
        if kernels_found(self._device):
            return bool(_kernels().walk_departures(self._table, ids, along, state).any())
        return not torch.equal(traced_streams(self._table, ids, state), along)


@final
class KernelSteps:
    """An exact network of small blocks or of permuted numbers; every state is compared with its code.

    A state equal to code c is read as the readout reads c.
    """

    streams = STREAMS

    def __init__(self, network: Network, codes: FloatCodes) -> None:
        """Take the weights where they are."""
        self._kernels, self._codes = _kernels(), codes
        source, factors = _permuted(network)
        self._moves = None if source is None or factors is None else (source, factors.to(wide(codes.states.dtype)))
        self._launches = [] if self._moves else launches(small_blocks(network), codes.states)

    def run(self, words: Indices, starts: Indices, trace: Indices) -> Indices | None:
        """Return the decoded states (S, T); None when a state is not the code that it should be."""
        device = self._codes.states.device
        run = (time_major(words, device), time_major(trace, device), on_device(starts, device))
        return None if self.departs(*run) else np.take(self._codes.reads, trace)

    def departs(self, ids: Tensor, trace: Tensor, starts: Tensor) -> bool:
        """Return whether a stream of ids (T, S) from the codes `starts` (S,) leaves the codes `trace` (T, S)."""
        run = (ids, trace, starts)
        if self._moves is not None:
            counts = [self._kernels.gather_departures(*self._moves, self._codes.states, *run)]
        else:
            counts = [self._kernels.block_departures(blocks, *run) for blocks in self._launches]
        return any(bool(count.any()) for count in counts)


def traced_streams(table: Tensor, ids: Tensor, starts: Tensor) -> Tensor:
    """Return where streams of ids (T, S) from `starts` (S,) are after every symbol, (T, S), by a table (D, Q)."""
    if kernels_found(table.device):
        found: Tensor = _kernels().walk_trace(table, ids, starts)
        return found
    whole, state, trace = table.long(), starts.long(), torch.empty(ids.shape, dtype=table.dtype, device=table.device)
    for step, symbol in enumerate(ids.long()):
        state = whole[symbol, state]
        trace[step] = state
    return trace


def ends_along(table: Tensor, ids: Tensor, starts: Tensor) -> Tensor:
    """Return where words (T, S) lead from `starts` (S, K), K of each word, by a table (D, Q)."""
    if kernels_found(table.device):
        found: Tensor = _kernels().walk_last(table, ids, starts)
        return found
    whole, state = table.long(), starts.long()
    for symbol in ids.long():
        state = whole[symbol[:, None], state]
    return state.to(table.dtype)


def small_blocks(network: Network) -> list[Tensor]:
    """Return the blocks (D, n, n) of a network that the kernels can run, none if there is a wide one."""
    found = network.rnn.recurrence.blocks(dict(network.rnn.state_dict()))
    return found if all(block.shape[-1] <= WIDEST for block in found) else []


def runs_in_kernels(network: Network) -> bool:
    """Return whether `KernelSteps` has a kernel for the network: of small blocks, in a format that computes."""
    if not form_of(network.rnn.initial_state.dtype).native:
        return False
    return bool(small_blocks(network)) or _permuted(network)[0] is not None


def wrong_walk(device: torch.device) -> str:
    """Return what is said when a device and the CPU differ in a walk of indices."""
    return f"{device} does not compute the coordinates that the weights mean"


def time_major(values: Indices, device: torch.device) -> Tensor:
    """Return values (S, T) on the device as (T, S)."""
    return on_device(values, device).T.contiguous()


def _kernels() -> ModuleType:
    if KERNELS is None:
        message = "Triton kernels need a CUDA device and the package triton"
        raise InputError(message)
    return KERNELS


def _permuted(network: Network) -> tuple[Tensor | None, Tensor | None]:
    """Return where each number comes from and its factor, (D, H), when every letter permutes the numbers."""
    if network.structure is not Structure.COLUMN_ONE_HOT:
        return None, None
    index, factors = network.rnn.get_buffer("index"), network.rnn.get_parameter("diagonal").detach()
    source = index.argsort(-1)
    if not torch.equal(index.gather(-1, source), torch.arange(index.shape[1], device=index.device).expand_as(index)):
        return None, None
    return source.to(torch.int32), factors.gather(-1, source)


def on_device(values: Indices, device: torch.device) -> Tensor:
    """Return indices on the device, as uint8 where they are that and as int32 otherwise: what torch and Triton know."""
    kind = np.uint8 if values.dtype == np.uint8 else np.int32
    return torch.from_numpy(np.ascontiguousarray(values.astype(kind, copy=False))).to(device)
