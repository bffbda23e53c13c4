"""Searched products are integer or halved, add up to the letters, and are as few as the rank is known to be."""

from __future__ import annotations

import itertools
from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.tensor_rank import searched_parts as module
from fsm2rnn.algebra.tensor_rank import span_terms
from fsm2rnn.algebra.tensor_rank.cp_bounds import smallest_cut
from fsm2rnn.algebra.tensor_rank.cp_factors import rational_factors
from fsm2rnn.algebra.tensor_rank.pencil import integer_tensor, pencil_bound
from fsm2rnn.algebra.tensor_rank.pencil_terms import diagonal_parts, pencil_parts
from fsm2rnn.algebra.tensor_rank.searched_parts import LETTER_LIMIT, SIZE_LIMIT, searched_parts
from fsm2rnn.constructions.dense.integer_codes import integer_codes
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.rounding.grade import exact_grade
from fsm2rnn.source.read import read
from fsm2rnn.targets.factored import FACTORED

RANKS = [  # machine, products of its network, whether they are proved to be the fewest for its codes
    ("tomita3", 3, True),
    ("modarith(3)", 5, True),
    ("dyck(1,3)", 5, True),
    ("Q8@gens", 6, True),
    ("QD16@gens", 6, True),
    ("S4@gens", 4, True),
    ("counter(3)", 4, True),
    ("counter(4)", 5, True),
    ("Q8", 8, False),
    ("A4xZ5@gens", 10, False),
]


@pytest.mark.parametrize(("name", "rank", "least"), RANKS)
def test_networks_of_named_machines(name, rank, least):
    verdict = FACTORED.compile(Facts(minimise(read(name)).target), Contract.INJECTIVE)
    assert isinstance(verdict, Compiled)
    products = verdict.sizes.of(Counts.PRODUCTS)
    assert (products.number, str(products.proof) != "best found") == (rank, least)
    assert verdict.operator.rank == rank
    assert len(exact_grade(verdict.proof).formats) == len(NATIVE)  # no format rounds


def tensors(*, max_size, max_letters, entries=2):
    entry = st.integers(-entries, entries)

    def matrices(size):
        rows = st.lists(entry, min_size=size, max_size=size)
        square = st.lists(rows, min_size=size, max_size=size).map(SparseMatrix.from_rows)
        return st.lists(square, min_size=1, max_size=max_letters)

    return st.integers(1, max_size).flatmap(matrices)


def assert_adds_up(tensor, parts):
    dense = [
        [[dict(column).get(row, 0) for column in letter] for row in range(tensor.size)] for letter in tensor.letters
    ]
    for number, letter in enumerate(dense):
        total = sum((part.gates[number] * part.matrix for part in parts), np.zeros((tensor.size,) * 2))
        assert np.array_equal(total, letter)
    assert all(part.rank == flint.fmpz_mat(part.matrix.tolist()).rank() for part in parts)


@given(tensors(max_size=4, max_letters=3, entries=1))
def test_parts_add_up_to_the_letters_and_are_fewer(matrices):
    tensor = integer_tensor(matrices)
    below = smallest_cut(tensor).rank
    parts = searched_parts(tensor, below)
    if parts is not None:
        assert_adds_up(tensor, parts)
        bound = pencil_bound(matrices)
        assert (bound.real if bound else 0) <= sum(part.rank for part in parts) < below


@given(tensors(max_size=3, max_letters=2))
def test_a_tensor_in_two_blocks_takes_the_products_of_both(matrices):
    size = matrices[0].height
    twice = [
        SparseMatrix(
            2 * size, (*matrix.columns, *(tuple((row + size, entry) for row, entry in c) for c in matrix.columns))
        )
        for matrix in matrices
    ]
    alone = searched_parts(integer_tensor(matrices), 100)
    assert alone is not None
    parts = searched_parts(integer_tensor(twice), 1 + 2 * sum(part.rank for part in alone))
    assert parts is not None
    assert_adds_up(integer_tensor(twice), parts)
    assert sum(part.rank for part in parts) == 2 * sum(part.rank for part in alone)


unimodular = st.sampled_from([[[1, 1, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [1, 0, 2], [0, 0, 1]]])
small = st.integers(-2, 2)


@given(unimodular, st.lists(st.tuples(small, small).filter(any), min_size=3, max_size=3))
def test_a_pair_diagonal_in_two_bases_takes_as_many_products_as_it_has_rows(basis, gates):
    # Neither letter is invertible where a gate of each is zero.
    left = flint.fmpz_mat(basis)
    right = left.transpose()
    first, second = (
        left * flint.fmpz_mat([[pair[side] * (i == j) for j in range(3)] for i, pair in enumerate(gates)]) * right
        for side in (0, 1)
    )
    parts = diagonal_parts(first, second)
    assert parts is not None
    assert sum(matrix.rank() for _, matrix in parts) == 3
    assert sum((a * matrix for (a, _), matrix in parts), 0 * first) == first
    assert sum((b * matrix for (_, b), matrix in parts), 0 * first) == second


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([[1, 0], [0, 1]], [[1, 1], [0, 1]]),  # a Jordan block
        ([[0, 0], [0, 0]], [[1, 0], [0, 0]]),  # singular: x A + y B has no inverse at all
        ([[1, 0], [0, 1]], [[0, -1], [1, 0]]),  # eigenvalues i, -i
        ([[1, 0], [0, 1]], [[1, 1], [2, 0]]),  # projections with thirds
    ],
)
def test_a_pair_that_is_not_diagonal_in_binary_fractions_is_left(first, second):
    assert diagonal_parts(flint.fmpz_mat(first), flint.fmpz_mat(second)) is None


