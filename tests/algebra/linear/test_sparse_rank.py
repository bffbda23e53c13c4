"""The rank of sparse vectors is that of their matrix; what stands alone is told without one."""

from __future__ import annotations

import random

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.linear import sparse_rank as module
from fsm2rnn.algebra.linear.sparse_rank import sparse_rank

WIDTH = 6
VECTORS = st.lists(
    st.dictionaries(st.integers(0, WIDTH - 1), st.integers(-2, 2).filter(bool), max_size=4).map(
        lambda row: tuple(sorted(row.items()))
    ),
    max_size=9,
)


def dense_rank(vectors):
    return flint.fmpz_mat([[dict(row).get(column, 0) for column in range(WIDTH)] for row in [*vectors, ()]]).rank()


@given(VECTORS)
def test_the_rank_is_that_of_the_matrix(vectors):
    assert sparse_rank(vectors) == dense_rank(vectors)


@given(VECTORS)
def test_beyond_the_limits_the_rank_is_no_larger(vectors):
    true = dense_rank(vectors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "EXACT_LIMIT", 0)
        assert sparse_rank(vectors) == true  # a prime beyond all minors of such small matrices
        patch.setattr(module, "PRIME", 2)
        assert sparse_rank(vectors) <= true
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "GRAM_LIMIT", 2)
        assert sparse_rank(vectors) <= true


def test_maps_of_many_states_leave_no_matrix(monkeypatch):
    monkeypatch.setattr(module, "_gram_rank", lambda rows: pytest.fail("eliminated") if rows else 0)
    draw = random.Random(0)
    images = [draw.randrange(5000) for _ in range(5000)]
    before = {}
    for state, image in enumerate(images):
        before.setdefault(image, []).append((state, 1))
    assert sparse_rank(map(tuple, before.values())) == len(set(images))
    path = [((state, 1), (state + 1, -1)) for state in range(5000)]
    assert sparse_rank(path) == 5000
