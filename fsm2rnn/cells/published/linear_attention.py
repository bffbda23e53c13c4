"""S <- S + k v^T: linear attention, whose sum is read before any quotient, one value wide."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import Gates, PublishedCell, written


@final
class LinearAttention(PublishedCell):
    """State (H,) of keys `key` (D, H) and values `value` (D, 1)."""

    def letters(self) -> Gates:
        """Return products of key and value."""
        return (self.raw["key"] * self.raw["value"],)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the sum."""
        return state + gates[0]


def linear_attention(network: Network) -> LinearAttention:
    """Return the cell."""
    table = written(network)
    raw = table.rounded(key=table.offsets, value=torch.ones_like(table.offsets[:, :1]))
    return LinearAttention(raw, table.zero(), table.shift())
