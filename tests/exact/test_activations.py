"""Enclosures of tanh and sigmoid hold against another series, in another arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.exact.activations import BITS, UNIT, sigmoid, tanh

NUMBERS = st.one_of(
    st.integers(-(300 << BITS), 300 << BITS),
    st.integers(-(1 << 20), 1 << 20),
    st.builds(lambda part, power: part << power, st.integers(-255, 255), st.integers(0, BITS)),
)


def exp_of(number: Decimal) -> Decimal:
    return number.exp()


def in_units(value: Decimal) -> Fraction:
    return Fraction(value) * UNIT


def true_values(number: int) -> tuple[Decimal, Decimal]:
    """Return tanh and sigmoid to 120 digits, by decimal's own exp."""
    at = Decimal(number) / Decimal(UNIT)
    small = exp_of(-abs(at))
    square = small * small
    bent = (1 - square) / (1 + square)
    gate = 1 / (1 + small) if number >= 0 else small / (1 + small)
    return (bent if number >= 0 else -bent), gate


@given(number=NUMBERS)
def test_the_bounds_hold_and_are_narrow(number):
    with localcontext() as context:
        context.prec = 150
        bent, gate = true_values(number)
        for (low, high), value in ((tanh(number), bent), (sigmoid(number), gate)):
            # 150 digits are far finer than a unit of 2^-96; one part in 10^120 of slack for decimal's own rounding.
            near = Fraction(1, 10**20)
            assert low <= in_units(value) + near
            assert in_units(value) - near <= high
            assert high - low <= 2


@given(number=NUMBERS)
def test_the_bounds_stay_in_the_functions_ranges(number):
    assert -UNIT <= tanh(number)[0] <= tanh(number)[1] <= UNIT
    assert 0 <= sigmoid(number)[0] <= sigmoid(number)[1] <= UNIT


@given(left=NUMBERS, right=NUMBERS)
def test_the_bounds_rise_with_the_number(left, right):
    low, high = sorted((left, right))
    for function in (tanh, sigmoid):
        assert function(low)[0] <= function(high)[1]


@pytest.mark.parametrize("number", [0, 1, -1, UNIT, -UNIT, 16 * UNIT, -16 * UNIT, 1 << 200, -(1 << 200)])
def test_known_values(number):
    at = number / UNIT
    low, high = tanh(number)
    assert low / UNIT == pytest.approx(math.tanh(at), abs=1e-15)
    assert high / UNIT == pytest.approx(math.tanh(at), abs=1e-15)
    gate = 1 / (1 + math.exp(-at)) if at > -700 else 0.0
    assert sigmoid(number)[0] / UNIT == pytest.approx(gate, abs=1e-15)


def test_zero_is_among_the_bounds():
    assert tanh(0)[0] <= 0 <= tanh(0)[1]
    assert sigmoid(0)[0] <= UNIT // 2 <= sigmoid(0)[1]
