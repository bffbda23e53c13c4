"""Flattening ranks are those of the three dense matrices; all bounds keep their order and see no names."""

from __future__ import annotations

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.tensor_rank.cp_bounds import flattening_rank, slice_rank, smallest_cut
from fsm2rnn.algebra.tensor_rank.cp_factors import cp_factors
from fsm2rnn.algebra.tensor_rank.pencil import integer_tensor, pencil_bound
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.strategies import machines, permutation_machines


def one_hot(machine):
    """Return A_x e_q = e_delta(q, x) for every symbol."""
    return [SparseMatrix(len(column), tuple(map(unit, column))) for column in zip(*machine.table, strict=True)]


def rank(rows):
    return flint.fmpz_mat([list(row) for row in rows]).rank()


def rows_of(matrix):
    columns = [dict(column) for column in matrix.columns]
    return [[column.get(row, 0) for column in columns] for row in range(matrix.height)]


def dense_flattening_rank(matrices):
    letters = [rows_of(matrix) for matrix in matrices]
    stacked = [row for letter in letters for row in letter]
    beside = [column for letter in letters for column in zip(*letter, strict=True)]
    whole = [[entry for row in letter for entry in row] for letter in letters]
    return max(rank(stacked), rank(beside), rank(whole))


ENTRIES = st.integers(-3, 3)
MATRICES = st.integers(1, 4).flatmap(
    lambda size: st.lists(
        st.lists(st.lists(ENTRIES, min_size=size, max_size=size), min_size=size, max_size=size).map(
            SparseMatrix.from_rows
        ),
        min_size=1,
        max_size=4,
    )
)
LETTERS = st.one_of(machines(max_symbols=5).map(one_hot), permutation_machines().map(one_hot), MATRICES)


def rank_bounds(matrices):
    """Return two lower bounds and an upper bound of the real rank of the tensor."""
    pencil = pencil_bound(matrices)
    return flattening_rank(matrices), pencil.real if pencil else None, smallest_cut(integer_tensor(matrices)).rank


@given(LETTERS)
def test_flattening_ranks_are_those_of_the_dense_matrices(matrices):
    assert flattening_rank(matrices) == dense_flattening_rank(matrices)


@given(LETTERS)
def test_the_bounds_keep_their_order(matrices):
    flattening, pencil, upper = rank_bounds(matrices)
    assert max(flattening, pencil or 0) <= cp_factors(matrices).rank <= upper


@given(LETTERS, st.data())
def test_the_order_of_states_and_letters_changes_no_bound(matrices, data):
    order = data.draw(st.permutations(range(matrices[0].height)))
    renamed = [
        SparseMatrix(
            matrix.height,
            tuple(vector((order.index(row), entry) for row, entry in matrix.columns[state]) for state in order),
        )
        for matrix in data.draw(st.permutations(matrices))
    ]
    assert rank_bounds(renamed) == rank_bounds(matrices)


@given(LETTERS)
def test_repeated_letters_change_no_bound(matrices):
    assert rank_bounds([*matrices, *matrices]) == rank_bounds(matrices)


@pytest.mark.parametrize(
    ("name", "flattening", "pencil", "upper"),
    [
        ("flip-flop", 3, 2, 3),
        ("tomita2", 3, 3, 4),
        ("tomita3", 5, 5, 6),
        ("tomita4", 4, 4, 5),
        ("tomita5", 4, 4, 6),
        ("tomita6", 3, 4, 5),
        ("tomita7", 5, 5, 6),
        ("register(4)", 16, None, 16),
        ("act:(1,2,3);(1,2,3,4,5)", 5, 6, 7),
        ("act:(1,2);(1,2,3,4,5)", 5, 6, 8),
        ("act:(1,2);(1,2,3,4,5,6)", 6, 7, 10),
        ("A4@gens", 12, 16, 20),
        ("S4@gens", 24, 32, 40),
        ("A5@gens", 60, 80, 100),
        ("S5@gens", 120, 150, 210),
    ],
)
def test_named_machines(name, flattening, pencil, upper):
    assert rank_bounds(one_hot(minimise(read(name)).target)) == (flattening, pencil, upper)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[0, 0], [0, 0]], 0),
        ([[1, 1, 0], [-1, 0, 1], [0, -1, -1]], 2),  # a cycle of edges
        ([[1, 1, 0], [-1, 0, 1], [0, -1, 5]], 3),
        ([[2, 0], [-2, 0], [0, 3]], 2),  # an edge, and an edge to the ground
        ([[1, -1, 0], [0, 2, -2]], 2),  # edges by rows
        ([[1, 1], [1, 1]], 1),
        ([[1, 1, 0], [1, 0, 1], [0, 1, 1]], 3),
    ],
)
def test_ranks_of_slices(rows, expected):
    columns = (vector(enumerate(column)) for column in zip(*rows, strict=True))
    assert slice_rank({number: column for number, column in enumerate(columns) if column}) == expected == rank(rows)
