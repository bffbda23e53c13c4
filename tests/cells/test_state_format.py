"""Rounding to a state format is nearest, half to even, against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fsm2rnn.cells.state_format import STATE_FORMATS, Grid, find_state_format, rounded_states
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.exact.rounding import rounded

FLOATS = {torch.float64: 64, torch.float32: 32, torch.float16: 16}


def wanted(value, form):
    """Return the nearest number of the format as a fraction, None where it has none."""
    if isinstance(form, Grid):
        return Fraction(round(Fraction(value) * 2**form.digits), 2**form.digits)
    try:
        return Fraction(rounded(Fraction(value), form))
    except NumericError:
        return None


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("form", STATE_FORMATS.values(), ids=STATE_FORMATS)
@settings(max_examples=30)
@given(data=st.data())
def test_rounding_is_nearest_half_to_even(dtype, form, data):
    width = FLOATS[dtype]
    ties = st.builds(lambda k, up: (2 * k + 1) / 2 ** (up + 1), st.integers(-300, 300), st.integers(1, 12))
    near = st.builds(lambda tie, turn: tie * (1 + turn * 2.0**-50), ties, st.integers(-1, 1))
    value = data.draw(st.one_of(st.floats(-600, 600, width=width), ties, near if width == 64 else ties))
    state = torch.tensor([[value]], dtype=dtype)
    exact = state.item()
    found = rounded_states(state, form)
    assert found.dtype is dtype
    expected = wanted(exact, form)
    if expected is None:
        assert not found.isfinite().item()
    else:
        assert Fraction(found.item()) == expected


@pytest.mark.parametrize("form", STATE_FORMATS.values(), ids=STATE_FORMATS)
def test_numbers_that_are_none_stay_so(form):
    states = torch.tensor([[float("nan"), float("inf"), -float("inf")]])
    assert not rounded_states(states, form).isfinite().any()


@pytest.mark.parametrize("form", STATE_FORMATS.values(), ids=STATE_FORMATS)
@settings(max_examples=10)
@example(value=0.3)
@given(value=st.floats(-1, 1, width=32))
def test_a_gradient_passes_and_the_number_is_the_same(form, value):
    state = torch.tensor([[value]], requires_grad=True)
    found = rounded_states(state, form)
    assert torch.equal(found, rounded_states(state.detach(), form))
    found.sum().backward()
    assert state.grad.tolist() == [[1.0]]


def test_names():
    assert find_state_format("grid12") == Grid(12)
    assert [name for name in STATE_FORMATS if not name.startswith("grid")] == [
        "bfloat16",
        "float16",
        "float8_e4m3fn",
        "float8_e5m2",
    ]
    with pytest.raises(InputError, match="grid7"):
        find_state_format("grid77")
