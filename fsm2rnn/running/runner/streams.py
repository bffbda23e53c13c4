"""One long word as many short streams in honest floats, each started from the code that the table gives there.

Chunk i + 1 starts in the code c that the walk over codes gives at its cut, and the floats of chunk i are compared with
c when they arrive: equal numbers at every seam make the chunks, end to end, the one sequential run, whatever the proof
said. For an exact network no operation rounds, so the run is the same for every cut, order of summation and device.
Where a seam does not fit, the block is run again in sequence, and so is all that follows.
"""

from __future__ import annotations

from typing import Protocol, final, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.running.device.device_steps import KernelSteps, kernels_found, runs_in_kernels
from fsm2rnn.running.form.codes import FloatCodes
from fsm2rnn.running.loops.compiled_loops import CompiledSteps, compiled_steps
from fsm2rnn.running.runner.runner import FloatRunner
from fsm2rnn.running.walk.chunked_walk import TableWalk
from fsm2rnn.running.walk.chunks import chunks
from fsm2rnn.running.walk.walk import Indices, all_states

STREAMS = 1024  # streams that torch steps at once


@runtime_checkable
class Evaluation(Protocol):
    """The network's own floats over streams of ids."""

    @property
    def streams(self) -> int:
        """How many streams it wants at least."""

    def run(self, words: Indices, starts: Indices, trace: Indices) -> Indices | None:
        """Return the decoded states (S, T) from the codes `starts`; None when a stream leaves the codes `trace`."""


@final
class TorchSteps:
    """The network's own torch module, every state read by its readout; the last state of a stream is compared."""

    streams = STREAMS

    def __init__(self, network: Network, codes: FloatCodes) -> None:
        """Take the network as it is."""
        self._network, self._codes = network, codes

    def run(self, words: Indices, starts: Indices, trace: Indices) -> Indices | None:
        """Return the decoded states (S, T); None when a last state is not the code that it should be."""
        runner = FloatRunner(self._network, len(words))
        runner.resume(self._codes.states[_wide(starts)])
        found = runner.read(words)
        return found if torch.equal(runner.position(), self._codes.states[_wide(trace[:, -1])]) else None


@final
class StreamRunner:
    """Runs an exact network over chunks of a block at once; see the module."""

    evaluated = "float"

    def __init__(self, network: Network, codes: FloatCodes, batch: int, walk: TableWalk | None = None) -> None:
        """Start `batch` streams, `walk` the walk through the codes."""
        self._network, self._codes, self._walk = network, codes, walk or TableWalk(codes.table)
        self._evaluation = _evaluation(network, codes)
        self._all = all_states(codes.table)
        self._places: Indices = np.zeros(batch, dtype=codes.table.dtype)
        self._sequential: FloatRunner | None = None

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T)."""
        if self._sequential is not None:
            return self._sequential.read(words)
        starts = self._places.copy()
        trace = self._walk.block(self._all, words, self._places)
        found = self._run(words, starts, trace)
        if found is not None:
            return found
        self.resume(self._codes.states[_wide(starts)])
        return self.read(words)

    def position(self) -> Tensor:
        """Return the codes (B,), or the states (B, H) once a stream has left them."""
        return _wide(self._places) if self._sequential is None else self._sequential.position()

    def resume(self, position: Tensor) -> None:
        """Go to codes (B,), or to states (B, H) and on in sequence."""
        if position.is_floating_point():
            self._sequential = FloatRunner(self._network, len(position))
            self._sequential.resume(position)
        else:
            self._sequential = None
            self._places = position.numpy().astype(self._codes.table.dtype)

    def _run(self, words: Indices, starts: Indices, trace: Indices) -> Indices | None:
        """Return the decoded states of `words` (B, T), cut into chunks; None when a stream leaves the codes."""
        found = []
        for part, along, first in chunks(words, trace, starts, self._evaluation.streams):
            states = self._evaluation.run(part, first, along)
            if states is None:
                return None
            found.append(states.reshape(len(words), -1))
        return np.concatenate(found, 1)


def _evaluation(network: Network, codes: FloatCodes) -> Evaluation:
    if kernels_found(network.initial_state.device) and runs_in_kernels(network):
        return KernelSteps(network, codes)
    steps = compiled_steps(network.rnn)
    return TorchSteps(network, codes) if steps is None else CompiledSteps(steps, codes)


def _wide(indices: Indices) -> Tensor:
    return torch.from_numpy(indices.astype(np.int64))
