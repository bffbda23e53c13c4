"""h = L h' + Q B x + (I - Q) h, solved by iteration, h' of the letter before: the Fixed-Point RNN.

The limit is h = Q^-1 L h' + B x, and the iteration contracts by |I - Q|. Q = L = I / 2 keeps; L = 0 and Q = I set; a
plane is turned by t, |t| less than a quarter, with L = cos t I and Q = cos t R(-t), which contracts by |sin t|. A turn
of a quarter or more has no mixer. Coordinates J that are kept while the others become B times them, and a number each:
L = 1/2 on J and Q = (1 + K)^-1 / 2 with K = B from J to the others and -B^T back, which contracts by the root of
(1/4 + k^2) / (1 + k^2), k the size of B.
"""

from __future__ import annotations

import math
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import Gates, PublishedCell, tensors_of_layer
from fsm2rnn.cells.published.turned import Turned, turned
from fsm2rnn.errors import InputError
from fsm2rnn.proof.stored.structures import Structure

QUARTER: Final = math.pi / 2
SPARE: Final = 4  # bits to which the iteration goes beyond the format's own


@final
class FixedPoint(PublishedCell):
    """State (H,): `decay` (D, H) = L, `mixer` (D, H, H) = Q, `input` (D, H) = B x, and how often a letter iterates."""

    iterations: int

    def letters(self) -> Gates:
        """Return decays, what the rounds from zero make of the identity, and mixed inputs.

        A round is affine in what enters, so it is gone through once per letter, as gates are: n rounds make the sum of
        (1 - Q)^i, i < n, of the identity, which is had by doubling n.
        """
        mixer = self.raw["mixer"]
        left = torch.eye(mixer.shape[-1], dtype=mixer.dtype) - mixer
        eye = torch.eye(mixer.shape[-1], dtype=mixer.dtype).expand_as(mixer)
        solved, power = torch.zeros_like(mixer), eye
        for bit in f"{self.iterations:b}":
            solved, power = solved + power @ solved, power @ power
            if bit == "1":
                solved, power = eye + left @ solved, left @ power
        return self.raw["decay"], solved, torch.einsum("dij,dj->di", mixer, self.raw["input"])

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the iterate after the certified number of rounds, from zero."""
        decay, solved, mixed = gates
        return (solved @ (decay * state + mixed).unsqueeze(-1)).squeeze(-1)


def fixed_point(network: Network) -> FixedPoint:
    """Return the cell, with as many rounds as make the error of a letter less than 1/16 of a rounding.

    From zero the error after n rounds is at most r^n |h|, r the largest |I - Q|. InputError for a turn of a quarter.
    """
    if network.structure is Structure.DENSE:
        return _kept_blocks(network)
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


def _kept_blocks(network: Network) -> FixedPoint:
    """Return the cell of one-hot blocks, of which a letter keeps all of its own but the first coordinate.

    That one is 1 less the others, so what is made of it is a number that is written.
    """
    matrices = torch.stack(tensors_of_layer(network, "weight")["weight"].unbind(-1))
    dtype, start = network.rnn.initial_state.dtype, network.initial_state
    kept = (matrices != 0).any(1)
    first = kept.to(torch.int64).argmax(1)
    written = matrices[torch.arange(len(kept)), :, first]
    kept[torch.arange(len(kept)), first] = False
    made = (matrices - written.unsqueeze(-1)) * kept.unsqueeze(1) * ~kept.unsqueeze(-1)
    eye = torch.eye(kept.shape[1], dtype=torch.float64)
    mixer = torch.linalg.inv(eye + made - made.mT) / 2
    cell = FixedPoint(
        {"decay": (kept / 2).to(dtype), "mixer": mixer.to(dtype), "input": written.to(dtype)},
        start.to(dtype),
        torch.zeros_like(start).to(dtype),
    )
    cell.iterations = _rounds(mixer, dtype)
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
