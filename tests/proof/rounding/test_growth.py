"""Theorem G against what letters that join states really do: errors grow, are put back in time, and no later."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.cells.network import lower
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, NATIVE
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.growth import LIMIT, steps_within
from tests.proof.rounding.drift_networks import joining_drift
from tests.second_checker.checker import accepts
from tests.second_checker.drift import follow

by_name = {"ids": lambda form: form.name}
SMALL = st.fractions(min_value=Fraction(1, 10**6), max_value=1, max_denominator=10**6)


@given(SMALL, SMALL, st.fractions(min_value=Fraction(1, 50), max_value=4, max_denominator=100), SMALL)
def test_steps_are_those_of_the_closed_form(borne, first, growth, added):
    expected = follow(growth, added, first, borne)
    # Rounding each step up by 2^-192 loses one where the bound is met to that many places.
    assert steps_within(borne, first, growth, added) in {expected, max(0, expected - 1)}


def test_a_bound_that_is_never_met_ends_at_the_limit():
    assert steps_within(Fraction(1), Fraction(0), Fraction(1, 10**9), Fraction(1, 10**9)) == LIMIT


@pytest.mark.parametrize("form", NATIVE, **by_name)
def test_merges_have_a_horizon_that_every_checker_accepts(form):
    network = joining_drift(form)
    assert network.grade.added is not None
    assert network.grade.eta > 1 / 2
    for data in map(network_bytes, (network, snapped(network))):
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


def test_more_precise_formats_have_longer_horizons():
    steps = [joining_drift(form).steps for form in (BFLOAT16, FLOAT16, FLOAT32, FLOAT64)]
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("form", [FLOAT32, FLOAT64], **by_name)
def test_no_word_errs_by_more_than_is_proved(form):
    network = joining_drift(form)
    grade, machine = network.grade, network.machine
    kind = {"float32": np.float32, "float64": np.float64}[form.name]
    weight = np.frombuffer(network.tensors["weight"].data, kind).reshape(network.tensors["weight"].shape)
    rows = np.frombuffer(network.tensors["readout.weight"].data, np.float64).reshape(3, -1)
    words = np.random.default_rng(0).integers(0, 3, (500, min(network.steps, 40)))
    for word in words:
        h = np.frombuffer(network.tensors["initial_state"].data, kind)
        state, bound = machine.start, float(np.linalg.norm(h - rows[0]))
        for letter in word:
            h, state = weight[:, :, letter] @ h, machine.table[state][letter]
            bound = (1 + float(grade.eta)) * bound + float(grade.added)
            assert np.linalg.norm(h - rows[state]) <= bound * (1 + 1e-9)


@pytest.mark.parametrize("form", NATIVE, **by_name)
def test_what_is_put_back_is_read_right_at_every_length(form):
    network = snapped(joining_drift(form))
    word = torch.randint(3, (4, 3_000), generator=torch.Generator().manual_seed(1))
    found = lower(network).run(word)
    for row, states in zip(word.tolist(), found.tolist(), strict=True):
        assert states == list(network.machine.run(row))
