"""The forward algorithm as a bilinear layer: exact beside a sum over all paths, in floats beside the exact one."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.cells.exchange.hidden_markov import Weighted, hidden_markov_model, probabilistic_automaton
from fsm2rnn.errors import InputError
from fsm2rnn.exact.sparse import SparseMatrix


@st.composite
def distributions(draw, size):
    numbers = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any))
    return [Fraction(one, sum(numbers)) for one in numbers]


@st.composite
def models(draw):
    states, letters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    moves = [draw(distributions(states)) for _ in range(states)]
    shows = [draw(distributions(letters)) for _ in range(states)]
    word = draw(st.lists(st.integers(0, letters - 1), max_size=5))
    return draw(distributions(states)), moves, shows, word


def over_paths(start, moves, shows, word):
    """Return the probability of a word as a sum over all sequences of hidden states: no matrix, no recursion."""
    total = Fraction(0)
    for path in product(range(len(start)), repeat=len(word) + 1):
        chance = start[path[0]]
        for before, after, symbol in zip(path, path[1:], word, strict=False):
            chance *= moves[before][after] * shows[after][symbol]
        total += chance
    return total


@given(models())
def test_probabilities_are_sums_over_paths(model):
    start, moves, shows, word = model
    weighted = hidden_markov_model(start, moves, shows)
    assert weighted.probability(word) == over_paths(start, moves, shows, word)
    letters = range(len(shows[0]))
    assert sum(weighted.probability([*word, letter]) for letter in letters) == weighted.probability(word)


DYADIC = hidden_markov_model(
    [1, 0],
    [[Fraction(1, 2), Fraction(1, 2)], [Fraction(1, 4), Fraction(3, 4)]],
    [[1, 0], [Fraction(1, 2), Fraction(1, 2)]],
)


def test_a_layer_of_dyadic_probabilities_is_exact():
    word = [0, 1, 1, 0, 1]
    states = DYADIC.layer()(torch.tensor([word]))[0][0]
    for state, alpha in zip(states.tolist(), DYADIC.alphas(word), strict=True):
        assert [Fraction(one) for one in state] == [dict(alpha).get(place, 0) for place in range(2)]


def test_log_probabilities_of_long_words():
    ids = torch.randint(2, (2, 400), generator=torch.Generator().manual_seed(1))
    found = DYADIC.log_probability(ids)
    for word, logarithm in zip(ids.tolist(), found.tolist(), strict=True):
        exact = DYADIC.probability(word)
        assert logarithm == pytest.approx(math.log(exact.numerator) - math.log(exact.denominator), rel=1e-13)


def test_a_probabilistic_automaton_stops_in_the_end():
    half, third = Fraction(1, 2), Fraction(1, 3)
    weighted = probabilistic_automaton([1, 0], [[[third, third], [0, 0]], [[0, 0], [half, 0]]])
    # In 0: a to 0, a to 1 or stop; in 1: b to 0 or stop.
    assert weighted.last == (third, half)
    assert weighted.probability([]) == third
    assert weighted.probability([0]) == third * third + third * half
    assert weighted.probability([0, 1]) == third * half * third
    total = sum(weighted.probability(word) for length in range(9) for word in product(range(2), repeat=length))
    assert Fraction(9, 10) < total < 1


def test_what_is_no_model_is_refused():
    with pytest.raises(InputError, match="sums to 1"):
        hidden_markov_model([1, 1], [[1, 0], [0, 1]], [[1], [1]])
    with pytest.raises(InputError, match="more than 1"):
        probabilistic_automaton([1], [[[1]], [[1]]])
    with pytest.raises(InputError, match="negative"):
        Weighted((Fraction(1),), (SparseMatrix.from_rows([[-1]]),), (Fraction(1),))
    with pytest.raises(InputError, match="shape"):
        Weighted((Fraction(1),), (SparseMatrix.from_rows([[1, 0], [0, 1]]),), (Fraction(1),))
    with pytest.raises(InputError, match="states and letters"):
        Weighted((), (), ())