def test_gates_are_halved_where_projections_have_halves():
    parts = diagonal_parts(flint.fmpz_mat([[1, 0], [0, 1]]), flint.fmpz_mat([[0, 1], [1, 0]]))
    assert {gates for gates, _ in parts} == {(Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(-1, 2))}


# A4 x Z5 in 3 + 4 coordinates by three generators: the letters x are (I, a), (I, b), (C, I).
def test_nine_products_of_a4_times_z5_take_thirds_and_ten_do_without():
    """Nine products of binary fractions would be nine modulo 3, where the ranks of sums of letters rule them out.

    A sum of letters of rank r is made of r products at least, so at most 9 - r of nine have a gate that vanishes on
    it. A gate vanishes on 4 of the 13 sums up to scale, so all of these bounds would have to be met: their sum is 36.
    Then through each gate w, the sums on which it vanishes count 3 n_w + 9 products, n_w those with this gate; and
    these numbers are not 9 more than multiples of 3.
    """
    letters = [np.array(letter) for letter in A4_TIMES_Z5]
    points = [point for point in itertools.product(range(3), repeat=3) if next(filter(None, point), 0) == 1]
    missing = {
        point: 9 - rank_modulo_3(sum(number * letter for number, letter in zip(point, letters, strict=True)))
        for point in points
    }
    assert sum(missing.values()) == 4 * 9
    through = [
        sum(missing[point] for point in points if sum(map(int.__mul__, gate, point)) % 3 == 0) for gate in points
    ]
    assert any((count - 9) % 3 for count in through)
    # Over Q nine are enough: four for A4, and for Z5 five, which take thirds.
    matrices = [SparseMatrix.from_rows(letter.tolist()) for letter in letters]
    found = rational_factors(matrices, 10)
    assert found is not None
    assert found.rank == 9
    assert [found.matrix(letter) for letter in range(3)] == matrices
    assert any(gate.denominator % 3 == 0 for row in found.gates for _, gate in row)
    assert rational_factors(matrices, 9) is None


A4_TIMES_Z5 = [
    [
        [(first[i][j] if i < 4 and j < 4 else second[i - 4][j - 4] if i > 3 and j > 3 else 0) for j in range(7)]
        for i in range(7)
    ]
    for first, second in [
        (np.eye(4, dtype=int).tolist(), [[-1, -1, -1], [1, 0, 0], [0, 0, 1]]),
        (np.eye(4, dtype=int).tolist(), [[-1, -1, -1], [0, 1, 0], [1, 0, 0]]),
        ([[-1, -1, -1, -1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], np.eye(3, dtype=int).tolist()),
    ]
]


def rank_modulo_3(matrix):
    return flint.nmod_mat(len(matrix), len(matrix), (matrix % 3).ravel().tolist(), 3).rank()


def test_the_letters_of_a4_times_z5_are_those_that_are_factored():
    found = integer_codes(Facts(minimise(read("A4xZ5@gens")).target))
    dense = [[[dict(column).get(row, 0) for column in letter.columns] for row in range(7)] for letter in found.matrices]
    assert sorted(dense) == sorted(A4_TIMES_Z5)


def test_fewer_products_than_asked_for_or_none():
    first, second = flint.fmpz_mat([[1, 0], [0, 1]]), flint.fmpz_mat([[1, 1], [0, 1]])
    assert sum(matrix.rank() for _, matrix in pencil_parts(first, second, 4)) == 3
    assert pencil_parts(first, second, 3) is None
    letters = np.array([[[1, 0], [0, 1]], [[1, 1], [0, 1]]])
    assert span_terms.span_terms(letters, 4)[0].shape == (2, 3)
    assert span_terms.span_terms(letters, 3) is None


def test_limits_leave_the_cuts():
    wide = [SparseMatrix.identity(SIZE_LIMIT + 1)]
    many = [SparseMatrix.from_rows([[number]]) for number in range(LETTER_LIMIT + 1)]
    assert searched_parts(integer_tensor(wide), 100) is None
    assert searched_parts(integer_tensor(many), 100) is None


def test_wrong_parts_are_refused_by_whoever_uses_them(monkeypatch):
    true = module.span_terms

    def wrong(letters, below):
        gates, matrices = true(letters, below)
        return gates, -matrices

    monkeypatch.setattr(module, "span_terms", wrong)
    with pytest.raises(CertificateError, match="induction"):
        FACTORED.compile(Facts(minimise(read("modarith(3)")).target), Contract.INJECTIVE)
