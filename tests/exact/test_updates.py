"""Products of updates: what they multiply out to, and the bound on every number met on the way."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.exact.updates import Update, UpdateProduct, reach_of

DYADIC = st.builds(Fraction, st.integers(-6, 6), st.sampled_from([1, 2, 4]))
SIZE = 3


@st.composite
def updates(draw, *, written=True):
    """Draw one update of three coordinates."""
    key = vector(enumerate(draw(st.tuples(*[DYADIC] * SIZE))))
    return Update(key, draw(DYADIC), draw(DYADIC) if written else 0)


def dense(key):
    return [dict(key).get(place, 0) for place in range(SIZE)]


def run(steps, state):
    """Return the state after the steps, and every number met: weights, products, partial sums and coordinates."""
    met = [*state]
    for step in steps:
        key = dense(step.key)
        total = Fraction(0)
        met += [*key, step.beta, step.value]
        for weight, entry in zip(key, state, strict=True):
            total += weight * entry
            met += [weight * entry, total]
        scale = step.beta * (step.value - total)
        met += [step.value - total, scale, *(scale * weight for weight in key)]
        state = [entry + scale * weight for entry, weight in zip(state, key, strict=True)]
        met += state
    return state, met


@given(st.lists(updates(), max_size=4), st.tuples(*[DYADIC] * SIZE))
def test_a_product_is_its_updates_one_after_the_other(steps, state):
    product = UpdateProduct(SIZE + 1, tuple(steps), SIZE)
    after, _ = run(steps, state)
    assert product.apply(vector(enumerate((*state, 1)))) == vector(enumerate((*after, 1)))
    assert product.width == product.height == SIZE + 1


@given(st.lists(updates(written=False), max_size=4), st.tuples(*[DYADIC] * SIZE))
def test_without_values_no_coordinate_is_constant(steps, state):
    product = UpdateProduct(SIZE, tuple(steps))
    assert product.apply(vector(enumerate(state))) == vector(enumerate(run(steps, state)[0]))


def test_values_need_a_constant():
    one = Update(((0, 1),), 1, 5)
    assert UpdateProduct(1, (one,)).product == SparseMatrix(1, ((),))
    assert UpdateProduct(2, (one,), 1).apply(((0, 3), (1, 1))) == ((0, 5), (1, 1))
    # The constant is what the state says it is.
    assert UpdateProduct(2, (one,), 1).apply(((0, 3), (1, 2))) == ((0, 10), (1, 2))


@given(updates())
def test_growth_is_the_largest_row_sum(step):
    key = dense(step.key)
    rows = [
        sum(abs((place == other) - step.beta * key[place] * key[other]) for other in range(SIZE))
        for place in range(SIZE)
    ]
    assert step.growth == max([1, *rows])


@given(st.lists(updates(), min_size=1, max_size=3), st.lists(st.tuples(*[DYADIC] * SIZE), min_size=1, max_size=3))
def test_every_number_met_is_within_the_bound_in_units_of_the_last_bit(steps, states):
    """B D bounds |x| D for every number x met, so it does so for the least unit that all of them share."""
    codes = [vector(enumerate((*state, 1))) for state in states]
    bound = UpdateProduct(SIZE + 1, tuple(steps), SIZE).partial_sums(*reach_of(codes))
    met = [number for state in states for number in run(steps, state)[1]]
    finest = max(Fraction(number).denominator for number in met)
    assert bound >= finest
    assert all(abs(number) * finest <= bound for number in met)


def swaps(scale):
    """Return the swap of two coordinates by one update with a key of +-scale."""
    return UpdateProduct(2, (Update(((0, scale), (1, -scale)), 1 / Fraction(scale) ** 2),))


@pytest.mark.parametrize(("scale", "bound"), [(1, 9), (2, 48), (Fraction(1, 2), 48), (Fraction(1, 4), 384)])
def test_the_bound_of_a_swap(scale, bound):
    """Of a coordinate 3: 3 + 6 in ones; <|k|, 3> = 12 in quarters; beta <|k|, 3> = 12 in quarters, 24 in sixteenths."""
    assert swaps(scale).apply(((0, 3),)) == ((1, 3),)
    assert swaps(scale).partial_sums(*reach_of([((0, 3),), ((1, 3),)])) == bound


@given(st.lists(updates(), min_size=1, max_size=3), st.tuples(*[DYADIC] * SIZE))
def test_more_codes_and_more_updates_bound_no_less(steps, state):
    codes = [vector(enumerate((*state, 1))), vector([(SIZE, 1)])]
    first = UpdateProduct(SIZE + 1, tuple(steps[:1]), SIZE).partial_sums(*reach_of(codes[:1]))
    assert first <= UpdateProduct(SIZE + 1, tuple(steps), SIZE).partial_sums(*reach_of(codes))
    assert UpdateProduct(SIZE, ()).partial_sums(*reach_of([])) == 1


def test_a_key_that_leaves_the_height_is_refused():
    for key in (((2, 1),), ((0, 0),), ((1, 1), (0, 1))):
        with pytest.raises(NumericError, match="not a sparse vector of height 2"):
            UpdateProduct(2, (Update(key, 1),))
