"""Products of updates as operators: what is stored of them, written values, and keys twice as wide."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.exact.updates import Update
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.structure_tensors import dense_tensor, parameters, structure_tensors
from fsm2rnn.proof.stored.structures import Structure, meaning
from tests.operators.doubled_updates import duplicated

WIDTH = 3
HALVES = st.builds(Fraction, st.integers(-4, 4), st.sampled_from([1, 2]))


@st.composite
def operators(draw):
    """Draw up to three symbols of up to three updates, values written or not."""
    values = HALVES if draw(st.booleans()) else st.just(0)
    keys = st.tuples(*[HALVES] * WIDTH).map(lambda row: vector(enumerate(row)))
    updates = st.lists(st.builds(Update, keys, HALVES, values), max_size=3).map(tuple)
    return Householder(WIDTH, draw(st.lists(updates, min_size=1, max_size=3).map(tuple)))


def as_rows(matrix):
    return [[dict(column).get(row, 0) for column in matrix.columns] for row in range(matrix.height)]


@given(operators(), st.sampled_from(FORMATS))
def test_what_is_stored_means_the_same_matrices(operator, form):
    symbols = len(operator.updates)
    name, tensors = structure_tensors(operator, symbols, form)
    assert (name, "value" in tensors) == (Structure.HOUSEHOLDER, operator.written)
    assert tensors["key"].shape == (symbols, max(1, *map(len, operator.updates), 1), WIDTH)
    assert parameters(operator, symbols) == sum(math.prod(tensor.shape) for tensor in tensors.values())
    tensors["initial_state"] = dense_tensor((WIDTH,), [(0, 1)], form)
    tensors["readout.weight"] = dense_tensor((1, WIDTH), (), form)
    tensors["readout.bias"] = dense_tensor((1,), (), form)
    stored = meaning(name, tensors, 1)
    exact = [operator.matrix(symbol).product for symbol in range(symbols)]
    assert [matrix.product for matrix in stored.matrices] == exact
    assert stored.columns(0) == exact[0].columns
    # Theorem D speaks of one block without written values.
    assert stored.blocks == (None if operator.written else (WIDTH,))
    assert stored.initial_state == ((0, 1), *(((WIDTH, 1),) if operator.written else ()))


@given(operators(), st.tuples(*[HALVES] * WIDTH))
def test_twice_the_width_with_half_the_keys_is_the_same_action_on_both_copies(operator, state):
    twice = duplicated(operator)
    assert (twice.size, twice.steps, twice.written) == (2 * WIDTH, operator.steps, operator.written)
    constant = (1,) if operator.written else ()
    for symbol in range(len(operator.updates)):
        once = operator.matrix(symbol).apply(vector(enumerate((*state, *constant))))
        both = twice.matrix(symbol).apply(vector(enumerate((*state, *state, *constant))))
        first = [dict(once).get(place, 0) for place in range(WIDTH)]
        assert both == vector(enumerate((*first, *first, *constant)))


def test_a_swap_is_a_reflection_with_unit_keys_once_it_is_twice_as_wide():
    swap = Householder(2, ((Update(((0, 1), (1, -1)), 1),),))
    assert as_rows(swap.matrix(0).product) == [[0, 1], [1, 0]]
    ((update,),) = duplicated(swap).updates
    assert (sum(entry**2 for _, entry in update.key), update.beta) == (1, 2)


@given(operators())
def test_shorter_rows_stand_for_the_identity(operator):
    longer = Householder(WIDTH, (*operator.updates, ()))
    assert (longer.steps, longer.written) == (operator.steps, operator.written)
    assert longer.matrix(len(operator.updates)).product == SparseMatrix.identity(WIDTH + operator.written)


def test_a_key_wider_than_the_state_is_refused():
    # With written values the state has one coordinate more, which no key may touch.
    with pytest.raises(NumericError, match="more than 2 coordinates"):
        Householder(2, ((), (Update(((2, 1),), 1, 1),)))
    assert Householder(3, ((Update(((2, 1),), 1, 1),),)).matrix(0).height == 4
