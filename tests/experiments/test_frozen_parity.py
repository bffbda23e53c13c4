"""The law of frozen random signs, measured, derived by counting, and followed by the torch layer itself."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.experiments.frozen_parity import Coding, _states, law, successes
from fsm2rnn.experiments.presets import FrozenSettings

SETTINGS = FrozenSettings((1, 2, 4, 8), 4_000, 64, 500)


@pytest.mark.parametrize("coding", Coding)
@pytest.mark.parametrize("hidden", SETTINGS.hidden)
def test_what_is_measured_is_the_law(hidden, coding):
    share = successes(SETTINGS, hidden, coding) / SETTINGS.trials
    assert share == pytest.approx(law(hidden, coding), abs=0.03)


@pytest.mark.parametrize("hidden", [1, 2, 3, 4])
def test_the_law_is_a_count_of_all_signs(hidden):
    """Every choice of signs is equally likely; a word counts by the parities of its zeros and ones alone."""
    kinds = list(itertools.product((1, -1), repeat=2))
    for coding in Coding:
        units = [(1, 1), (1, -1)] if coding is Coding.NEUTRAL else kinds
        lengths = ((0, 0), (1, 1)) if coding is Coding.BOTH_AT_ONE_LENGTH else itertools.product((0, 1), repeat=2)
        words = list(lengths)
        right = sum(_is_right(signs, words) for signs in itertools.product(units, repeat=hidden))
        assert law(hidden, coding) == float(Fraction(right, len(units) ** hidden))


def _is_right(signs, words):
    weights = [1 - zero * one for zero, one in signs]  # the states of an even and an odd word of 10 letters
    pairs = list(zip(weights, signs, strict=True))
    return all((-1) ** ones * sum(w * z**zeros * o**ones for w, (z, o) in pairs) > 0 for zeros, ones in words)


def test_the_law_stays_below_a_half_without_a_neutral_letter():
    found = [law(hidden, Coding.BOTH) for hidden in range(1, 60)]
    assert all(share < 0.5 for share in found)
    assert found == sorted(found)
    assert found[:2] == [0.25, 0.3125]


def test_counts_of_letters_are_what_the_layer_follows():
    generator = np.random.Generator(np.random.PCG64(0))
    signs = [np.sign(generator.standard_normal((1, 6))).astype(np.int8) for _ in range(2)]
    layer = BilinearRNN(2, 6, structure="diagonal")
    with torch.no_grad():
        layer.get_parameter("diagonal").copy_(torch.tensor(np.concatenate(signs)))
        layer.initial_state.fill_(1)
        ids = torch.tensor(generator.integers(2, size=(20, 37)))
        found = layer(ids)[1][0]
    ones = ids.sum(1).numpy()
    told = [_states(signs, (37 - ones[[row]], ones[[row]]))[0] for row in range(20)]
    assert np.array_equal(found.numpy(), np.stack(told))


def test_trials_are_a_function_of_the_seed():
    assert successes(SETTINGS, 2, Coding.BOTH) == successes(SETTINGS, 2, Coding.BOTH)
