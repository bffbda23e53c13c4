"""A set of rows keeps what a Python dict of tuples keeps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.comparison.search.seen_states import FIRST, SeenStates

ROWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-(2**31), 2**31 - 1)), max_size=60)


@given(batches=st.lists(ROWS, max_size=5))
def test_rows_are_placed_in_the_order_of_their_first_appearance(batches):
    seen, known = SeenStates(2), {}
    for batch in batches:
        rows = np.array(batch, dtype=np.int32).reshape(-1, 2)
        places, new = seen.add(rows)
        for row, place, fresh in zip(batch, places.tolist(), new.tolist(), strict=True):
            assert fresh == (row not in known)
            assert place == known.setdefault(row, len(known))
    assert [tuple(row) for row in seen.rows.tolist()] == list(known)


def test_it_grows_beyond_its_first_room():
    seen = SeenStates(3)
    rows = np.arange(9 * FIRST, dtype=np.int32).reshape(-1, 3)
    for _ in range(2):
        places, new = seen.add(rows)
        assert places.tolist() == list(range(len(rows)))
    assert not new.any()
    assert np.array_equal(seen.rows, rows)
