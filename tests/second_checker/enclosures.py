"""Intervals of decimal numbers: sums that never round, and tanh, sigmoid and quotients rounded outward to 60 digits.

exp is that of the decimal module, half to even, so that the true value lies between the two neighbours of the result.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal, Inexact
from fractions import Fraction

# 4,000 digits hold any sum of products of two float64 numbers; should one not do, the trap says so.
EXACT = Context(prec=4000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
DOWN = Context(prec=60, rounding=ROUND_FLOOR, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
UP = Context(prec=60, rounding=ROUND_CEILING, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
ZERO, ONE = Decimal(0), Decimal(1)
FAR = Decimal(200)
BELOW_EXP_OF_FAR = Decimal("1e-80")  # exp(-200) = 1.4e-87

Interval = tuple[Decimal, Decimal]


def decimal_of(value: int | Fraction) -> Decimal:
    """Return a dyadic rational exactly: n / 2^k = n 5^k / 10^k."""
    places = value.denominator.bit_length() - 1
    return EXACT.scaleb(EXACT.multiply(Decimal(value.numerator), Decimal(5**places)), -places)


def total(terms: list[tuple[Decimal, Interval]], shift: Decimal) -> Interval:
    """Return the range of sum weight * number + shift, each number in its interval."""
    low = high = shift
    for weight, (least, greatest) in terms:
        ends = (least, greatest) if weight >= 0 else (greatest, least)
        low = EXACT.fma(weight, ends[0], low)
        high = EXACT.fma(weight, ends[1], high)
    return low, high


def plus(left: Interval, right: Interval) -> Interval:
    """Return the range of sums."""
    return EXACT.add(left[0], right[0]), EXACT.add(left[1], right[1])


def times(left: Interval, right: Interval) -> Interval:
    """Return the range of products, which lies between those of the corners."""
    corners = [EXACT.multiply(one, other) for one in left for other in right]
    return min(corners), max(corners)


def blend(gate: Interval, new: Interval, old: Interval) -> Interval:
    """Return the range of n + z (h - n), 0 <= z <= 1: at the lower or the upper ends of n and h, and an end of z."""
    ends = [[EXACT.fma(part, EXACT.subtract(h, n), n) for part in gate] for n, h in zip(new, old, strict=True)]
    return min(ends[0]), max(ends[1])


def decay(number: Decimal) -> Interval:
    """Return bounds of exp(-number), number >= 0."""
    if number > FAR:
        return ZERO, BELOW_EXP_OF_FAR
    # Operators of Decimal would round in the context of whoever asks; copies never do.
    near = DOWN.exp(number.copy_negate())
    return DOWN.next_minus(near), UP.next_plus(near)


def odd_ratio(number: Decimal) -> Interval:
    """Return bounds of tanh x = (1 - e) / (1 + e), e = exp(-2 x), for x >= 0."""
    small, large = decay(EXACT.add(number, number))
    low = DOWN.divide(DOWN.subtract(ONE, large), UP.add(ONE, large))
    return max(ZERO, low), UP.divide(UP.subtract(ONE, small), DOWN.add(ONE, small))


def tanh(number: Interval) -> Interval:
    """Return an interval that holds the hyperbolic tangents."""
    low, high = number
    least = odd_ratio(low)[0] if low >= 0 else odd_ratio(low.copy_negate())[1].copy_negate()
    return least, odd_ratio(high)[1] if high >= 0 else odd_ratio(high.copy_negate())[0].copy_negate()


def sigmoid(number: Interval) -> Interval:
    """Return an interval that holds 1 / (1 + exp(-x)), which falls as exp(-x) rises, in [0, 1]."""
    return logistic(number[0])[0], logistic(number[1])[1]


def logistic(number: Decimal) -> Interval:
    """Return bounds of 1 / (1 + exp(-x)); below 0 of exp(x) / (1 + exp(x))."""
    small, large = decay(number.copy_abs())
    if number >= 0:
        return DOWN.divide(ONE, UP.add(ONE, large)), UP.divide(ONE, DOWN.add(ONE, small))
    return DOWN.divide(small, UP.add(ONE, small)), UP.divide(large, DOWN.add(ONE, large))
