"""h <- f exp(i t) h + (1 - f) w with f = c + (1 - c) sigmoid: HGRN; at t = 0, with keys beside the values, HGRN2.

HGRN2 writes (1 - f) as the key of an outer product; one value wide that is the real part of HGRN's recurrence.
"""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, written


@final
class Hgrn(PublishedCell):
    """State (H, 2), real and imaginary: `forget` (D, H) logits, `write` (D, H), `angle` (H,), `lower` (H,) bounds c."""

    def letters(self) -> Gates:
        """Return gates and written values."""
        lower = self.raw["lower"]
        forget = lower + (1 - lower) * torch.sigmoid(self.raw["forget"])
        return forget, (1 - forget) * self.raw["write"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state turned and kept in part, plus what is written to its real part."""
        forget, values = gates
        cosine, sine = self.raw["angle"].cos(), self.raw["angle"].sin()
        real, imaginary = state.unbind(-1)
        turned = cosine * real - sine * imaginary, sine * real + cosine * imaginary
        return torch.stack((forget * turned[0] + values, forget * turned[1]), -1)

    def read(self, state: Tensor) -> Tensor:
        """Return the real parts, moved."""
        return state[..., 0] + self.shift


@final
class Hgrn2(PublishedCell):
    """S (H,) <- f S + (1 - f) v, of `forget` (D, H) logits, values `write` (D, H) and `lower` (H,) bounds c."""

    def letters(self) -> Gates:
        """Return gates and written values."""
        lower = self.raw["lower"]
        forget = lower + (1 - lower) * torch.sigmoid(self.raw["forget"])
        return forget, (1 - forget) * self.raw["write"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return what is kept, plus what is written."""
        forget, values = gates
        return forget * state + values


def hgrn(network: Network) -> Hgrn:
    """Return the cell of the lowest layer, c = 0, at angle 0."""
    table = written(network)
    none = torch.zeros_like(table.start)
    raw = table.rounded(forget=SATURATED * table.kept(), write=table.offsets, angle=none, lower=none)
    return Hgrn(raw, table.zero(len(table.start), 2), table.shift())


def hgrn2(network: Network) -> Hgrn2:
    """Return the cell of the lowest layer, c = 0."""
    table = written(network)
    raw = table.rounded(forget=SATURATED * table.kept(), write=table.offsets, lower=torch.zeros_like(table.start))
    return Hgrn2(raw, table.zero(), table.shift())
