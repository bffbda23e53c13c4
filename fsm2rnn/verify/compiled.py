"""A network's own floats in compiled loops on the CPU: float32 and float64, every structure but the factored one.

The arithmetic is that of which certificates speak: products and sums in the stored format, one symbol at a time.
States are written side by side, blocks padded with zeros to the width of a vector; what is padded stays zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.recurrence import find_recurrence
from fsm2rnn.errors import NumericError
from fsm2rnn.verify.codes import Codes
from fsm2rnn.verify.structure_steps import diagonal_steps, moving_steps, turning_steps, updating_steps
from fsm2rnn.verify.vector_steps import (
    Floats,
    column_steps,
    count_departures,
    count_wide_departures,
    lanes_of,
    wide_column_steps,
)
from fsm2rnn.verify.walk import LANES, Indices, smallest_type

TILE = 1 << 15  # numbers of states kept at once: what fits the L2 cache
WIDEST = 256  # numbers of a block, from which a library's matrix product is faster

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
        found[:, self.places] = states.numpy()
        return found

    def tiles(self, words: Indices, states: Floats) -> Iterator[tuple[int, Floats]]:
        """Yield where a tile of words (S, T) starts and its states (S, t + 1, W), the one before it first.

        `states` (S, W) is where the words start, and is moved along.
        """
        streams, steps = words.shape
        length = min(steps, max(1, TILE // (streams * self.width)))
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
    """Return the compiled recurrence of a layer in float32 or float64 on the CPU; None for any other."""
    start, structure = rnn.initial_state, find_recurrence(rnn.structure).stored
    if start.device.type != "cpu" or start.dtype not in (torch.float32, torch.float64):
        return None
    weights = {name: tensor.detach() for name, tensor in rnn.state_dict().items()}
    if structure in ("dense", "block-diagonal"):
        blocks = [weights[name].permute(0, 2, 1) for name in _block_names(weights)]
        if structure == "dense":
            blocks = [weights["weight"].permute(2, 1, 0)]
        return _block_steps([block.contiguous().numpy() for block in blocks])
    kernel = _kernel(structure, {name: tensor.contiguous().numpy() for name, tensor in weights.items()})
    size = len(start)
    return (
        None if kernel is None else Steps(((slice(size), kernel),), np.arange(size), size, start.detach().numpy().dtype)
    )


@final
class CompiledSteps:
    """The recurrence of an exact network; every state is compared with its code.

    A state equal to code c is read as the readout reads c.
    """

    streams = LANES

    def __init__(self, steps: Steps, codes: Codes) -> None:
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
        self._states = steps.padded(network.initial_state.detach().expand(batch, -1))

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T); NumericError when one is not finite."""
        found = np.empty(words.shape, dtype=smallest_type(len(self._network.machine.states)))
        stride = self._network.stride(len(words))
        for first, tile in self._steps.tiles(np.ascontiguousarray(words), self._states):
            states = torch.from_numpy(tile[:, 1:, self._steps.places])
            if not bool(torch.isfinite(states[:, -1]).all()):
                message = "the state is no longer finite"
                raise NumericError(message)
            for start in range(0, states.shape[1], stride):
                with torch.no_grad():
                    read = self._network.readout(states[:, start : start + stride]).argmax(-1).numpy()
                found[:, first + start : first + start + read.shape[1]] = read
        return found

    def position(self) -> Tensor:
        """Return the states (B, H)."""
        return torch.from_numpy(self._states[:, self._steps.places])

    def resume(self, position: Tensor) -> None:
        """Go to states (B, H)."""
        self._states = self._steps.padded(position)


def _kernel(structure: str, weights: dict[str, npt.NDArray[Any]]) -> Kernel | None:
    """Return the kernel of a structure that is not made of blocks; None for one that has none."""
    match structure:
        case "diagonal" | "affine-diagonal":
            factors = weights["diagonal"]
            offsets = weights.get("offset", np.zeros_like(factors))
            return lambda words, first, found: diagonal_steps(factors, offsets, words, first, found)
        case "rotation":
            cosines, sines = weights["cosine"], weights["sine"]
            lines = weights.get("diagonal", np.zeros((len(cosines), 0), dtype=cosines.dtype))
            return lambda words, first, found: turning_steps(lines, cosines, sines, words, first, found)
        case "column-one-hot":
            index, scales = weights["index"], weights["diagonal"]
            return lambda words, first, found: moving_steps(index, scales, words, first, found)
        case "householder":
            keys, betas = weights["key"], weights["beta"]
            values = weights.get("value", np.zeros_like(betas))
            return lambda words, first, found: updating_steps(keys, betas, values, words, first, found)
        case _:
            return None


def _block_steps(blocks: list[Floats]) -> Steps | None:
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
        kernels.append((slice(width, width + padded), _block_kernel(columns, lanes)))
        places.append(np.arange(width, width + size))
        width += padded
    return Steps(tuple(kernels), np.concatenate(places), width, blocks[0].dtype)


def _block_kernel(columns: Floats, lanes: tuple[int, ...] | None) -> Kernel:
    if lanes is None:
        return lambda words, first, found: wide_column_steps(columns, words, first, found)
    return lambda words, first, found: column_steps(columns, words, first, found, lanes)


def _block_names(weights: dict[str, Tensor]) -> list[str]:
    """Return block.0, block.1, ... in this order."""
    return [f"block.{place}" for place in range(sum(name.startswith("block.") for name in weights))]
