"""All states that some float32 evaluation of a step can round to, by float64 intervals wider than the kernel's.

The intervals are those of `proof.claim.cell_arithmetic`, widened by a thousandth and by what float64 itself errs, so
that what closes here is listed whole for the kernel, which proves it again with integers. Rows are the bits of float32
numbers, as for the network's own step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.search.seen_states import Places, Rows
from fsm2rnn.errors import LimitError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.cell_orbit import BRANCH_LIMIT

Numbers: TypeAlias = npt.NDArray[np.float64]
Interval: TypeAlias = tuple[Numbers, Numbers]

_WIDER: Final = 1.001  # than the kernel's bounds, whose own are wider than the errors supposed
_FLOAT64: Final = 2.0**-48  # of sums of some hundred float64 products, relative to their absolute values
_TANH: Final = 2.0**-24 + 2.0**-23  # the kernel's knots cost up to 1.77 times 2^-25
_SIGMOID: Final = 2.0**-27 + 2.0**-22
_ROUND: Final = _WIDER * 2.0**-24
_BLEND: Final = _WIDER * 6 * 2.0**-24
_TINY: Final = 2.0**-90


@final
@dataclass(frozen=True)
class CellWeights:
    """A cell's weights in float64: rows as torch stacks them, symbols' parts by letter, readout."""

    kind: CellKind
    hidden: Numbers  # (G H, H)
    hidden_bias: Numbers
    letters: Numbers  # (D, G H)
    letter_sums: Numbers  # (D, G H), of absolute values
    features: int
    readout: Numbers
    readout_bias: Numbers

    @property
    def size(self) -> int:
        """H."""
        return int(self.hidden.shape[1])


def cell_weights(tracker: Tracker, kind: CellKind) -> CellWeights:
    """Return the weights of a tracker's one layer."""
    tensors = {name: tensor.detach().double().cpu().numpy() for name, tensor in tracker.state_dict().items()}
    entering, hidden = tensors["weight_ih_l0"], tensors["weight_hh_l0"]
    none = np.zeros(len(hidden))
    symbols = tensors.get("embedding.weight", np.eye(entering.shape[1]))
    bias = tensors.get("bias_ih_l0", none)
    return CellWeights(
        kind,
        hidden,
        tensors.get("bias_hh_l0", none),
        symbols @ entering.T + bias,
        abs(symbols) @ abs(entering).T + abs(bias),
        entering.shape[1],
        tensors["readout.weight"],
        tensors.get("readout.bias", np.zeros(len(tensors["readout.weight"]))),
    )


