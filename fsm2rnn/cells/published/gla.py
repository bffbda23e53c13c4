"""S <- g S + k v^T with g = sigmoid^(1/16): gated linear attention, one value wide; with g = 1 linear attention.

As written the power is taken of the sigmoid; the released layer takes exp(logsigmoid / 16), which is 0 only where the
logit is sixteen times lower.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Convention, Gates, PublishedCell, written

POWER: Final = 16


@final
class Gla(PublishedCell):
    """S (H,) <- g S + k v, of logits `gate` (D, H), keys `key` (D, H) and values `value` (D, 1)."""

    def letters(self) -> Gates:
        """Return gates and products of key and value."""
        logit = self.raw["gate"]
        if self.convention is Convention.RELEASED:
            gates = torch.exp(logsigmoid(logit) / POWER)
        else:
            gates = torch.sigmoid(logit) ** (1 / POWER)
        return gates, self.raw["key"] * self.raw["value"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the gated state, plus what is written."""
        factors, values = gates
        return factors * state + values


@final
class LinearAttention(PublishedCell):
    """State (H,) of keys `key` (D, H) and values `value` (D, 1)."""

    def letters(self) -> Gates:
        """Return products of key and value."""
        return (self.raw["key"] * self.raw["value"],)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the sum."""
        return state + gates[0]


def gla(network: Network, convention: Convention = Convention.RELEASED) -> Gla:
    """Return the cell: logits of 16384 in size, and what is written as a key with value 1."""
    table = written(network)
    ones = torch.ones_like(table.offsets[:, :1])
    raw = table.rounded(gate=POWER * SATURATED * table.kept(), key=table.offsets, value=ones)
    return Gla(raw, table.zero(), table.shift(), convention)


def linear_attention(network: Network) -> LinearAttention:
    """Return the cell."""
    table = written(network)
    raw = table.rounded(key=table.offsets, value=torch.ones_like(table.offsets[:, :1]))
    return LinearAttention(raw, table.zero(), table.shift())
