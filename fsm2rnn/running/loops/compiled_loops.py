"""A network's own floats in compiled loops on the CPU, in every structure and format.

The arithmetic is that of which certificates speak: products and sums in the accumulating format, one symbol at a time,
every state rounded once to the stored one; numbers of a short format are kept as float32. States are written side by
side, blocks padded with zeros to the width of a vector; what is padded stays zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.running.form.codes import FloatCodes
from fsm2rnn.running.loops.kept_format import KEPT, Floats, Kept
from fsm2rnn.running.loops.structure_loops import LOOPS, WIDEST
from fsm2rnn.running.loops.vector_steps import (
    column_steps,
    count_departures,
    count_wide_departures,
    lanes_of,
    wide_column_steps,
)
from fsm2rnn.running.walk.walk import LANES, Indices, smallest_type

TILE = 1 << 15  # numbers of states kept at once: what fits the L2 cache

Kernel: TypeAlias = Callable[[Indices, int, Floats], None]  # words (S, T), first, found (S, t + 1, W)


@final
@dataclass(frozen=True, eq=False)
class Steps:
    """The recurrence: `kernels` fill slices of the padded state, `places` (H,) are those of the network's numbers."""

    kernels: tuple[tuple[slice, Kernel], ...]
    places: npt.NDArray[np.integer]
    width: int  # W, padded
    dtype: np.dtype[np.floating]

    def padded(self, states: Tensor) -> Floats:
        """Return states (S, H) with zeros in between, (S, W)."""
        found: Floats = np.zeros((len(states), self.width), dtype=self.dtype)
        found[:, self.places] = _numbers(states)
        return found

    def tiles(self, words: Indices, states: Floats, longest: int | None = None) -> Iterator[tuple[int, Floats]]:
        """Yield where a tile of words (S, T) starts and its states (S, t + 1, W), the one before it first.

        `states` (S, W) is where the words start, and is moved along: what the last state of a tile has become when
        the next one is asked for. No tile has more than `longest` symbols.
        """
        streams, steps = words.shape
        length = min(steps, max(1, TILE // (streams * self.width)), longest or steps)
        memory: Floats = np.empty(streams * (length + 1) * self.width, dtype=self.dtype)
        for first in range(0, steps, length):
            rows = min(length, steps - first) + 1
            found = memory[: streams * rows * self.width].reshape(streams, rows, self.width)
            found[:, 0] = states
            for part, kernel in self.kernels:
                kernel(words, first, found if len(self.kernels) == 1 else found[:, :, part])
            yield first, found
            states[:] = found[:, -1]


def compiled_steps(rnn: BilinearRNN) -> Steps | None:
    """Return the compiled recurrence of a layer on the CPU; None elsewhere, and where a library's product is faster."""
    start, size = rnn.initial_state, len(rnn.initial_state)
    if start.device.type != "cpu" or start.dtype not in KEPT:
        return None
    tensors, kept = dict(rnn.state_dict()), KEPT[start.dtype]
    blocks = rnn.recurrence.blocks(tensors)
    if blocks:
        return _block_steps([_numbers(block).transpose(0, 2, 1) for block in blocks], kept)
    weights = {name: np.ascontiguousarray(_numbers(tensor)) for name, tensor in tensors.items()}
    named = LOOPS.get(rnn.recurrence.structure)
    loop = None if named is None else named(weights)
    if loop is None:
        return None
    steps, parts = loop
    kernel = partial(_run, steps, parts, kept)
    return Steps(((slice(size), kernel),), np.arange(size), size, weights["initial_state"].dtype)


def _numbers(tensor: Tensor) -> npt.NDArray[Any]:
    """Return the numbers of a tensor, those of a short format as float32, and indices as they are."""
    found: npt.NDArray[Any] = (tensor.to(wide(tensor.dtype)) if tensor.is_floating_point() else tensor).numpy()
    return found


@final
class CompiledSteps:
    """The recurrence of an exact network; every state is compared with its code.

    A state equal to code c is read as the readout reads c.
    """

    streams = LANES

    def __init__(self, steps: Steps, codes: FloatCodes) -> None:
        """Pad the codes as the states are."""
        self._steps, self._codes = steps, codes
        self._states = steps.padded(codes.states)

    def run(self, words: Indices, starts: Indices, trace: Indices) -> Indices | None:
        """Return the decoded states (S, T); None when a state is not the code that it should be."""
        words, trace = np.ascontiguousarray(words), np.ascontiguousarray(trace)
        lanes = lanes_of(self._steps.width)
        for first, found in self._steps.tiles(words, self._states[starts]):
            if lanes is None or len(lanes) != self._steps.width:
                departures = count_wide_departures(found, self._states, trace, first)
            else:
                departures = count_departures(found, self._states, trace, first, lanes)
            if departures:
                return None
        return np.take(self._codes.reads, trace)


@final
class CompiledRunner:
    """Runs the recurrence symbol by symbol in compiled loops; states are read by the network's own readout."""

    evaluated = "float"

    def __init__(self, network: Network, steps: Steps, batch: int) -> None:
        """Start `batch` streams."""
        self._network, self._steps = network, steps
        self._none = len(network.machine.states)
        self._states = steps.padded(network.initial_state.detach().expand(batch, -1))

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T), |Q| where one is not finite."""
        found = np.empty(words.shape, dtype=smallest_type(self._none + 1))
        stride, snap = self._network.stride(len(words)), self._network.snap
        every = None if snap is None else snap.symbols
        for first, tile in self._steps.tiles(np.ascontiguousarray(words), self._states, every):
            states = torch.from_numpy(tile[:, 1:, self._steps.places])
            for start in range(0, states.shape[1], stride):
                read = self._network.decode(states[:, start : start + stride]).numpy()
                found[:, first + start : first + start + read.shape[1]] = read
            if snap is not None:
                last = found[:, first + states.shape[1] - 1]
                finite = np.flatnonzero(last < self._none)
                tile[finite[:, None], -1, self._steps.places] = _numbers(snap.prototype)[last[finite]]
        return found

    def position(self) -> Tensor:
        """Return the states (B, H)."""
        return torch.from_numpy(self._states[:, self._steps.places]).to(self._network.initial_state.dtype)

    def resume(self, position: Tensor) -> None:
        """Go to states (B, H)."""
        self._states = self._steps.padded(position)


def _run(
    steps: Callable[..., None],
    parts: list[npt.NDArray[Any]],
    kept: Kept,
    words: Indices,
    first: int,
    found: Floats,
) -> None:
    steps(*parts, words, first, found, kept)


def _block_steps(blocks: list[Floats], kept: Kept) -> Steps | None:
    """Return the steps of columns (D, n, n) per block, each padded to the next vector."""
    if max(block.shape[1] for block in blocks) > WIDEST:
        return None
    kernels, places, width = [], [], 0
    for block in blocks:
        size = block.shape[1]
        lanes = lanes_of(size)
        padded = size if lanes is None else len(lanes)
        more = padded - size
        columns = np.ascontiguousarray(np.pad(block, ((0, 0), (0, more), (0, more))))
        kernels.append((slice(width, width + padded), _block_kernel(columns, lanes, kept)))
        places.append(np.arange(width, width + size))
        width += padded
    return Steps(tuple(kernels), np.concatenate(places), width, blocks[0].dtype)


def _block_kernel(columns: Floats, lanes: tuple[int, ...] | None, kept: Kept) -> Kernel:
    if lanes is None:
        return lambda words, first, found: wide_column_steps(columns, words, first, found, kept)
    return lambda words, first, found: column_steps(columns, words, first, found, lanes, kept)
