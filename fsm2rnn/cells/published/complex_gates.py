"""Complex gates that read the letter: GateLoop, and Mamba-3, whose trapezoid also writes of the letter before.

GateLoop: S <- sigmoid(u) exp(i t) S + k v^T. Mamba-3: h <- e h + l dt B x + (1 - l) dt e B' x' with
e = exp(dt A) R(dt t), dt = softplus, A = -softplus, l = sigmoid, and B' x' of the letter before. The released layer
turns queries and keys by the sum of the angles in place of the state, which gives the scores that are defined here.
"""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor
from torch.nn.functional import softplus

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell
from fsm2rnn.cells.published.turned import polar, spun, turned, turned_reading, turned_step


@final
class GateLoop(PublishedCell):
    """States (C, 2) of logits `gate`, angles `angle` and products of key and value `written`, each (D, C)."""

    def letters(self) -> Gates:
        """Return the gates' real and imaginary parts, and what is written."""
        values = self.raw["written"]
        return (*polar(torch.sigmoid(self.raw["gate"]), self.raw["angle"]), values, torch.zeros_like(values))

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the gated state, plus what is written."""
        return turned_step(gates, state)

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return turned_reading(state, len(self.shift))


@final
class Mamba3(PublishedCell):
    """States (C, 3): z, then B x of the letter before; `step`, `rate`, `angle`, `mixed`, `input`, each (D, C)."""

    def letters(self) -> Gates:
        """Return a turn's parts, and the weights of this letter's input and of the last one's, and the input."""
        step, mixed = softplus(self.raw["step"]), torch.sigmoid(self.raw["mixed"])
        factor = polar(torch.exp(-step * softplus(self.raw["rate"])), step * self.raw["angle"])
        return (*factor, mixed * step, (1 - mixed) * step, self.raw["input"])

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state turned with what the letter before adds to it, plus what this one writes."""
        real, imaginary, weight, before, values = gates
        z = torch.stack((state[..., 0] + before * state[..., 2], state[..., 1]), -1)
        turn = spun(real, imaginary, z)
        return torch.stack((turn[..., 0] + weight * values, turn[..., 1], values), -1)

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return turned_reading(state[..., :2], len(self.shift))


def gateloop(network: Network) -> GateLoop:
    """Return the cell: logits of 1024 in size."""
    table = turned(network)
    raw = table.rounded(gate=SATURATED * (2 * table.radius - 1), angle=table.angle, written=table.written)
    return GateLoop(raw, table.first(), torch.zeros(table.lines, dtype=table.dtype))


def mamba3(network: Network) -> Mamba3:
    """Return the cell with l = 1 and dt = 1024, a power of two by which angles and inputs are divided."""
    table = turned(network)
    raw = table.rounded(
        step=torch.full_like(table.radius, SATURATED),
        rate=SATURATED * (1 - 2 * table.radius),
        angle=table.angle / SATURATED,
        mixed=torch.full_like(table.radius, SATURATED),
        input=table.written / SATURATED,
    )
    first = torch.cat((table.first(), torch.zeros_like(table.first()[:, :1])), 1)
    return Mamba3(raw, first, torch.zeros(table.lines, dtype=table.dtype))
