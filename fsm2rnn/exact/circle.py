"""cos(2 pi t) and sin(2 pi t) of a rational turn t, and logarithms, between two rationals.

Integers in units of 2^-BITS; every rounding goes outward, so low <= value <= high holds without exception.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import Scalar

# Weights in float64 are off by 2^-54: their distances are bounded to 2^-138 of that, and square roots lose no more.
BITS = 192
UNIT = 1 << BITS


@final
@dataclass(frozen=True)
class Bounds:
    """A number between low / 2^BITS and high / 2^BITS. NumericError when they are the wrong way round."""

    low: int
    high: int

    def __post_init__(self) -> None:
        """Prove the order."""
        if self.low > self.high:
            message = f"the lower bound {self.low} exceeds the upper bound {self.high}"
            raise NumericError(message)

    def __neg__(self) -> Bounds:
        """Return the bounds of the negated number."""
        return Bounds(-self.high, -self.low)


ZERO, ONE = Bounds(0, 0), Bounds(UNIT, UNIT)


@cache
def point_on_circle(turn: Fraction) -> tuple[Bounds, Bounds]:
    """Return bounds of (cos, sin) of 2 pi `turn`; exact at quarter turns."""
    quarter, rest = divmod(turn % 1 * 4, 1)
    cosine, sine = _first_quarter(rest / 4)
    # A quarter turn more sends (c, s) to (-s, c).
    for _ in range(int(quarter)):
        cosine, sine = -sine, cosine
    return cosine, sine


def square_root_up(square: int) -> int:
    """Return the least integer r with r^2 >= `square`."""
    root = math.isqrt(square)
    return root + (root * root < square)


def log_below(value: Fraction) -> Fraction:
    """Return a lower bound of ln(value) for 1 <= value <= 2, relative error below 2^-100 from 1 + 2^-100 on.

    ln v = 2 sum_k r^(2k+1) / (2k+1) with r = (v - 1)/(v + 1): all terms are positive, so a partial sum is a
    lower bound. For v <= 2 we have r <= 1/3, and each term gains a factor of 9.
    """
    if not 1 <= value <= 2:  # the range of the estimate above
        message = f"the logarithm is bounded between 1 and 2, found {float(value)}"
        raise NumericError(message)
    ratio = (value - 1) / (value + 1)
    unit = UNIT << 64
    power = math.floor(ratio * unit)
    square = math.floor(ratio * ratio * unit)
    total = 0
    for odd in range(1, 81, 2):
        total += power // odd
        power = power * square // unit
    return Fraction(2 * total, unit)


def log_of_one_plus_above(value: Fraction) -> Fraction:
    """Return an upper bound of ln(1 + value) for 0 <= value < 1, strict for value > 0.

    The series of `log_below` with r = value / (2 + value) <= 1/3, every term rounded up; what follows the last term is
    less than 9/8 of the next one.
    """
    if not 0 <= value < 1:
        message = f"the logarithm of one plus a number in [0, 1) is bounded, found {float(value)}"
        raise NumericError(message)
    ratio = value / (2 + value)
    unit = UNIT << 64
    power = math.ceil(ratio * unit)
    square = math.ceil(ratio * ratio * unit)
    total = 0
    for odd in range(1, 81, 2):
        total += -(-power // odd)
        power = -(-power * square // unit)
    return Fraction(2 * (total + power), unit)


def powers_below(ratio: Fraction, growth: Fraction) -> int:
    """Return the greatest t that is found to have (1 + growth)^t < ratio, for 1 <= ratio <= 2 and growth > 0."""
    return 0 if growth >= 1 else math.floor(log_below(ratio) / log_of_one_plus_above(growth))


def scaled(value: Scalar) -> Bounds:
    """Return the bounds of a rational."""
    number = Fraction(value) * UNIT
    return Bounds(math.floor(number), math.ceil(number))


def _first_quarter(turn: Fraction) -> tuple[Bounds, Bounds]:
    """Return bounds of (cos, sin) for 0 <= turn < 1/4, through an angle of at most an eighth of a turn."""
    if turn == 0:
        return ONE, ZERO
    if turn > Fraction(1, 8):
        sine, cosine = _first_quarter(Fraction(1, 4) - turn)
        return cosine, sine
    pi = _pi()
    low = math.floor(2 * turn * pi.low)
    high = math.ceil(2 * turn * pi.high)
    # On [0, pi/4] the cosine falls and the sine rises.
    return Bounds(_cosine(high).low, _cosine(low).high), Bounds(_sine(low).low, _sine(high).high)


def _cosine(angle: int) -> Bounds:
    return _alternating(UNIT, angle, 1)


def _sine(angle: int) -> Bounds:
    return _alternating(angle, angle, 2)


def _alternating(term: int, angle: int, first: int) -> Bounds:
    """Return bounds of term - term angle^2/(first (first+1)) + ..., an alternating series with falling terms."""
    low = high = term
    total_low = total_high = 0
    sign, order = 1, first
    square = angle * angle
    while high:
        total_low, total_high = (
            (total_low + low, total_high + high) if sign > 0 else (total_low - high, total_high - low)
        )
        divisor = order * (order + 1) * UNIT * UNIT
        low, high = low * square // divisor, -(-high * square // divisor)
        if high == 1:
            break
        sign, order = -sign, order + 2
    # The sum of what is left out lies between zero and its first term, at most one unit.
    return Bounds(total_low - 1, total_high + 1)


@cache
def _pi() -> Bounds:
    """Return bounds of pi = 16 arctan(1/5) - 4 arctan(1/239) (J. Machin, 1706)."""
    fifth, small = _arctan_of_inverse(5), _arctan_of_inverse(239)
    return Bounds(16 * fifth.low - 4 * small.high, 16 * fifth.high - 4 * small.low)


def _arctan_of_inverse(number: int) -> Bounds:
    """Return bounds of arctan(1/number) = sum_k (-1)^k / ((2k+1) number^(2k+1)), terms falling."""
    total, terms, power, odd, sign = 0, 0, number, 1, 1
    while power <= UNIT:
        total += sign * (UNIT // (odd * power))
        terms, power, odd, sign = terms + 1, power * number * number, odd + 2, -sign
    # Every term was rounded by less than one unit, and what is left out is less than one.
    return Bounds(total - terms - 1, total + terms + 1)
