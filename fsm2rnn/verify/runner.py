"""The two ways to run a network over blocks of ids: as the index it is proved to be, or in its own floats."""

from __future__ import annotations

from typing import Protocol, final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.verify.gather import Gather, run_on_cpu, run_on_device
from fsm2rnn.verify.walk import Indices, smallest_type


class Runner(Protocol):
    """A network on its way through a word, over B streams at once."""

    @property
    def evaluated(self) -> str:
        """Either "gather" or "float"."""

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T)."""


@final
class GatherRunner:
    """Runs the index form; see `Gather`."""

    evaluated = "gather"

    def __init__(self, gather: Gather, batch: int, device: torch.device) -> None:
        """Start `batch` streams."""
        self._gather = gather
        self._device = device
        self._coordinates: Indices = np.full(batch, gather.start, dtype=gather.index.dtype)

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T)."""
        if self._device.type == "cpu":
            return run_on_cpu(self._gather, words, self._coordinates)
        return run_on_device(self._gather, words, self._coordinates, self._device)


@final
class FloatRunner:
    """Runs the recurrence step by step in the network's own dtype, on its own device."""

    evaluated = "float"

    def __init__(self, network: Network) -> None:
        """Start from the network's initial state."""
        self._network = network
        self._state: Tensor | None = None

    def read(self, words: Indices) -> Indices:
        """Return the decoded states (B, T) of the next block of ids (B, T)."""
        stride = self._network.stride(len(words))
        found = np.empty(words.shape, dtype=smallest_type(len(self._network.machine.states)))
        for start in range(0, words.shape[1], stride):
            part = torch.from_numpy(words[:, start : start + stride].astype(np.int64))
            states, self._state = self._network.advance(part.to(self._network.initial_state.device), self._state)
            found[:, start : start + stride] = states.cpu().numpy()
        return found
