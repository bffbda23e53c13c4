"""h = L h' + Q B x + (I - Q) h, solved by iteration, h' of the letter before: the Fixed-Point RNN.

The limit is h = Q^-1 L h' + B x, and the iteration contracts by |I - Q|. Q = L = I / 2 keeps; L = 0 and Q = I set; a
plane is turned by t, |t| less than a quarter, with L = cos t I and Q = cos t R(-t), which contracts by |sin t|. A turn
of a quarter or more has no mixer.
"""

from __future__ import annotations

import math
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import Gates, PublishedCell
from fsm2rnn.cells.published.turned import Turned, turned
from fsm2rnn.errors import InputError

QUARTER: Final = math.pi / 2
SPARE: Final = 4  # bits to which the iteration goes beyond the format's own


@final
class FixedPoint(PublishedCell):
    """State (H,): `decay` (D, H) = L, `mixer` (D, H, H) = Q, `input` (D, H) = B x, and how often a letter iterates."""

    iterations: int

    def letters(self) -> Gates:
        """Return decays, what the rounds from zero make of the identity, and mixed inputs.

        A round is affine in what enters, so it is gone through once per letter, as gates are.
        """
        mixer = self.raw["mixer"]
        eye = torch.eye(mixer.shape[-1], dtype=mixer.dtype).expand_as(mixer)
        solved = torch.zeros_like(mixer)
        for _ in range(self.iterations):
            solved = eye + (eye - mixer) @ solved
        return self.raw["decay"], solved, torch.einsum("dij,dj->di", mixer, self.raw["input"])

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the iterate after the certified number of rounds, from zero."""
        decay, solved, mixed = gates
        return (solved @ (decay * state + mixed).unsqueeze(-1)).squeeze(-1)


def fixed_point(network: Network) -> FixedPoint:
    """Return the cell, with as many rounds as make the error of a letter less than 1/16 of a rounding.

    From zero the error after n rounds is at most r^n |h|, r the largest |I - Q|. InputError for a turn of a quarter.
    """
    table = turned(network)
    _require_small(table)
    size = table.lines + 2 * (table.radius.shape[1] - table.lines)
    angle, kept = table.angle[:, table.lines :], table.radius
    decay = torch.cat((kept[:, : table.lines] / 2, (kept[:, table.lines :] * angle.cos()).repeat_interleave(2, 1)), 1)
    mixer = torch.eye(size, dtype=torch.float64).repeat(len(kept), 1, 1)
    for letter, line in (kept[:, : table.lines] != 0).nonzero().tolist():
        mixer[letter, line, line] = 0.5
    for letter, plane in (kept[:, table.lines :] != 0).nonzero().tolist():
        t, place = angle[letter, plane], table.lines + 2 * plane
        turn = torch.stack((torch.stack((t.cos(), t.sin())), torch.stack((-t.sin(), t.cos()))))
        mixer[letter, place : place + 2, place : place + 2] = t.cos() * turn
    written = torch.cat((table.written[:, : table.lines], torch.zeros(len(kept), size - table.lines)), 1)
    start = torch.cat((table.start[: table.lines, 0], table.start[table.lines :].flatten()))
    cell = FixedPoint(
        table.rounded(decay=decay, mixer=mixer, input=written),
        start.to(table.dtype),
        torch.zeros_like(start).to(table.dtype),
    )
    cell.iterations = _rounds(mixer, table.dtype)
    return cell


def _rounds(mixer: Tensor, dtype: torch.dtype) -> int:
    """Return n with r^n at most 2^-SPARE times a rounding of the format."""
    rate = float(torch.linalg.matrix_norm(torch.eye(mixer.shape[-1], dtype=mixer.dtype) - mixer, 2).max())
    least = torch.finfo(dtype).eps * 2.0**-SPARE
    return 1 if rate == 0 else math.ceil(math.log(least) / math.log(rate))


def _require_small(table: Turned) -> None:
    lines = table.lines
    if bool((table.angle[:, :lines][table.radius[:, :lines] != 0] != 0).any()) or bool(
        (table.angle[:, lines:].abs() >= QUARTER).any()
    ):
        message = "a coordinate is turned by a quarter or more, for which no mixer contracts"
        raise InputError(message)
