"""h <- f exp(i t) h + (1 - f) w with f = c + (1 - c) sigmoid: HGRN; at t = 0, with keys beside the values, HGRN2.

What is kept is not written to: a coordinate that is turned is moved to its mean, and starts at a state of its own.

HGRN2 writes (1 - f) as the key of an outer product; one value wide that is the real part of HGRN's recurrence.
"""

from __future__ import annotations

from fractions import Fraction
from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, written
from fsm2rnn.cells.published.turned import turned
from fsm2rnn.errors import InputError
from fsm2rnn.families.gated.lower_bound import invariant


@final
class Hgrn(PublishedCell):
    """State (H, 2), real and imaginary: `forget` (D, H) logits, `write` (D, H), `angle` (H,), `lower` (H,) bounds c."""

    def letters(self) -> Gates:
        """Return gates and written values."""
        return _above(self.raw)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state turned and kept in part, plus what is written to its real part."""
        forget, values = gates
        cosine, sine = self.raw["angle"].cos(), self.raw["angle"].sin()
        real, imaginary = state.unbind(-1)
        turned = cosine * real - sine * imaginary, sine * real + cosine * imaginary
        return torch.stack((forget * turned[0] + values, forget * turned[1]), -1)

    def read(self, state: Tensor) -> Tensor:
        """Return the real parts of lines, moved, and both parts of planes."""
        lines = len(self.shift)
        return torch.cat((state[..., :lines, 0] + self.shift, state[..., lines:, :].flatten(-2)), -1)


@final
class Hgrn2(PublishedCell):
    """S (H,) <- f S + (1 - f) v, of `forget` (D, H) logits, values `write` (D, H) and `lower` (H,) bounds c."""

    def letters(self) -> Gates:
        """Return gates and written values."""
        return _above(self.raw)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return what is kept, plus what is written."""
        forget, values = gates
        return forget * state + values


def _above(raw: torch.nn.ParameterDict) -> Gates:
    """Return f = c + (1 - c) sigmoid and the written (1 - f) w."""
    forget = raw["lower"] + (1 - raw["lower"]) * torch.sigmoid(raw["forget"])
    return forget, (1 - forget) * raw["write"]


def hgrn(network: Network) -> Hgrn:
    """Return the cell of the lowest layer, c = 0, at the angle by which each coordinate turns where it is kept."""
    table = turned(network)
    keeps, columns = table.radius.argmax(0), torch.arange(table.radius.shape[1])
    angle = (table.radius * table.angle)[keeps, columns]
    moved = torch.where(angle == 0, table.start[:, 0], table.written[keeps, columns] / 2)
    moved[table.lines :] = 0
    factors = table.radius * table.angle.cos()
    raw = table.rounded(
        forget=SATURATED * (2 * table.radius - 1),
        write=table.written + (factors - 1) * moved,
        angle=angle,
        lower=torch.zeros_like(angle),
    )
    first = table.start - torch.stack((moved, torch.zeros_like(moved)), -1)
    return Hgrn(raw, first.to(table.dtype), moved[: table.lines].to(table.dtype))


def bounded_hgrn2(network: Network, lower: float) -> Hgrn2:
    """Return the cell of a layer above the lowest, f >= c, on numbers -1 and 1: the sign of a state is what is held.

    Coordinates of two values are written as signs; `read` gives states of which the signs are those of the network's
    numbers less their middle. InputError for a coordinate of other values, and for c of 1/2 or more, for which no
    interval holds the last write.
    """
    table = written(network)
    if invariant(Fraction(lower)) is None:
        message = f"above a lower bound of 1/2 what is written last is not what is read, found {lower}"
        raise InputError(message)
    values = torch.cat((torch.zeros_like(table.start).unsqueeze(0), table.offsets))
    set_values = torch.where(table.factors == 0, table.offsets, torch.zeros_like(table.offsets))
    least, most = torch.minimum(set_values, values[0]).amin(0), torch.maximum(set_values, values[0]).amax(0)
    middle = (least + most) / 2
    if not bool(((set_values == least) | (set_values == most)).all()):
        message = "a coordinate has more than two values, and a sign tells two apart"
        raise InputError(message)
    raw = table.rounded(
        forget=SATURATED * table.kept(),
        write=torch.where(set_values > middle, 1.0, -1.0),
        lower=torch.full_like(table.start, lower),
    )
    first = torch.where(middle < 0, 1.0, -1.0).to(table.dtype)
    return Hgrn2(raw, first, table.zero())


def hgrn2(network: Network) -> Hgrn2:
    """Return the cell of the lowest layer, c = 0."""
    table = written(network)
    raw = table.rounded(forget=SATURATED * table.kept(), write=table.offsets, lower=torch.zeros_like(table.start))
    return Hgrn2(raw, table.zero(), table.shift())
