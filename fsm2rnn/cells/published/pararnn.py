"""h_t = f(h_(t-1), x_t), a GRU with diagonal matrices, for all t at once by Newton's method: ParaRNN.

A coordinate holds at most three values -1, 0, 1 after it is moved to their middle and divided by their distance. z = 0
keeps it; with z = 1 it is tanh(B x), where r = 0, or tanh(-A r h), which turns it around, where r = 1. A sweep solves
the linear equations h_t = f + J (h_(t-1) - what it was) by a scan. Where letters keep or set, f is linear in h on all
numbers: one sweep is right. A turn is a step function of slope 0 away from 0, so turns take a sweep each: T sweeps for
T letters that turn, no gain.

Any other cell is solved alike, with matrices J: max(0, W h + U x + b) of a compiled relu RNN has J = W where a unit is
on and 0 where it is off. After k sweeps the first k states are right, whatever was guessed, so T sweeps do; each costs
log2 T rounds of products of H x H matrices.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, tensors_of_layer
from fsm2rnn.cells.published.stock_like import stock_weights
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError

MATRICES: Final = 4  # axes of slopes that are matrices


@final
class ParaGru(PublishedCell):
    """State (H,): logits `renew` z and `reset` r, `candidate` B x, each (D, H), `turn` A (H,); `read` gives m + d h."""

    unit: Tensor

    def letters(self) -> Gates:
        """Return both gates and the candidates' part of the letter."""
        return torch.sigmoid(self.raw["renew"]), torch.sigmoid(self.raw["reset"]), self.raw["candidate"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state between what it was and the candidate."""
        renew, reset, candidate = gates
        return (1 - renew) * state + renew * torch.tanh(candidate + self.raw["turn"] * reset * state)

    def slope(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the diagonal of the step's derivative by the state."""
        renew, reset, candidate = gates
        new = torch.tanh(candidate + self.raw["turn"] * reset * state)
        slope: Tensor = (1 - renew) + renew * (1 - new**2) * self.raw["turn"] * reset
        return slope

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return self.shift + self.unit * state


@final
class ParaRelu(PublishedCell):
    """State (H,): h <- max(0, W h + U x + b); `weight` (H, H) = W, `input` (D, H) = U + b."""

    def letters(self) -> Gates:
        """Return what each letter adds."""
        return (self.raw["input"],)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the units that are on."""
        return torch.relu(state @ self.raw["weight"].T + gates[0])

    def slope(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the matrix of the step's derivative by the state: rows of W whose units are on."""
        slope: Tensor = (self.step(gates, state) > 0).to(state.dtype).unsqueeze(-1) * self.raw["weight"]
        return slope


@torch.no_grad()
def newton(cell: ParaGru | ParaRelu, ids: Tensor) -> tuple[Tensor, int]:
    """Return (states (B, T, H), sweeps): as many sweeps as leave nothing to change, at most T."""
    gates = tuple(gate[ids] for gate in cell.letters())
    first = cell.initial_state.expand(len(ids), 1, -1)
    found = first.expand(-1, ids.shape[1], -1)  # a first guess at which turns have slope 0
    for sweep in range(ids.shape[1] + 1):
        before = torch.cat((first, found[:, :-1]), 1)
        slope = cell.slope(gates, before)
        solved = _scan(slope, cell.step(gates, before) - _times(slope, before), first[:, 0])
        if torch.equal(solved, found):
            return found, sweep
        found = solved
    return found, ids.shape[1] + 1


def _scan(slope: Tensor, offset: Tensor, first: Tensor) -> Tensor:
    """Return h_t = slope_t h_(t-1) + offset_t for all t, by log2 T rounds."""
    back = 1
    while back < slope.shape[1]:
        offset = torch.cat((offset[:, :back], _times(slope[:, back:], offset[:, :-back]) + offset[:, back:]), 1)
        slope = torch.cat((slope[:, :back], _times(slope[:, back:], slope[:, :-back])), 1)
        back *= 2
    return _times(slope, first.unsqueeze(1).expand_as(offset)) + offset


def _times(slope: Tensor, other: Tensor) -> Tensor:
    """Return J h, or J J', of diagonals (B, T, H) or of matrices (B, T, H, H)."""
    if slope.dim() == other.dim():
        return slope * other if slope.dim() < MATRICES else slope @ other
    return (slope @ other.unsqueeze(-1)).squeeze(-1)


def pararnn(network: Network) -> ParaGru:
    """Return the cell; InputError where a coordinate has other values than three in a row."""
    tensors = tensors_of_layer(network, "diagonal", "offset")
    factors, offsets = tensors["diagonal"], tensors["offset"]
    start = network.initial_state.double()
    turned = factors == -1
    middle, unit = _frame(factors, offsets, start)
    values = (offsets - middle) / unit
    raw = {
        "renew": torch.where(factors == 1, -SATURATED, SATURATED),
        "reset": torch.where(turned, SATURATED, -SATURATED),
        "candidate": torch.where(factors == 0, SATURATED * values, 0.0),
        "turn": torch.full_like(start, -SATURATED),
    }
    dtype = network.rnn.initial_state.dtype
    cell = ParaGru(
        {name: one.to(dtype) for name, one in raw.items()}, ((start - middle) / unit).to(dtype), middle.to(dtype)
    )
    cell.register_buffer("unit", unit.to(dtype))
    return cell


def para_relu(tracker: Tracker) -> ParaRelu:
    """Return the cell of a compiled relu RNN."""
    raw = stock_weights(tracker)
    zero = torch.zeros_like(raw["bias"])
    return ParaRelu({"weight": raw["weight"], "input": raw["input"] + raw["bias"]}, zero, zero)


def _frame(factors: Tensor, offsets: Tensor, start: Tensor) -> tuple[Tensor, Tensor]:
    """Return the middle and half the width (H,) of the values of each coordinate."""
    turned = factors == -1
    written = torch.where(factors == 0, offsets, start)
    values = torch.cat((start.unsqueeze(0), written))
    around = torch.where(turned, offsets, 0).sum(0) / turned.sum(0).clamp(min=1) / 2
    middle = torch.where(turned.any(0), around, (values.amax(0) + values.amin(0)) / 2)
    unit = (values - middle).abs().amax(0)
    unit = torch.where(unit == 0, 1, unit)
    if not bool((((values - middle) / unit).abs() * ((values - middle).abs() / unit - 1) == 0).all()):
        message = "a coordinate has more values than -1, 0 and 1 around a middle"
        raise InputError(message)
    return middle, unit