@final
class AnyOrderSteps:
    """Every state on the grid that a step may lead to, from states on the grid."""

    def __init__(self, weights: CellWeights, grid: int) -> None:
        """Take the errors of all sums, which hold where |h| <= 1."""
        self._weights, self._scale = weights, 2.0**grid
        inside = abs(weights.hidden).sum(1) + abs(weights.hidden_bias)
        size, features = weights.size, weights.features
        together = _sum_error(size + features + 2, inside + weights.letter_sums)
        self._own = np.zeros(len(inside))
        if weights.kind is CellKind.GRU:
            alone = slice(2 * size, 3 * size)
            self._own[alone] = _sum_error(size + 1, inside[alone])
            together[:, alone] = _sum_error(features + 1, weights.letter_sums[:, alone])
        self._errors = together
        self._logit_errors = _sum_error(size + 1, abs(weights.readout).sum(1) + abs(weights.readout_bias))

    def first(self) -> Rows:
        """Return the bits of zero."""
        return np.zeros((1, self._weights.size * self._weights.kind.states), dtype=np.int32)

    def after(self, rows: Rows, letter: int) -> tuple[Places, Rows]:
        """Return the states that each may lead to; LimitError where one step may round to too many."""
        states = np.ascontiguousarray(rows).view(np.float32).astype(np.float64)
        weights = self._weights
        sums = states[:, : weights.size] @ weights.hidden.T + weights.hidden_bias
        low, high = _STEPS[weights.kind](
            (sums - self._own, sums + self._own),
            (weights.letters[letter] - self._errors[letter], weights.letters[letter] + self._errors[letter]),
            states,
        )
        return self._rounded(np.rint(low * self._scale), np.rint(high * self._scale))

    def shown(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Return the output whose logit leads by more than both logits err, -1 where none does."""
        states = np.ascontiguousarray(rows).view(np.float32).astype(np.float64)
        weights = self._weights
        logits = states[:, : weights.size] @ weights.readout.T + weights.readout_bias
        best = logits.argmax(1)
        surely = np.take_along_axis(logits - self._logit_errors, best[:, None], 1)
        rivals = logits + self._logit_errors
        np.put_along_axis(rivals, best[:, None], -np.inf, 1)
        found: npt.NDArray[np.int64] = np.where((surely > rivals).all(1), best, -1)
        return found

    def _rounded(self, low: Numbers, high: Numbers) -> tuple[Places, Rows]:
        """Return all combinations of grid points between low and high: rows are split in two until none is left."""
        origin = np.arange(len(low))
        many = np.prod(high - low + 1, axis=1)
        if many.size and many.max() > BRANCH_LIMIT:
            what = "grid states that one step may round to"
            raise LimitError(what, limit=BRANCH_LIMIT, needed=int(many.max()))
        while True:
            open_rows = np.flatnonzero((low != high).any(1))
            if not len(open_rows):
                return origin, _bits(low / self._scale)
            columns = (low[open_rows] != high[open_rows]).argmax(1)
            rest, above = low[open_rows], high[open_rows]
            rest[np.arange(len(columns)), columns] += 1
            high[open_rows, columns] = low[open_rows, columns]
            low, high = np.concatenate([low, rest]), np.concatenate([high, above])
            origin = np.concatenate([origin, origin[open_rows]])


def _bits(numbers: Numbers) -> Rows:
    found: Rows = (numbers + 0.0).astype(np.float32).view(np.int32)
    return found


def _sum_error(terms: int, magnitude: Numbers) -> Numbers:
    """Return by how much a float32 sum errs, and what float64 errs beside it."""
    part = terms * 2.0**-24
    found: Numbers = _WIDER * part / (1 - part) * magnitude + _FLOAT64 * magnitude + _TINY
    return found


def _tanh(total: Interval) -> Interval:
    return np.maximum(np.tanh(total[0]) - _TANH, -1), np.minimum(np.tanh(total[1]) + _TANH, 1)


def _sigmoid(total: Interval) -> Interval:
    with np.errstate(over="ignore"):
        low, high = (1 / (1 + np.exp(-end)) for end in total)
    return np.maximum(low - _SIGMOID, 0), np.minimum(high + _SIGMOID, 1)


def _rounded(number: Interval) -> Interval:
    low, high = number
    return low - _ROUND * abs(low) - _TINY, high + _ROUND * abs(high) + _TINY


def _gated(gate: Interval, number: Interval) -> Interval:
    low, high = number
    return low * np.where(low < 0, gate[1], gate[0]), high * np.where(high > 0, gate[1], gate[0])


def _plus(left: Interval, right: Interval) -> Interval:
    return left[0] + right[0], left[1] + right[1]


def _elman(sums: Interval, letter: Interval, _: Numbers) -> Interval:
    return _tanh(_plus(sums, letter))


def _gates(sums: Interval, letter: Interval, count: int) -> list[tuple[Interval, Interval]]:
    """Return hidden sums and symbol's part of each gate."""
    hidden = zip(*(np.split(end, count, axis=1) for end in sums), strict=True)
    entering = zip(*(np.split(end, count) for end in letter), strict=True)
    return list(zip(hidden, entering, strict=True))


def _gru(sums: Interval, letter: Interval, states: Numbers) -> Interval:
    reset, update, new = _gates(sums, letter, 3)
    kept = _rounded(_gated(_sigmoid(_plus(*reset)), new[0]))
    least, greatest = _tanh(_rounded(_plus(kept, new[1])))
    gate = _sigmoid(_plus(*update))
    low = np.minimum(*((1 - end) * least + end * states for end in gate))
    high = np.maximum(*((1 - end) * greatest + end * states for end in gate))
    return low - _BLEND, high + _BLEND


def _lstm(sums: Interval, letter: Interval, states: Numbers) -> Interval:
    entering, forgetting, written, outgoing = (_plus(*gate) for gate in _gates(sums, letter, 4))
    before = states[:, states.shape[1] // 2 :]
    held = _rounded(_gated(_sigmoid(forgetting), (before, before)))
    added = _rounded(_gated(_sigmoid(entering), _tanh(written)))
    kept = _rounded(_plus(held, added))
    shown = _rounded(_gated(_sigmoid(outgoing), _tanh(kept)))
    return np.concatenate([shown[0], kept[0]], 1), np.concatenate([shown[1], kept[1]], 1)


_STEPS: Final = {CellKind.ELMAN: _elman, CellKind.GRU: _gru, CellKind.LSTM: _lstm}
