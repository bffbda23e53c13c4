"""A X, whether the vectors stand side by side or are multiplied one by one, and however many rows matrices share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.exact import coordinates
from fsm2rnn.exact.coordinates import FormValues, applied, side_by_side
from fsm2rnn.exact.sparse import SparseMatrix, vector

NUMBERS = st.integers(-2, 2) | st.fractions(-2, 2, max_denominator=3)
SQUARE = st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=3, max_size=3)
STATES = st.lists(st.lists(NUMBERS, min_size=3, max_size=3), max_size=4)


@given(matrices=st.lists(SQUARE, max_size=4), states=STATES, room=st.integers(0, 40))
def test_images_are_the_products_one_by_one(matrices, states, room):
    stored = [SparseMatrix.from_rows(rows) for rows in matrices]
    sparse = [vector(enumerate(entries)) for entries in states]
    rows = side_by_side(sparse, 3)
    if rows is None:
        assert 4 * sum(map(len, sparse)) < 3 * len(sparse)
        return
    values = FormValues(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coordinates, "KEPT", room)
        found = [applied(matrix.columns, 3, values) for matrix in stored]
    assert sum(map(len, values.known.values())) < room + max(1, len(states))
    for matrix, image in zip(stored, found, strict=True):
        assert image == applied(matrix.columns, 3, FormValues(rows))
        columns = list(zip(*image, strict=True)) if sparse else []
        assert [vector(enumerate(column)) for column in columns] == [matrix.apply(state) for state in sparse]
