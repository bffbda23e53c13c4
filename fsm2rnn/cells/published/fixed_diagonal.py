"""h <- L h + B x with one complex diagonal L for all letters: LRU, S4D and RetNet, which make L and B in their ways.

LRU: L = exp(-exp(n) + i exp(t)), and inputs are multiplied by g = exp(log_g). S4D: L = exp(D A), A = -exp(r) + i w,
and inputs by (L - 1) / A, the zero-order hold. RetNet: L = c exp(i t), c = 1 - 2^(-5 - head), read by its direction:
the group norm divides by size. Without writes the direction turns by t and the decay divides out, until the size c^n
underflows.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell
from fsm2rnn.cells.published.turned import Turned, divided, polar, turned, turned_reading, turned_step

ERASED: Final = 10.0  # exp(10) is 22026, and exp(-22026) is 0 in every format


HEAD: Final = 7  # of RetNet's 0 .. 7: c = 1 - 2^-12
FIRST: Final = 5


@final
class Lru(PublishedCell):
    """States (C, 2) of `log_radius` n, `log_angle` t, `log_scale` (C,) and inputs `input` (D, C)."""

    def letters(self) -> Gates:
        """Return the one transition for every letter, and what the letter writes."""
        factor = polar(torch.exp(-self.raw["log_radius"].exp()), self.raw["log_angle"].exp())
        values = self.raw["log_scale"].exp() * self.raw["input"]
        return (*(part.expand_as(values) for part in factor), values, torch.zeros_like(values))

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state multiplied, plus what is written."""
        return turned_step(gates, state)

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return turned_reading(state, len(self.shift))


@final
class S4d(PublishedCell):
    """States (C, 2) of `log_rate` r, `frequency` w (C,), steps D = exp(`log_step`) and inputs `input` (D, C, 2)."""

    def letters(self) -> Gates:
        """Return the one transition for every letter, and what the letter writes."""
        step, rate = self.raw["log_step"].exp(), (-self.raw["log_rate"].exp(), self.raw["frequency"])
        factor = polar(torch.exp(step * rate[0]), step * rate[1])
        still = (rate[0] == 0) & (rate[1] == 0)  # the limit of (L - 1) / A is the step
        hold = divided((factor[0] - 1, factor[1]), (torch.where(still, 1, rate[0]), rate[1]))
        hold = torch.where(still, step, hold[0]), torch.where(still, 0, hold[1])
        real, imaginary = self.raw["input"].unbind(-1)
        values = hold[0] * real - hold[1] * imaginary, hold[0] * imaginary + hold[1] * real
        return (*(part.expand_as(real) for part in factor), *values)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state multiplied, plus what is written."""
        return turned_step(gates, state)

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return turned_reading(state, len(self.shift))


@final
class RetNet(PublishedCell):
    """States (C, 2) of one head: `decay` c (), `angle` t (C,) and products of key and value `written` (D, C)."""

    def letters(self) -> Gates:
        """Return the one transition for every letter, and what is written."""
        values = self.raw["written"]
        factor = polar(self.raw["decay"], self.raw["angle"])
        return (*(part.expand_as(values) for part in factor), values, torch.zeros_like(values))

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state turned and shortened, plus what is written."""
        return turned_step(gates, state)

    def read(self, state: Tensor) -> Tensor:
        """Return the direction, as long as the first state."""
        size = torch.linalg.vector_norm(state, dim=(-2, -1), keepdim=True)
        return turned_reading(state * (torch.linalg.vector_norm(self.initial_state) / size), len(self.shift))


def lru(network: Network) -> Lru:
    """Return the cell: exp(-1024) is 0, so the radius is 1 and an angle 0; exp(10) erases."""
    table = turned(network)
    raw = table.rounded(
        log_radius=torch.where(table.radius[0] == 0, ERASED, -SATURATED),
        log_angle=(table.angle[0] % (2 * torch.pi)).log().clamp(min=-SATURATED),
        log_scale=torch.zeros_like(table.radius[0]),
        input=table.written,
    )
    return Lru(raw, table.first(), _lines(table))


def s4d(network: Network) -> S4d:
    """Return the cell: with rate -1 a step of 22026 erases, with rate 0 a step of 1 turns alone."""
    table = turned(network)
    erased = table.radius[0] == 0
    rate = torch.where(erased, -1.0, 0.0), torch.where(erased, 0.0, table.angle[0])
    real, imaginary = polar(table.radius[0], table.angle[0])
    still = (rate[0] == 0) & (rate[1] == 0)
    grown = torch.where(still, 1, real - 1), torch.where(still, 0, imaginary)
    value = divided((torch.where(still, 1, rate[0]), rate[1]), grown)
    raw = table.rounded(
        log_rate=torch.where(erased, 0.0, -SATURATED),
        frequency=rate[1],
        log_step=torch.where(erased, ERASED, 0.0),
        input=torch.stack((value[0] * table.written, value[1] * table.written), -1),
    )
    return S4d(raw, table.first(), _lines(table))


def retnet(network: Network) -> RetNet:
    """Return the cell of the last of eight heads, which writes nothing."""
    table = turned(network)
    decay = torch.full_like(table.radius[0, 0], 1 - 2.0 ** (-FIRST - HEAD))
    raw = table.rounded(decay=decay, angle=table.angle[0], written=table.written)
    return RetNet(raw, table.first(), _lines(table))


def _lines(table: Turned) -> Tensor:
    return torch.zeros(table.lines, dtype=table.dtype)
