"""exp, tanh and sigmoid of dyadic numbers, between two integers in units of 2^-BITS: low <= value <= high.

All rounding goes outward. tanh x = (1 - e)/(1 + e) with e = exp(-2x) for x >= 0 and odd; sigmoid x = 1/(1 + e) with
e = exp(-x) for x >= 0, and e/(1 + e) with e = exp(x) below. The bounds of tanh lie in [-1, 1], those of sigmoid in
[0, 1], as the functions do.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

BITS: Final = 96
"""Bounds are integers in these units: 2^-96 is far below any distance that decides, float64's 2^-53 included."""
UNIT: Final = 1 << BITS
# The series and its squarings work in finer units: sixteen squarings lose sixteen bits, the sums a few more.
_WORK: Final = 160
_ONE: Final = 1 << _WORK
# exp(-128) = 2^-184.6 is less than one of the finer units.
_VANISHES: Final = 128 << BITS
# exp(-r) for r <= 2^-8 needs some fifteen terms, where r <= 1 needs forty, and a squaring costs less than a term.
_SMALL: Final = 8
# Saturated cells ask for the same few values, trained ones never twice.
_REMEMBERED: Final = 1 << 14

Enclosure: TypeAlias = tuple[int, int]  # low, high


@lru_cache(maxsize=_REMEMBERED)
def tanh(number: int) -> Enclosure:
    """Return bounds of the hyperbolic tangent of number / 2^BITS."""
    if number < 0:
        low, high = tanh(-number)
        return -high, -low
    small, large = _exp_of_minus(2 * number)
    return _quotient_down(_ONE - large, _ONE + large), _quotient_up(_ONE - small, _ONE + small)


@lru_cache(maxsize=_REMEMBERED)
def sigmoid(number: int) -> Enclosure:
    """Return bounds of 1 / (1 + exp(-number / 2^BITS))."""
    small, large = _exp_of_minus(abs(number))
    if number >= 0:
        return _quotient_down(_ONE, _ONE + large), _quotient_up(_ONE, _ONE + small)
    return _quotient_down(small, _ONE + small), _quotient_up(large, _ONE + large)


def _exp_of_minus(number: int) -> Enclosure:
    """Return bounds of exp(-number / 2^BITS) in units of 2^-_WORK, for number >= 0.

    exp(-y) = exp(-y / 2^k)^(2^k) with y / 2^k <= 2^-8, and the series of exp(-r) alternates with falling terms.
    """
    if number >= _VANISHES:
        return 0, 1
    halvings = max(0, number.bit_length() - BITS + _SMALL)
    rest = number << (_WORK - BITS - halvings)
    total, term, order = _ONE, _ONE, 0
    while term:
        order += 1
        term = term * rest // (order << _WORK)
        total += -term if order % 2 else term
    # Each term is less than two units too small, and so is all that follows the last one.
    low, high = max(0, total - 2 * order - 2), min(_ONE, total + 2 * order + 2)
    for _ in range(halvings):
        low, high = low * low >> _WORK, -(-high * high >> _WORK)
    return low, high


def _quotient_down(above: int, below: int) -> int:
    return above * UNIT // below


def _quotient_up(above: int, below: int) -> int:
    return -(-above * UNIT // below)
