"""Sparse vectors and matrices over Q against dense arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix, absolute, dot, magnitude, simplest, unit, vector

VALUES = st.one_of(st.just(0), st.integers(-3, 3), st.fractions(-2, 2, max_denominator=4))


def rows(height, width):
    return st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=height, max_size=height)


def array(values):
    return np.array([[Fraction(value) for value in row] for row in values], dtype=object)


def dense(matrix):
    out = np.full((matrix.height, len(matrix.columns)), Fraction(0), dtype=object)
    for column, entries in enumerate(matrix.columns):
        for row, value in entries:
            out[row, column] = Fraction(value)
    return out


@given(left=rows(3, 4), right=rows(4, 2), state=st.lists(VALUES, min_size=4, max_size=4))
def test_products_and_magnitudes_are_those_of_numpy(left, right, state):
    a, b = SparseMatrix.from_rows(left), SparseMatrix.from_rows(right)
    assert (dense(a) == array(left)).all()
    assert (dense(a @ b) == array(left) @ array(right)).all()
    assert (dense(a.magnitude()) == np.abs(array(left))).all()
    image = array(left) @ np.array([Fraction(value) for value in state], dtype=object)
    assert a.apply(vector(enumerate(state))) == vector(enumerate(image))


@given(rows(3, 3))
def test_the_identity_changes_nothing_and_spelling_is_unique(values):
    matrix = SparseMatrix.from_rows(values)
    identity = SparseMatrix.identity(3)
    assert identity @ matrix == matrix == matrix @ identity
    for column in matrix.columns:
        assert [index for index, _ in column] == sorted({index for index, _ in column})
        assert all(value and (type(value) is int) == (value.denominator == 1) for _, value in column)


@given(st.lists(st.tuples(st.integers(0, 4), VALUES), max_size=8))
def test_a_vector_is_the_sum_of_its_entries(entries):
    total = [sum((Fraction(value) for index, value in entries if index == place), Fraction(0)) for place in range(5)]
    found = vector(entries)
    assert dict(found) == {place: value for place, value in enumerate(total) if value}
    assert found == vector(reversed(entries))
    assert dot(found, found) == sum(value * value for value in total)
    assert dot(found, unit(2)) == total[2]
    assert magnitude(found) == tuple((index, abs(value)) for index, value in found)


def test_a_vector_of_positive_entries_is_its_own_magnitude():
    state = ((0, 1), (3, 2))
    assert magnitude(state) is state
    assert magnitude(((0, 1), (3, -2))) == state
    assert absolute(Fraction(-1, 2)) == Fraction(1, 2)
    assert type(simplest(Fraction(4, 2))) is int
    assert simplest(Fraction(1, 2)) == Fraction(1, 2)


@pytest.mark.parametrize(
    "column",
    [
        ((0, 0),),
        ((0, Fraction(0)),),
        ((1, 1), (0, 1)),
        ((0, 1), (0, 1)),
        ((3, 1),),
        ((-1, 1),),
        ((0, 1.5),),
        ((0, 1), (2, 1), (1, 1)),
    ],
)
def test_a_column_in_another_spelling_is_refused(column):
    with pytest.raises(NumericError, match="column 1 is not a sparse vector of height 3"):
        SparseMatrix(3, ((), column))


def test_a_vector_longer_than_the_matrix_is_refused():
    matrix = SparseMatrix.from_rows([[1, 2]])
    assert matrix.apply(((0, 1), (1, 1))) == ((0, 3),)
    assert matrix.apply(()) == ()
    for state in (((2, 1),), ((0, 1), (2, 5))):
        with pytest.raises(NumericError, match="a vector with entry 2 meets a matrix of 2 columns"):
            matrix.apply(state)
    with pytest.raises(NumericError, match="entry 2"):
        matrix @ SparseMatrix(3, (unit(2),))
