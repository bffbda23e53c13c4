"""A forget gate that ends above 0: below 1/2 the sign of the state is the last write, from 1/2 on it is not."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.published.hgrn import bounded_hgrn2
from fsm2rnn.errors import InputError
from fsm2rnn.families.gated.lower_bound import invariant, written_into

bounds = st.fractions(0, 1, max_denominator=64)
words = st.lists(st.sampled_from([-1, 1, None]), max_size=40)  # None keeps


@given(bounds, words)
def test_the_sign_is_the_last_write_with_the_margin(lower, word):
    found = invariant(lower)
    assert (found is None) == (2 * lower >= 1)
    if found is None:
        return
    h, last = Fraction(1), 1
    for value in word:
        if value is not None:
            (h, _), last = written_into(lower, value, (h, h)), value
        assert h * last >= 1 - 2 * lower


def test_from_a_half_on_a_write_after_many_others_is_read_as_they_are():
    def after(lower, word):
        h = Fraction(1)
        for value in word:
            h, _ = written_into(lower, value, (h, h))
        return h

    many = 60
    assert after(Fraction(3, 5), [-1] * many + [1]) < 0 < after(Fraction(3, 5), [1] * many + [-1])
    assert 0 < after(Fraction(1, 2), [-1] * many + [1]) <= Fraction(1, 2**many)


@torch.no_grad()
@pytest.mark.parametrize("lower", [0.0, 0.3, pytest.param(0.49, marks=pytest.mark.slow)])
def test_a_layer_above_the_lowest_holds_a_flip_flop(lower):
    network = fsm2rnn.compile("flip-flop", "hgrn2").network()
    cell = bounded_hgrn2(network, lower)
    ids = torch.randint(3, (1, 200_000 if lower > 0.4 else 2_000), generator=torch.Generator().manual_seed(3))
    due = torch.tensor(network.machine.run(network.machine.symbols[one] for one in ids[0].tolist()))
    states = cell(ids)[0][0]
    assert torch.equal((states[:, 0] > 0).long(), due)
    assert float(states.abs().min()) >= 1 - 2 * lower - 1e-6


def test_bounds_and_coordinates_that_do_not_fit_are_refused():
    network = fsm2rnn.compile("flip-flop", "hgrn2").network()
    with pytest.raises(InputError, match="lower bound of 1/2"):
        bounded_hgrn2(network, 0.5)
    three = fsm2rnn.compile("maps:0,0,0;1,1,1;2,2,2", "hgrn2").network()
    if three.initial_state.numel() == 1:
        with pytest.raises(InputError, match="more than two values"):
            bounded_hgrn2(three, 0.25)
