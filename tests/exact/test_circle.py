"""Bounds of cosines, sines, logarithms and roots against the balls of arb at 400 bits."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact import circle
from fsm2rnn.exact.circle import (
    BITS,
    ONE,
    UNIT,
    ZERO,
    Bounds,
    log_below,
    log_of_one_plus_above,
    point_on_circle,
    scaled,
    square_root_up,
)

TURNS = st.one_of(
    st.fractions(0, 1, max_denominator=400).filter(lambda turn: turn < 1),
    st.builds(lambda top, bits: Fraction(top % (1 << bits), 1 << bits), st.integers(0, 2**80), st.integers(1, 80)),
)
UNIT_FRACTIONS = st.builds(lambda top: Fraction(top, 2**90), st.integers(0, 2**90))
BITS_OF_ARB = 400


@pytest.fixture(autouse=True)
def _precise():
    before, flint.ctx.prec = flint.ctx.prec, BITS_OF_ARB
    yield
    flint.ctx.prec = before


def ball(value):
    value = Fraction(value)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def below(low, high):
    """Tell whether low <= high is certain of two balls, within the width of 400 bits."""
    return low - high < flint.arb(2) ** (20 - BITS_OF_ARB)


def holds(bounds, value):
    low, high = (ball(Fraction(end, UNIT)) for end in (bounds.low, bounds.high))
    return below(low, value) and below(value, high)


@given(TURNS)
@example(Fraction(1, 8))
@example(Fraction(1, 10**70))
@example(1 - Fraction(1, 10**70))
@example(Fraction(1, 4) - Fraction(1, 10**60))
@example(Fraction(1, 8) + Fraction(1, 10**60))
def test_cosine_and_sine_lie_between_narrow_bounds(turn):
    flint.ctx.prec = BITS_OF_ARB
    angle = 2 * ball(turn)
    for bounds, value in zip(point_on_circle(turn), (angle.cos_pi(), angle.sin_pi()), strict=True):
        assert holds(bounds, value)
        assert bounds.high - bounds.low < 1 << 9


@pytest.mark.parametrize("turn", [Fraction(k, 50) for k in range(50)] + [Fraction(k, 8) for k in range(8)])
def test_points_of_polygons_are_bounded(turn):
    cosine, sine = point_on_circle(turn)
    angle = 2 * ball(turn)
    assert holds(cosine, angle.cos_pi())
    assert holds(sine, angle.sin_pi())


@pytest.mark.parametrize(
    ("turn", "point"),
    [(0, (ONE, ZERO)), (1, (ZERO, ONE)), (2, (-ONE, ZERO)), (3, (ZERO, -ONE)), (4, (ONE, ZERO)), (-1, (ZERO, -ONE))],
)
def test_quarter_turns_are_exact(turn, point):
    assert point_on_circle(Fraction(turn, 4)) == point


@given(TURNS)
def test_points_obey_the_symmetries_of_the_square(turn):
    cosine, sine = point_on_circle(turn)
    assert point_on_circle(turn + 1) == (cosine, sine)
    assert point_on_circle(turn + Fraction(1, 4)) == (-sine, cosine)
    assert point_on_circle(turn + Fraction(1, 2)) == (-cosine, -sine)
    for mirrored, wanted in [
        (point_on_circle(-turn), (cosine, -sine)),
        (point_on_circle(Fraction(1, 4) - turn), (sine, cosine)),
    ]:
        for found, other in zip(mirrored, wanted, strict=True):
            # The same number, both times: the bounds meet.
            assert found.low <= other.high
            assert other.low <= found.high


@given(TURNS, TURNS)
def test_on_a_half_turn_the_cosine_falls_and_on_a_quarter_turn_the_sine_rises(first, then):
    low, high = sorted((first / 2, then / 2))
    assert point_on_circle(low)[0].high >= point_on_circle(high)[0].low
    low, high = low / 2, high / 2
    assert point_on_circle(low)[1].low <= point_on_circle(high)[1].high


@given(TURNS)
def test_the_squares_add_up_to_one(turn):
    squares = [sorted((abs(end.low), abs(end.high))) for end in point_on_circle(turn)]
    assert sum(low * low for low, _ in squares) <= UNIT * UNIT <= sum(high * high for _, high in squares)


@pytest.mark.parametrize("angle", [1, 2, 3, 1000, 1 << 100, (1 << 140) + 1])
def test_the_terms_left_out_of_a_series_are_counted(angle):
    flint.ctx.prec = 2000
    exact = ball(Fraction(angle, UNIT))
    for bounds, value in [(circle._cosine(angle), exact.cos()), (circle._sine(angle), exact.sin())]:
        assert ball(Fraction(bounds.low, UNIT)) < value < ball(Fraction(bounds.high, UNIT))


def test_pi_lies_between_its_bounds():
    bounds = circle._pi()
    assert holds(bounds, flint.arb.pi())
    assert bounds.high - bounds.low < 1 << 12


@given(UNIT_FRACTIONS)
@example(Fraction(0))
@example(Fraction(1))
@example(Fraction(1, 2**100))
@example(Fraction(1, 2**250))
def test_the_logarithm_is_bounded_from_below_and_closely(part):
    flint.ctx.prec = BITS_OF_ARB
    found, value = log_below(1 + part), ball(part).log1p()
    assert found >= 0
    assert below(ball(found), value)
    if part >= Fraction(1, 2**100):
        assert value - ball(found) < value * flint.arb(2) ** -100


@given(UNIT_FRACTIONS.filter(lambda value: value < 1))
@example(Fraction(0))
@example(Fraction(1, 2**60))
@example(1 - Fraction(1, 2**60))
def test_the_logarithm_of_one_plus_a_number_is_bounded_from_above(value):
    flint.ctx.prec = 2 * BITS_OF_ARB
    found, exact = log_of_one_plus_above(value), ball(value).log1p()
    assert (found == 0) if not value else (ball(found) > exact or value < Fraction(1, 2**50))
    assert ball(found) - exact <= ball(value) * flint.arb(2) ** -110 + flint.arb(2) ** -240


def test_the_upper_bound_of_the_logarithm_is_strict():
    flint.ctx.prec = 4000
    for bits in (1, 7, 60, 200):
        value = Fraction(1, 2**bits)
        assert ball(log_of_one_plus_above(value)) > ball(value).log1p()


@given(st.integers(0, 2**400))
@example(0)
@example(1)
@example(2)
@example(4)
def test_the_root_is_the_least_integer_whose_square_is_enough(square):
    root = square_root_up(square)
    assert root * root >= square
    assert root == 0 or (root - 1) ** 2 < square


@given(st.fractions())
def test_a_rational_lies_between_neighbours(value):
    bounds = scaled(value)
    assert Fraction(bounds.low, UNIT) <= value <= Fraction(bounds.high, UNIT)
    assert bounds.high - bounds.low == (0 if UNIT % value.denominator == 0 else 1)
    assert BITS == 192


def test_bounds_the_wrong_way_round_are_refused():
    assert Bounds(3, 3) == -Bounds(-3, -3)
    assert -Bounds(1, 2) == Bounds(-2, -1)
    with pytest.raises(NumericError, match="the lower bound 2 exceeds the upper bound 1"):
        Bounds(2, 1)


@pytest.mark.parametrize("value", [Fraction(0), Fraction(999, 1000), Fraction(2001, 1000), Fraction(-1)])
def test_a_logarithm_outside_one_to_two_is_refused(value):
    with pytest.raises(NumericError, match="the logarithm is bounded between 1 and 2"):
        log_below(value)


@pytest.mark.parametrize("value", [Fraction(-1, 1000), Fraction(1), Fraction(5)])
def test_a_logarithm_of_one_plus_a_number_outside_zero_to_one_is_refused(value):
    with pytest.raises(NumericError, match="a number in \\[0, 1\\) is bounded"):
        log_of_one_plus_above(value)
