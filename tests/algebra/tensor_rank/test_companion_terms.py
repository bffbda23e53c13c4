"""Pairs over Q: n + 1 terms add up, are as few as the pencil allows, and are left where M is no companion matrix."""

from __future__ import annotations

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.tensor_rank.companion_terms import COMPANION_LIMIT, rational_parts
from fsm2rnn.algebra.tensor_rank.pencil import pencil_bound
from fsm2rnn.algebra.tensor_rank.pencil_terms import diagonal_parts
from fsm2rnn.exact.sparse import SparseMatrix


def added(parts, letter):
    """Return the sum of the parts of one letter over Q."""
    size = parts[0][1].nrows()
    zero = flint.fmpq_mat(size, size)
    return sum((flint.fmpq(gates[letter].numerator, gates[letter].denominator) * part for gates, part in parts), zero)


def rank_of(parts):
    return sum(part.rank() for _, part in parts)


@st.composite
def pairs(draw):
    size = draw(st.integers(2, 4))
    rows = st.lists(st.lists(st.integers(-2, 2), min_size=size, max_size=size), min_size=size, max_size=size)
    return draw(rows), draw(rows)


@given(pairs())
def test_parts_add_up_over_q_and_are_at_most_one_more_than_the_least(pair):
    first, second = map(flint.fmpz_mat, pair)
    parts = rational_parts(first, second, 100)
    bound = pencil_bound([SparseMatrix.from_rows(rows) for rows in pair])
    if parts is None:  # singular, or with more than one block of an eigenvalue
        assert pair[0] == pair[1] or bound is None or len(pair[0]) > 2 or bound.real == 3
        return
    assert added(parts, 0) == first
    assert added(parts, 1) == second
    assert len(pair[0]) <= rank_of(parts) <= len(pair[0]) + 1
    assert pair[0] == pair[1] or bound.real <= rank_of(parts)


@pytest.mark.parametrize("order", [5, 7, 9])
def test_a_cycle_takes_one_product_more_than_its_block_has_rows(order):
    # x^(n-1) + ... + 1 has no root in Q for odd n.
    size = order - 1
    one = flint.fmpz_mat([[int(row == column) for column in range(size)] for row in range(size)])
    turn = flint.fmpz_mat(
        [[-1 if row == 0 else int(row == column + 1) for column in range(size)] for row in range(size)]
    )
    parts = rational_parts(one, turn, size + 2)
    assert (rank_of(parts), added(parts, 0), added(parts, 1)) == (size + 1, one, turn)
    assert rational_parts(one, turn, size + 1) is None


def test_projections_with_thirds_are_gates_over_q_alone():
    pair = flint.fmpz_mat([[1, 0], [0, 1]]), flint.fmpz_mat([[1, 1], [2, 0]])
    assert diagonal_parts(*pair) is None
    parts = rational_parts(*pair, 3)
    assert (rank_of(parts), added(parts, 0), added(parts, 1)) == (2, *pair)
    assert {gate.denominator for gates, _ in parts for gate in gates} == {3}


def test_two_equal_blocks_and_wide_pairs_are_left():
    one, turn = [[1, 0], [0, 1]], [[0, -1], [1, 0]]
    twice = flint.fmpz_mat([[*row, 0, 0] for row in turn] + [[0, 0, *row] for row in turn])
    four = flint.fmpz_mat([[*row, 0, 0] for row in one] + [[0, 0, *row] for row in one])
    assert rational_parts(four, twice, 100) is None
    size = COMPANION_LIMIT + 2
    shift = flint.fmpz_mat(
        [[-1 if row == 0 else int(row == column + 1) for column in range(size)] for row in range(size)]
    )
    whole = flint.fmpz_mat([[int(row == column) for column in range(size)] for row in range(size)])
    assert rational_parts(whole, shift, 100) is None
