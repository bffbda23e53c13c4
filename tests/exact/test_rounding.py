"""Rounding and bits of every format against torch's own casts, over all 8-bit and 16-bit patterns and samples."""

from __future__ import annotations

import struct
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import (
    FLOAT8_E4M3FN,
    FLOAT32,
    FLOAT64,
    FORMATS,
    NATIVE,
    count_rounding,
    decode,
    encode,
    rounded,
)

TORCH = {form.name: getattr(torch, form.name) for form in FORMATS}
LISTED = [form for form in FORMATS if form.width <= 16]  # whose patterns are few enough to try each
FRACTIONS = st.builds(Fraction, st.integers(-(2**70), 2**70), st.integers(1, 2**70))
each_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


def torch_values(form):
    """Return float64 values of all 256 or 65,536 bit patterns, as torch reads them."""
    bits = torch.arange(1 << form.width, dtype=torch.int32).to(torch.uint8 if form.width == 8 else torch.uint16)
    return bits.view(TORCH[form.name]).to(torch.float64).tolist()


@pytest.mark.parametrize("form", LISTED, ids=lambda form: form.name)
def test_every_pattern_of_8_or_16_bits_is_read_and_written_as_torch_does(form):
    for bits, value in enumerate(torch_values(form)):
        if not np.isfinite(value):
            kind = "a NaN" if np.isnan(value) else "an infinity"
            assert not (form.finite_only and np.isinf(value))
            with pytest.raises(NumericError, match=f"{kind} is stored as {form.name}"):
                decode(bits, form)
            continue
        exact = decode(bits, form)
        assert exact == Fraction(value)
        assert encode(exact, form) == (0 if exact == 0 else bits)  # -0.0 is 0
        assert type(exact) is (int if Fraction(value).denominator == 1 else Fraction)


@pytest.mark.parametrize("form", LISTED, ids=lambda form: form.name)
def test_rounding_halfway_between_neighbours_takes_the_even_one(form):
    # patterns of the numbers from 0 to the largest
    finite = (1 << form.width - 1) - (1 if form.finite_only else 1 << form.precision - 1)
    numbers = [Fraction(decode(bits, form)) for bits in range(finite)]
    assert numbers[-1] == form.largest
    assert numbers[1] == Fraction(2) ** form.lowest
    for bits in range(0, finite - 1, 17 if form.width == 16 else 1):
        low, high = numbers[bits], numbers[bits + 1]
        middle, nudge = (low + high) / 2, (high - low) / 1000
        even = low if bits % 2 == 0 else high
        assert (rounded(middle, form), rounded(-middle, form)) == (even, -even)
        assert (rounded(middle - nudge, form), rounded(middle + nudge, form)) == (low, high)


def overflow_margin(form):
    """Return half of the last bit of the largest number; beyond it torch's float8_e4m3fn is 448 or a NaN."""
    return Fraction(form.largest - decode(encode(form.largest, form) - 1, form), 2)


@given(st.floats(width=64, allow_nan=False, allow_infinity=False) | st.floats(-1000, 1000))
def test_rounding_a_float64_is_the_cast_of_torch(value):
    for form in FORMATS:
        cast = torch.tensor(value, dtype=torch.float64).to(TORCH[form.name]).to(torch.float64).item()
        if np.isinf(cast) or abs(value) > form.largest + overflow_margin(form):
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
        if 0 <= other <= encode(form.largest, form):
            assert abs(abs(value) - decode(other, form)) >= abs(abs(value) - abs(nearest))


@each_format
def test_overflow_begins_half_a_unit_above_the_largest_number(form):
    half = overflow_margin(form)
    assert rounded(form.largest + half - 1, form) == form.largest
    # Of two numbers equally near the even one is taken: the last pattern of a format without infinities is odd.
    if form.finite_only:
        assert rounded(form.largest + half, form) == form.largest
    first = form.largest + half + Fraction(int(form.finite_only), 1000)
    for value in (first, -form.largest - 2 * half, 2 ** (form.bias + 2)):
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


def test_one_list_of_formats_says_what_each_is_stored_as_and_which_only_store():
    assert [form.name for form in NATIVE] == ["float64", "float32", "bfloat16", "float16"]
    assert {form.name: (form.stored, form.item_size) for form in FORMATS if form not in NATIVE} == {
        "float8_e4m3fn": ("F8_E4M3", 1),
        "float8_e5m2": ("F8_E5M2", 1),
    }
    assert [form for form in FORMATS if form.finite_only] == [FLOAT8_E4M3FN]
    assert {form.accumulator for form in FORMATS if not form.native} == {FLOAT32}


def test_a_format_holds_another_where_it_holds_its_numbers():
    for wide in LISTED:
        numbers = {decode(bits, wide) for bits in finite_patterns(wide)}
        for form in LISTED:
            assert wide.holds(form) == all(decode(bits, form) in numbers for bits in finite_patterns(form))
    assert all(FLOAT64.holds(form) for form in FORMATS)
    assert [form for form in FORMATS if not FLOAT32.holds(form)] == [FLOAT64]


def finite_patterns(form):
    return [bits for bits, value in enumerate(torch_values(form)) if np.isfinite(value)]


@each_format
@given(count=st.integers(-(2**90), 2**90), exponent=st.integers(-170, 0))
def test_whole_numbers_of_a_unit_round_as_fractions_do(form, count, exponent):
    nearest = count_rounding(exponent, form)
    try:
        wanted = rounded(count * Fraction(2) ** exponent, form)
    except NumericError:
        with pytest.raises(NumericError, match=f"overflows {form.name}"):
            nearest(count)
        return
    assert nearest(count) * Fraction(2) ** exponent == wanted
