"""How the parts of a cell's step are bounded: in exact arithmetic, or in any float32 evaluation of a stated kind.

FLOAT32 holds for every evaluation in which, with u = 2^-24, a sum of N terms errs by at most N u/(1 - N u) sum |terms|
+ 2 N 2^-126 (any bracketing, fused or not, wider accumulators, subnormal numbers flushed), tanh by at most 2 units in
the last place, sigmoid by 4 and 2^-126, their results cut to [-1, 1] and [0, 1], and every further product and sum is
rounded once. (1 - z) n + z h, also as n + z (h - n), of n and h in [-1, 1] then errs by less than 6 u: the difference
and its product with z are within 2 and are rounded by at most 2 u each, the sum by little more than u.

tanh and sigmoid are taken from their value and slope at a multiple of 2^-12 that is no farther than that, which costs
their greatest second derivatives, 4/(3 sqrt 3) and 1/(6 sqrt 3), times 2^-25: less than 2^-25 and 2^-28.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeAlias, final

from fsm2rnn.exact.activations import BITS, UNIT, Enclosure, sigmoid, tanh
from fsm2rnn.proof.claim.cell import Cell
from fsm2rnn.proof.claim.cell_kinds import CellKind

Interval: TypeAlias = tuple[int, int]  # in units of 2^-BITS
Errors: TypeAlias = tuple[int, ...]
Bounds: TypeAlias = Callable[[Iterable[Interval]], list[Interval]]

UNIT_ROUNDOFF: Final = Fraction(1, 1 << 24)
TINY: Final = Fraction(1, 1 << 126)
# Knots of the cheap bounds: 2^-12 apart, up to 32, from where both functions are constant to 2^-46.
_KNOT: Final = BITS - 12
_APART: Final = 1 << _KNOT
_FLAT: Final = 32 << 12
_REMEMBERED: Final = 1 << 18
# Slopes are known to a few units of 2^-BITS.
_FEW: Final = 8
_TANH_ERROR: Final = (1 << (BITS - 25)) + (2 << (BITS - 24)) + _FEW
_SIGMOID_ERROR: Final = (1 << (BITS - 28)) + (4 << (BITS - 24)) + _FEW
_BLEND_ERROR: Final = 6 << (BITS - 24)


@final
@dataclass(frozen=True)
class StepBounds:
    """Bounds of what tanh, sigmoid and one more rounding make of intervals, and how far (1 - z) n + z h errs."""

    tanh: Bounds
    sigmoid: Bounds
    rounded: Bounds
    blend: int


def sum_error(terms: int, magnitude: Fraction) -> Fraction:
    """Return by how much a float32 sum of that many terms errs, their absolute values adding up to `magnitude`."""
    part = terms * UNIT_ROUNDOFF
    return part / (1 - part) * magnitude + 2 * terms * TINY


def sum_errors(cell: Cell) -> tuple[Errors, tuple[Errors, ...]]:
    """Return errors of the float32 sums of a step from states with |h| <= 1, rounded up, in units of 2^-BITS.

    First those of W_hh h + b_hh by itself, zero where it is added to the symbol's part in one sum; then, per symbol,
    those of the one sum, or of the symbol's part by itself.
    """
    alone = range(2 * cell.size, 3 * cell.size) if cell.kind is CellKind.GRU else range(0)
    inside = [sum(map(abs, row)) + abs(bias) for row, bias in zip(cell.hidden, cell.hidden_bias, strict=True)]
    own = tuple(_up(cell.size + 1, inside[row], cell.scale) if row in alone else 0 for row in range(len(inside)))
    letters = tuple(
        tuple(
            _up(cell.features + 1, entering, cell.scale)
            if row in alone
            else _up(cell.size + cell.features + 2, inside[row] + entering, cell.scale)
            for row, entering in enumerate(sums)
        )
        for sums in cell.input_sums
    )
    return own, letters


def _up(terms: int, magnitude: int, scale: int) -> int:
    error = sum_error(terms, Fraction(magnitude, 1 << scale)) * UNIT
    return -(-error.numerator // error.denominator)


def _exact_tanh(totals: Iterable[Interval]) -> list[Interval]:
    return [(tanh(low)[0], tanh(high)[1]) for low, high in totals]


def _exact_sigmoid(totals: Iterable[Interval]) -> list[Interval]:
    return [(sigmoid(low)[0], sigmoid(high)[1]) for low, high in totals]


EXACT: Final = StepBounds(_exact_tanh, _exact_sigmoid, list, 0)


@lru_cache(maxsize=_REMEMBERED)
def _tanh_knot(knot: int) -> Enclosure:
    """Return tanh at knot 2^-12, and its slope 1 - tanh^2 there; where it is flat, its limit."""
    if abs(knot) >= _FLAT:
        return (UNIT if knot > 0 else -UNIT), 0
    value = tanh(knot << _KNOT)[0]
    return value, UNIT - (value * value >> BITS)


@lru_cache(maxsize=_REMEMBERED)
def _sigmoid_knot(knot: int) -> Enclosure:
    """Return sigmoid at knot 2^-12, and its slope sigmoid (1 - sigmoid) there; where it is flat, its limit."""
    if abs(knot) >= _FLAT:
        return (UNIT if knot > 0 else 0), 0
    value = sigmoid(knot << _KNOT)[0]
    return value, value * (UNIT - value) >> BITS


def _read(knots: Callable[[int], Enclosure], totals: Iterable[Interval], error: int, least: int) -> list[Interval]:
    """Return the function at both ends by its value and slope at the knot in their middle, or at two if that is far."""
    found = []
    for low, high in totals:
        knot = (low + high + _APART) >> (_KNOT + 1)
        base = knot << _KNOT
        if high - low > _APART:
            ((under, _), (_, over)) = _read(knots, ((low, low), (high, high)), error, least)
        else:
            value, slope = knots(knot)
            under = value - error + (slope * (low - base) >> BITS)
            over = value + error + (slope * (high - base) >> BITS)
        found.append((max(least, under), min(UNIT, over)))
    return found


def _float_tanh(totals: Iterable[Interval]) -> list[Interval]:
    return _read(_tanh_knot, totals, _TANH_ERROR, -UNIT)


def _float_sigmoid(totals: Iterable[Interval]) -> list[Interval]:
    return _read(_sigmoid_knot, totals, _SIGMOID_ERROR, 0)


def _float_rounded(numbers: Iterable[Interval]) -> list[Interval]:
    """Return intervals with one rounding to float32, at most 2^-24 of a number, or 2^-126 where it is flushed."""
    return [(low - (abs(low) >> 24) - 2, high + (abs(high) >> 24) + 2) for low, high in numbers]


FLOAT32: Final = StepBounds(_float_tanh, _float_sigmoid, _float_rounded, _BLEND_ERROR)
