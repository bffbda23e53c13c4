"""Rounding and bits of every format against numpy's and torch's own casts, over all 16-bit patterns and samples."""

from __future__ import annotations

import struct
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, decode, encode, rounded

TORCH = {"float64": torch.float64, "float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
FRACTIONS = st.builds(Fraction, st.integers(-(2**70), 2**70), st.integers(1, 2**70))
each_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


def torch_values(form):
    """Return float64 values of all 65,536 bit patterns, as torch reads them."""
    bits = torch.arange(1 << 16, dtype=torch.int32).to(torch.uint16)
    return bits.view(TORCH[form.name]).to(torch.float64).tolist()


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16], ids=lambda form: form.name)
def test_every_16_bit_pattern_is_read_and_written_as_torch_does(form):
    for bits, value in enumerate(torch_values(form)):
        if not np.isfinite(value):
            kind = "a NaN" if np.isnan(value) else "an infinity"
            with pytest.raises(NumericError, match=f"{kind} is stored as {form.name}"):
                decode(bits, form)
            continue
        exact = decode(bits, form)
        assert exact == Fraction(value)
        assert encode(exact, form) == (0 if exact == 0 else bits)  # -0.0 is 0
        assert type(exact) is (int if Fraction(value).denominator == 1 else Fraction)


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16], ids=lambda form: form.name)
def test_rounding_halfway_between_neighbours_takes_the_even_one(form):
    finite = (1 << form.width - 1) - (1 << form.precision - 1)  # patterns of the numbers from 0 to the largest
    numbers = [Fraction(decode(bits, form)) for bits in range(finite)]
    assert numbers[-1] == form.largest
    assert numbers[1] == Fraction(2) ** form.lowest
    for bits in range(0, finite - 1, 17):
        low, high = numbers[bits], numbers[bits + 1]
        middle, nudge = (low + high) / 2, (high - low) / 1000
        even = low if bits % 2 == 0 else high
        assert (rounded(middle, form), rounded(-middle, form)) == (even, -even)
        assert (rounded(middle - nudge, form), rounded(middle + nudge, form)) == (low, high)


@given(st.floats(width=64, allow_nan=False, allow_infinity=False))
def test_rounding_a_float64_is_the_cast_of_torch(value):
    for form in FORMATS:
        cast = torch.tensor(value, dtype=torch.float64).to(TORCH[form.name]).to(torch.float64).item()
        if np.isinf(cast):
            with pytest.raises(NumericError, match=f"overflows {form.name}"):
                rounded(Fraction(value), form)
        else:
            assert rounded(Fraction(value), form) == Fraction(cast)


@given(st.integers(0, 2**64 - 1))
def test_random_bits_of_float64_and_float32_are_read_as_the_machine_reads_them(bits):
    for form, low, letters in [(FLOAT64, bits, "<Qd"), (FLOAT32, bits % 2**32, "<If")]:
        (value,) = struct.unpack(letters[0] + letters[2], struct.pack(letters[:2], low))
        if np.isfinite(value):
            assert decode(low, form) == Fraction(value)
            assert encode(Fraction(value), form) == (0 if value == 0 else low)
        else:
            with pytest.raises(NumericError):
                decode(low, form)


@each_format
@given(value=FRACTIONS)
def test_rounding_is_nearest_idempotent_odd_and_monotone(form, value):
    try:
        nearest = rounded(value, form)
    except NumericError:
        assert abs(value) > form.largest
        return
    assert rounded(nearest, form) == nearest
    assert rounded(-value, form) == -nearest
    assert decode(encode(nearest, form), form) == nearest
    bits = encode(abs(nearest), form)
    for other in (bits - 1, bits + 1):
        if other >= 0 and other >> form.precision - 1 < (1 << form.exponent_bits) - 1:
            assert abs(abs(value) - decode(other, form)) >= abs(abs(value) - abs(nearest))


@each_format
def test_overflow_begins_half_a_unit_above_the_largest_number(form):
    ulp = form.largest - decode(encode(form.largest, form) - 1, form)
    assert rounded(form.largest + Fraction(ulp, 2) - 1, form) == form.largest
    for value in (form.largest + Fraction(ulp, 2), -form.largest - ulp, 2 ** (form.bias + 1)):
        with pytest.raises(NumericError, match=f"overflows {form.name}"):
            rounded(value, form)


@each_format
@pytest.mark.parametrize("value", [2**1024, -(10**400), Fraction(10**400, 3)], ids=["2^1024", "-10^400", "10^400/3"])
def test_a_number_beyond_every_float_overflows_with_the_same_error(form, value):
    with pytest.raises(NumericError, match=f"overflows {form.name}"):
        rounded(value, form)


@each_format
def test_only_a_number_of_the_format_has_bits(form):
    for value in (Fraction(1, 3), Fraction(2) ** (form.lowest - 1), 2**form.precision + 1, Fraction(1, 3**10000)):
        with pytest.raises(NumericError, match=f"is not a {form.name} number"):
            encode(value, form)
    assert encode(0, form) == 0
    assert encode(-1, form) == encode(1, form) | 1 << form.width - 1


@each_format
def test_half_the_smallest_number_rounds_to_zero_and_more_does_not(form):
    least = Fraction(2) ** form.lowest
    assert rounded(least / 2, form) == 0
    assert rounded(least / 2 + least / 1000, form) == least
    assert rounded(least * Fraction(3, 2), form) == 2 * least
    assert rounded(0, form) == 0


@each_format
def test_the_parameters_are_those_of_torch(form):
    info = torch.finfo(TORCH[form.name])
    assert form.largest == Fraction(info.max)
    assert Fraction(2) ** (1 - form.precision) == Fraction(info.eps)
    assert Fraction(2) ** form.lowest == Fraction(info.smallest_normal) * Fraction(info.eps)
    assert form.width == info.bits
    for integer in (2**form.precision - 1, 2**form.precision):
        assert rounded(integer, form) == integer
    assert rounded(2**form.precision + 1, form) != 2**form.precision + 1
