"""The ways to run a network over blocks of ids: as the index it is proved to be, or in its own floats."""

from __future__ import annotations

from typing import Protocol, final, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.running.device.device_steps import DeviceWalk
from fsm2rnn.running.form.gather import Gather
from fsm2rnn.running.walk.chunked_walk import TableWalk
from fsm2rnn.running.walk.walk import Indices, smallest_type


@runtime_checkable
class Runner(Protocol):
    """A network on its way through a word, over B streams at once."""

    @property
    def evaluated(self) -> str:
        """Either "gather" or "float"."""

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T), |Q| for one that is no longer finite."""

    def position(self) -> Tensor:
        """Return where the streams are: indices (B,) in int64, or states (B, H)."""

    def resume(self, position: Tensor) -> None:
        """Go where `position` says."""


@final
class GatherRunner:
    """Runs the index form; see `Gather`."""

    evaluated = "gather"

    def __init__(self, gather: Gather, batch: int, device: torch.device, walk: TableWalk | None = None) -> None:
        """Start `batch` streams, `walk` the walk through the form's table on the CPU."""
        self._gather, self._walk = gather, walk or TableWalk(gather.index)
        self._device_walk = None if device.type == "cpu" else DeviceWalk(gather, device)
        self._coordinates: Indices = np.full(batch, gather.start, dtype=gather.index.dtype)

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T)."""
        if self._device_walk is None:
            return self._walk.block(self._gather.reads, words, self._coordinates)
        return self._device_walk.read(words, self._coordinates)

    def position(self) -> Tensor:
        """Return the coordinates (B,)."""
        return torch.from_numpy(self._coordinates.astype(np.int64))

    def resume(self, position: Tensor) -> None:
        """Go to coordinates (B,)."""
        self._coordinates = position.numpy().astype(self._gather.index.dtype)


@final
class FloatRunner:
    """Runs the recurrence step by step in the network's own dtype, on its own device."""

    evaluated = "float"

    def __init__(self, network: Network, batch: int) -> None:
        """Start `batch` streams."""
        self._network = network
        self._state: Tensor = network.initial_state.detach().expand(batch, -1)

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T), |Q| where one is not finite."""
        stride = self._network.stride(len(words))
        found = np.empty(words.shape, dtype=smallest_type(len(self._network.machine.states) + 1))
        for start in range(0, words.shape[1], stride):
            part = torch.from_numpy(words[:, start : start + stride].astype(np.int64))
            states, last = self._network.advance(part.to(self._state.device), self._state.unsqueeze(0))
            self._state = last.squeeze(0)
            found[:, start : start + stride] = states.cpu().numpy()
        return found

    def position(self) -> Tensor:
        """Return the states (B, H)."""
        return self._state

    def resume(self, position: Tensor) -> None:
        """Go to states (B, H)."""
        self._state = position.to(self._network.initial_state.device)
