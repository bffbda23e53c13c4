"""A X, whether the vectors stand side by side or are multiplied one by one, and however many rows matrices share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.exact import coordinates
from fsm2rnn.exact.coordinates import applied, images, side_by_side
from fsm2rnn.exact.sparse import SparseMatrix, vector

NUMBERS = st.integers(-2, 2) | st.fractions(-2, 2, max_denominator=3)
SQUARE = st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=3, max_size=3)


@pytest.mark.parametrize("kept", [0, 7, coordinates.KEPT])
@given(matrices=st.lists(SQUARE, max_size=4), vectors=st.lists(st.lists(NUMBERS, min_size=3, max_size=3), max_size=4))
def test_images_are_the_products_one_by_one(kept, matrices, vectors):
    stored = [SparseMatrix.from_rows(rows) for rows in matrices]
    sparse = [vector(enumerate(entries)) for entries in vectors]
    rows = side_by_side(sparse, 3)
    if rows is None:
        assert 4 * sum(map(len, sparse)) < 3 * len(sparse)
        return
    before = coordinates.KEPT
    try:
        coordinates.KEPT = kept
        found = list(images([matrix.columns for matrix in stored], 3, rows))
    finally:
        coordinates.KEPT = before
    assert len(found) == len(stored)
    for matrix, image in zip(stored, found, strict=True):
        assert image == applied(matrix.columns, 3, rows)
        columns = list(zip(*image, strict=True)) if sparse else []
        assert [vector(enumerate(column)) for column in columns] == [matrix.apply(state) for state in sparse]
