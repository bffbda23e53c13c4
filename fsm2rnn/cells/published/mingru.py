"""h <- (1 - z) h + z w, and h <- (f h + i w) / (f + i): minGRU and minLSTM, gates sigmoids of the letter alone."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, written


@final
class MinGru(PublishedCell):
    """State (H,) of logits `gate` (D, H) and candidates `candidate` (D, H)."""

    def letters(self) -> Gates:
        """Return gates and candidates."""
        return torch.sigmoid(self.raw["gate"]), self.raw["candidate"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state between what it was and the candidate."""
        update, candidate = gates
        return (1 - update) * state + update * candidate


@final
class MinLstm(PublishedCell):
    """State (H,) of logits `forget`, `input` (D, H), whose gates are divided by their sum, and `candidate` (D, H)."""

    def letters(self) -> Gates:
        """Return both gates, normalised, and candidates."""
        forget, entering = torch.sigmoid(self.raw["forget"]), torch.sigmoid(self.raw["input"])
        return forget / (forget + entering), entering / (forget + entering), self.raw["candidate"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state between what it was and the candidate."""
        forget, entering, candidate = gates
        return forget * state + entering * candidate


def mingru(network: Network) -> MinGru:
    """Return the cell: z = 0 keeps, z = 1 writes."""
    table = written(network)
    raw = table.rounded(gate=-SATURATED * table.kept(), candidate=table.offsets)
    return MinGru(raw, table.zero(), table.shift())


def minlstm(network: Network) -> MinLstm:
    """Return the cell: f = 1 and i = 0 keep, f = 0 and i = 1 write."""
    table, kept = written(network), written(network).kept()
    raw = table.rounded(forget=SATURATED * kept, input=-SATURATED * kept, candidate=table.offsets)
    return MinLstm(raw, table.zero(), table.shift())
