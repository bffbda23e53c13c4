"""Factored matrices against the products of dense ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact import factored
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.sparse import SparseMatrix, vector

VALUES = st.one_of(st.just(0), st.integers(-3, 3), st.fractions(-2, 2, max_denominator=4))


def matrices(height, width):
    row = st.lists(VALUES, min_size=width, max_size=width)
    return st.lists(row, min_size=height, max_size=height).map(SparseMatrix.from_rows)


def diagonal(gates, size):
    values = dict(gates)
    return SparseMatrix(size, tuple(((place, values[place]),) if place in values else () for place in range(size)))


@given(st.data(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_the_product_is_that_of_the_dense_factors(data, height, rank, width):
    output, source = data.draw(matrices(height, rank)), data.draw(matrices(width, rank))
    gates = vector(enumerate(data.draw(st.lists(VALUES, min_size=rank, max_size=rank))))
    matrix = FactoredMatrix(output, gates, source)
    assert (matrix.height, matrix.width) == (height, width)
    assert matrix.product == output @ diagonal(gates, rank) @ source.transposed()
    state = vector(enumerate(data.draw(st.lists(VALUES, min_size=width, max_size=width))))
    inner = diagonal(gates, rank).apply(source.transposed().apply(state))
    assert matrix.apply(state) == output.apply(inner) == matrix.product.apply(state)


@given(matrices(3, 4), st.integers(0, 2), st.integers(0, 3))
def test_the_transpose_swaps_rows_and_columns(matrix, row, column):
    swapped = matrix.transposed()
    assert (swapped.height, swapped.width) == (4, 3)
    assert swapped.transposed() == matrix
    assert dict(matrix.columns[column]).get(row) == dict(swapped.columns[row]).get(column)


OUTPUT, SOURCE = SparseMatrix.from_rows([[1, 2]]), SparseMatrix.from_rows([[1, 0], [3, 1]])


def test_factors_of_other_shapes_are_refused():
    assert FactoredMatrix(OUTPUT, ((0, 1), (1, 1)), SOURCE).product == SparseMatrix.from_rows([[1, 5]])
    with pytest.raises(NumericError, match="factors of 2 and 1 columns have no product"):
        FactoredMatrix(OUTPUT, ((0, 1),), SparseMatrix.identity(1))
    for gates in (((2, 1),), ((0, 0),), ((1, 1), (0, 1)), ((0, 0.5),)):
        with pytest.raises(NumericError, match="not a sparse vector of height 2"):
            FactoredMatrix(OUTPUT, gates, SOURCE)


def test_products_have_a_limit(monkeypatch):
    half = Fraction(1, 2)
    monkeypatch.setattr(factored, "TERM_LIMIT", 2)
    with pytest.raises(LimitError, match="products of a factored matrix: 3 needed, the limit is 2"):
        FactoredMatrix(OUTPUT, ((0, 1), (1, half)), SOURCE)
    assert FactoredMatrix(OUTPUT, ((0, half),), SOURCE).product == SparseMatrix.from_rows([[half, Fraction(3, 2)]])
    monkeypatch.setattr(factored, "TERM_LIMIT", 3)
    assert FactoredMatrix(OUTPUT, ((0, 1), (1, half)), SOURCE).height == 1
