"""Numbers of cyclotomic fields against complex arithmetic, and their one spelling."""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.circle import UNIT
from fsm2rnn.exact.cyclotomic import CONDUCTOR_LIMIT, Cyclotomic, degree, roots_of_unity

CONDUCTORS = st.sampled_from([1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 30, 36])
RATIONALS = st.builds(Fraction, st.integers(-9, 9), st.integers(1, 6))


@st.composite
def numbers(draw, count):
    """Draw some numbers of one field."""
    conductor = draw(CONDUCTORS)
    lists = st.lists(RATIONALS, max_size=2 * conductor)
    return [Cyclotomic.of(conductor, draw(lists)) for _ in range(count)]


def value(number):
    root = cmath.exp(2j * cmath.pi / number.conductor)
    return sum(part * root**power for power, part in enumerate(number.coefficients)) / number.denominator


def near(number, expected):
    return abs(value(number) - expected) < 1e-9 * (1 + abs(expected))


@given(numbers(2))
def test_arithmetic_is_that_of_complex_numbers(pair):
    left, right = pair
    assert near(left + right, value(left) + value(right))
    assert near(left - right, value(left) - value(right))
    assert near(left * right, value(left) * value(right))
    assert near(left.conjugate(), value(left).conjugate())


@given(numbers(3))
def test_the_field_is_a_commutative_ring_with_an_involution(triple):
    a, b, c = triple
    assert a * (b + c) == a * b + a * c
    assert (a * b) * c == a * (b * c)
    assert a * b == b * a
    assert (a * b).conjugate() == a.conjugate() * b.conjugate()
    assert a.conjugate().conjugate() == a
    assert (a + a.conjugate()).is_real
    assert not a - a


@given(numbers(1))
def test_bounds_hold_the_number_closely(one):
    (number,) = one
    for bounds, part in zip(number.bounds(), (value(number).real, value(number).imag), strict=True):
        assert 0 <= bounds.high - bounds.low <= (sum(map(abs, number.coefficients)) + 1) << 10
        assert abs(Fraction(bounds.low, UNIT) - Fraction(part)) < 1e-9


@given(numbers(1))
def test_multiples_by_powers_of_the_root(one):
    (number,) = one
    root = Cyclotomic.of(number.conductor, (0, 1))
    power = number
    for row in number.times_powers():
        assert Cyclotomic.of(number.conductor, [Fraction(entry, number.denominator) for entry in row]) == power
        power = power * root


@pytest.mark.parametrize("conductor", [1, 2, 7, 12, 30, 64, 105, 210])
def test_the_roots_of_unity_have_their_order_and_their_sum(conductor):
    powers = roots_of_unity(conductor)
    assert degree(conductor) == sum(math.gcd(conductor, number) == 1 for number in range(conductor))
    assert len(set(powers)) == conductor
    root, number = Cyclotomic.of(conductor, (0, 1)), Cyclotomic.rational(conductor, 1)
    for row in powers:
        assert number.coefficients == row
        number = number * root
    assert number == Cyclotomic.rational(conductor, 1)
    assert bool(Cyclotomic.of(conductor, (1,) * conductor)) == (conductor == 1)


def test_equal_numbers_have_one_spelling():
    # 1 + zeta_5 + ... + zeta_5^4 = 0, and 2 cos 72 degrees is the golden ratio less 1.
    assert Cyclotomic.of(5, (0, 1, 0, 0, 1)) == Cyclotomic.of(5, (-1, 0, -1, -1))
    golden = Cyclotomic.of(5, (1, 1, 0, 0, 1))
    assert golden * golden == golden + Cyclotomic.rational(5, 1)
    assert golden.is_real
    assert not Cyclotomic.of(5, (0, 1)).is_real
    assert not Cyclotomic.of(4, (0, 1)).is_real


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((5, (1, 0, 0)), "not 4 integer coefficients"),
        ((5, (1, 0, 0, 0.0)), "not 4 integer coefficients"),
        ((5, (True, 0, 0, 0)), "not 4 integer coefficients"),
        ((1, (2,), 2), "not in lowest terms"),
        ((1, (1,), -2), "not in lowest terms"),
        ((1, (0,), 2), "not in lowest terms"),
        ((0, ()), "0 is no conductor"),
    ],
)
def test_another_spelling_is_refused(arguments, found):
    with pytest.raises(NumericError, match=found):
        Cyclotomic(*arguments)


def test_fields_do_not_mix_and_large_ones_are_refused():
    with pytest.raises(NumericError, match="conductors 3 and 4 meet"):
        Cyclotomic.rational(3, 1) + Cyclotomic.rational(4, 1)
    with pytest.raises(NumericError, match="conductors 3 and 4 meet"):
        Cyclotomic.rational(3, 1) * Cyclotomic.rational(4, 1)
    with pytest.raises(LimitError, match="conductor"):
        Cyclotomic.rational(CONDUCTOR_LIMIT + 1, 1)
