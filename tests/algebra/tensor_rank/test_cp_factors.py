"""The factors multiply out to every letter matrix, and are no more than the least of five bounds says."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.tensor_rank import cp_factors as module
from fsm2rnn.algebra.tensor_rank.cp_bounds import Construction, flattening_rank
from fsm2rnn.algebra.tensor_rank.cp_factors import CPFactors, cp_factors, slice_factors
from fsm2rnn.algebra.tensor_rank.pencil import ENTRY_LIMIT
from fsm2rnn.errors import CertificateError, InputError, LimitError, NumericError
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.source.read import read
from fsm2rnn.targets.factored import FACTORED
from tests.strategies import machines, permutation_machines


def one_hot(machine):
    """Return A_x e_q = e_delta(q, x) for every symbol."""
    return [SparseMatrix(len(column), tuple(map(unit, column))) for column in zip(*machine.table, strict=True)]


def integer_matrices(size, *, entries=3):
    entry = st.integers(-entries, entries)
    return st.lists(st.lists(entry, min_size=size, max_size=size), min_size=size, max_size=size)


def letter_matrices(*, max_size=4, max_letters=3):
    """Draw a few integer matrices of one size."""
    return st.integers(1, max_size).flatmap(
        lambda size: st.lists(integer_matrices(size).map(SparseMatrix.from_rows), min_size=1, max_size=max_letters)
    )


def rows_of(matrix):
    columns = [dict(column) for column in matrix.columns]
    return [[column.get(row, 0) for column in columns] for row in range(matrix.height)]


def rank(rows):
    return flint.fmpz_mat([list(row) for row in rows]).rank()


def named_bounds(matrices):
    """Return the five bounds of ALGEBRA.md as they are defined, with dense matrices."""
    letters = [rows_of(matrix) for matrix in dict.fromkeys(matrices)]
    size = range(len(letters[0]))
    identity = [[int(i == j) for j in size] for i in size]

    def around(centre):
        return sum(rank([[a[i][j] - centre[i][j] for j in size] for i in size]) for a in letters)

    return {
        "letters": sum(map(rank, letters)),
        "columns": sum(rank([[a[i][j] for i in size] for a in letters]) for j in size),
        "rows": sum(rank([a[i] for a in letters]) for i in size),
        "identity": len(size) + around(identity),
        "differences": min(rank(centre) + around(centre) for centre in letters),
    }


def assert_smallest(matrices):
    factors = cp_factors(matrices)
    bounds = named_bounds(matrices)
    if factors.construction is Construction.SEARCHED:
        assert flattening_rank(matrices) <= factors.rank < min(bounds.values())
    else:
        assert factors.rank == min(bounds.values()) == bounds[factors.construction]
    for symbol, matrix in enumerate(matrices):
        gates = dict(factors.gates[symbol])
        gated = SparseMatrix(factors.rank, tuple(vector([(r, gates.get(r, 0))]) for r in range(factors.rank)))
        assert factors.output @ (gated @ factors.input) == matrix == factors.matrix(symbol)


@given(st.one_of(machines(), permutation_machines(max_symbols=4)))
def test_a_machine_has_the_least_of_the_five_bounds(machine):
    assert_smallest(one_hot(machine))


@given(letter_matrices())
@example([SparseMatrix.from_rows([[4, 6], [6, 9]])])
@example([SparseMatrix(2, ((), ())), SparseMatrix(2, ((), ()))])
def test_integer_matrices_have_the_least_of_the_five_bounds(matrices):
    assert_smallest(matrices)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flip-flop", 3),
        ("tomita2", 3),
        ("tomita3", 5),
        ("tomita4", 4),
        ("tomita5", 4),
        ("tomita6", 4),
        ("tomita7", 5),
        ("register(4)", 16),
        ("act:(1,2,3);(1,2,3,4,5)", 7),
        ("act:(1,2);(1,2,3,4,5)", 8),
        ("act:(1,2);(1,2,3,4,5,6)", 10),
        ("A4@gens", 20),
        ("S4@gens", 40),
        ("A5@gens", 100),
        ("S5@gens", 210),
    ],
)
def test_named_machines(name, expected):
    assert cp_factors(one_hot(minimise(read(name)).target)).rank == expected


def test_every_construction_wins_somewhere():
    texts = ["random(26,3)", "random(10,1000)", "random(50,10)", "S4", "flip-flop", "tomita3"]
    found = [str(cp_factors(one_hot(minimise(read(text)).target)).construction) for text in texts]
    assert found == ["letters", "columns", "rows", "identity", "differences", "searched"]


def slices(rows):
    columns = (vector(enumerate(column)) for column in zip(*rows, strict=True))
    return {number: column for number, column in enumerate(columns) if column}


@given(st.integers(1, 5).flatmap(integer_matrices), st.integers(1, 4))
@example([[4, 6], [6, 9]], 1)
@example([[2, 2, 0], [0, 3, 3], [2, 5, 3]], 1)
def test_a_slice_is_a_product_of_integer_matrices_of_its_rank(rows, count):
    rows = [[entry * row[0] if count > 2 else entry for entry in row] for row in rows[:count]]
    pairs = slice_factors(slices(rows))
    total = {}
    for left, right in pairs:
        for i, entry in left:
            for j, other in right:
                total[i, j] = total.get((i, j), 0) + entry * other
    assert all(total.get((i, j), 0) == entry for i, row in enumerate(rows) for j, entry in enumerate(row))
    assert all(type(entry) is int for pair in pairs for side in pair for _, entry in side)
    assert len(pairs) == rank(rows)


def test_wide_machines_have_small_integers():
    factors = cp_factors(one_hot(read("random(states=60,symbols=200,seed=1)")))
    vectors = [*factors.output.columns, *factors.gates, *factors.input.columns]
    assert max(abs(entry) for column in vectors for _, entry in column) <= 8


@pytest.mark.parametrize(
    ("matrices", "message"),
    [
        ([], "at least one"),
        ([SparseMatrix.identity(2), SparseMatrix.identity(3)], "letter matrix 1 is 3 x 3, expected 2 x 2"),
        ([SparseMatrix(2, (unit(0),))], "letter matrix 0 is 2 x 1"),
        ([SparseMatrix.from_rows([[Fraction(1, 2)]])], "letter matrix 0 has an entry that is no integer"),
    ],
)
def test_other_matrices_are_refused(matrices, message):
    with pytest.raises(InputError, match=message):
        cp_factors(matrices)


def test_a_limit_stops_it():
    size = ENTRY_LIMIT // 2
    assert cp_factors([SparseMatrix.identity(size)] * 3).rank == size
    shift = SparseMatrix(size, tuple(unit((state + 1) % size) for state in range(size)))
    double = SparseMatrix(size, tuple(unit(state // 2) for state in range(size)))
    with pytest.raises(LimitError, match="entries of the distinct letter matrices"):
        cp_factors([SparseMatrix.identity(size), shift, double])


def test_wrong_factors_are_refused_by_whoever_uses_them(monkeypatch):
    machine = minimise(read("tomita3")).target
    true = module.slice_factors
    monkeypatch.setattr(module, "slice_factors", lambda part: true(part)[1:])
    with pytest.raises(CertificateError, match="induction"):
        FACTORED.compile(Facts(machine), Contract.INJECTIVE)


def test_factors_of_other_shapes_are_refused():
    true = cp_factors(one_hot(read("tomita3")))
    with pytest.raises(NumericError, match=f"expected {true.rank} x 5"):
        CPFactors(true.output, true.gates, SparseMatrix.identity(4), true.construction)
    with pytest.raises(NumericError, match=f"height {true.rank}"):
        CPFactors(true.output, (unit(true.rank),), true.input, true.construction)
