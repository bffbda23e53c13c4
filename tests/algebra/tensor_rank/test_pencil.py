"""The excess of a pencil counts the invariant polynomials that do not split into distinct linear factors."""

from __future__ import annotations

import itertools

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.tensor_rank import pencil as module
from fsm2rnn.algebra.tensor_rank.pencil import PencilRank, integer_tensor, pencil_bound, real_root_count
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.source.read import read
from tests.strategies import permutation_machines

X = flint.fmpq_poly([0, 1])
# Irreducible over Q, with whether all roots are real.
IRREDUCIBLE = {
    "x": (X, True),
    "x-1": (X - 1, True),
    "x+2": (X + 2, True),
    "x2-2": (X**2 - 2, True),
    "x2+1": (X**2 + 1, False),
    "x2+x+1": (X**2 + X + 1, False),
    "x3-3x+1": (X**3 - 3 * X + 1, True),
    "x3-2": (X**3 - 2, False),
}


def one_hot(machine):
    """Return A_x e_q = e_delta(q, x) for every symbol."""
    return [SparseMatrix(len(column), tuple(map(unit, column))) for column in zip(*machine.table, strict=True)]


def blocks_beside(parts):
    """Return the block diagonal matrix of the companion matrices of some monic polynomials."""
    size = sum(part.degree() for part in parts)
    rows = [[0] * size for _ in range(size)]
    first = 0
    for part in parts:
        degree = part.degree()
        for row, coefficient in enumerate(part.coeffs()[:-1]):
            rows[first + row][first + degree - 1] = -int(coefficient.p)
            if row:
                rows[first + row][first + row - 1] += 1
        first += degree
    return flint.fmpz_mat(rows)


def sparse(matrix):
    return SparseMatrix.from_rows([[int(entry) for entry in row] for row in matrix.tolist()])


def invariant_polynomials(powers):
    """Return the products of the largest blocks of each factor, then of the next, and so on."""
    exponents = {}
    for name, exponent in powers:
        exponents.setdefault(name, []).append(exponent)
    polynomials = [flint.fmpq_poly([1]) for _ in range(max(map(len, exponents.values())))]
    for name, found in exponents.items():
        for place, exponent in enumerate(sorted(found, reverse=True)):
            polynomials[place] *= IRREDUCIBLE[name][0] ** exponent
    return polynomials


def squarefree(polynomial):
    return polynomial.gcd(polynomial.derivative()).degree() == 0


def sturm_count(polynomial):
    """Return the number of distinct real roots: the sign changes that Sturm's sequence loses from -oo to oo."""
    sequence = [polynomial, polynomial.derivative()]
    while sequence[-1]:
        sequence.append(-(sequence[-2] % sequence[-1]))
    above = [term.leading_coefficient() > 0 for term in sequence[:-1]]
    below = [sign == (term.degree() % 2 == 0) for sign, term in zip(above, sequence, strict=False)]
    changes = [sum(left != right for left, right in itertools.pairwise(signs)) for signs in (below, above)]
    return changes[0] - changes[1]


def splits_over_the_reals(polynomial):
    return squarefree(polynomial) and sturm_count(polynomial) == polynomial.degree()


@st.composite
def conjugated_blocks(draw):
    """Draw a pair of letters A = P S, B = P M S with M of known blocks, and these blocks."""
    powers = draw(st.lists(st.tuples(st.sampled_from(sorted(IRREDUCIBLE)), st.integers(1, 2)), min_size=1, max_size=4))
    matrix = blocks_beside([IRREDUCIBLE[name][0] ** exponent for name, exponent in powers])
    size = matrix.nrows()
    entry = st.integers(-1, 1)
    corner = draw(st.lists(entry, min_size=size * size, max_size=size * size))
    lower = flint.fmpz_mat([[corner[i * size + j] if j < i else int(i == j) for j in range(size)] for i in range(size)])
    upper = flint.fmpz_mat([[corner[i * size + j] if j > i else int(i == j) for j in range(size)] for i in range(size)])
    return [sparse(lower * upper), sparse(lower * matrix * upper)], powers


@settings(max_examples=60)
@given(conjugated_blocks())
def test_the_excess_is_that_of_the_invariant_polynomials(drawn):
    matrices, powers = drawn
    polynomials = invariant_polynomials(powers)
    found = pencil_bound(matrices)
    size = matrices[0].height
    if matrices[0] == matrices[1]:
        assert found is None
    else:
        assert found.exact
        assert found.real == size + sum(not splits_over_the_reals(part) for part in polynomials)
        assert found.complex == size + sum(not squarefree(part) for part in polynomials)


@given(conjugated_blocks(), st.integers(-2, 2))
def test_mixing_the_two_letters_changes_nothing(drawn, shift):
    first, second = ([list(map(int, row)) for row in module._dense(m.columns).tolist()] for m in drawn[0])
    mixed = [[a + shift * b for a, b in zip(x, y, strict=True)] for x, y in zip(first, second, strict=True)]
    found, other = pencil_bound(drawn[0]), pencil_bound([drawn[0][1], SparseMatrix.from_rows(mixed)])
    if drawn[0][0] != drawn[0][1] != SparseMatrix.from_rows(mixed):
        assert (found.real, found.complex) == (other.real, other.complex)


@given(permutation_machines(max_states=9, max_symbols=1), st.data())
def test_maps_of_states_need_no_linear_algebra(machine, data):
    count = len(machine.states)
    (bijection,) = zip(*machine.table, strict=True)
    image = data.draw(st.one_of(st.permutations(range(count)), st.tuples(*[st.integers(0, count - 1)] * count)))
    tensor = integer_tensor([SparseMatrix(count, tuple(map(unit, part))) for part in (bijection, image)])
    for first, second, excess in module._excesses(tensor):
        letters = [tensor.letters[number] for number in (first, second)]
        assert excess == module._excess(module._quotient(*map(module._dense, letters)))


def quaternions():
    """Return left multiplication by i and j on 1, i, j, k."""
    rows_i = [[0, -1, 0, 0], [1, 0, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]]
    rows_j = [[0, 0, -1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, -1, 0, 0]]
    return [SparseMatrix.from_rows(rows_i), SparseMatrix.from_rows(rows_j)]


def cyclic(order):
    shift = SparseMatrix(order, tuple(unit((state + 1) % order) for state in range(order)))
    return [SparseMatrix.identity(order), shift]


@pytest.mark.parametrize(
    ("matrices", "real", "over_complex"),
    [
        (cyclic(2), 2, 2),
        (cyclic(3), 4, 3),
        (cyclic(5), 6, 5),
        (cyclic(60), 61, 60),
        (cyclic(500), 501, 500),
        (quaternions(), 6, 4),
        (one_hot(read("act:(1,2,3);(1,2,3,4,5)")), 6, 5),
        (one_hot(read("act:(1,2);(1,2,3,4,5)")), 6, 5),
        (one_hot(read("act:(1,2);(1,2,3,4,5,6)")), 7, 6),
        (one_hot(read("A5@gens")), 80, 60),
        ([SparseMatrix.from_rows([[1, 0], [0, 0]]), SparseMatrix.from_rows([[0, 1], [1, 0]])], 3, 3),
        ([SparseMatrix.from_rows([[1, 0], [0, 0]]), SparseMatrix.from_rows([[0, 0], [0, 1]])], 2, 2),
    ],
)
def test_two_letters(matrices, real, over_complex):
    found = pencil_bound(matrices)
    assert found == PencilRank(real, over_complex, (0, 1), exact=True)


def test_more_letters_give_a_bound_by_their_best_pair():
    first, second = quaternions()
    found = pencil_bound(
        [first, first, SparseMatrix.from_rows([[2 * (i == j) for j in range(4)] for i in range(4)]), second]
    )
    assert found == PencilRank(6, 4, (0, 2), exact=False)


@pytest.mark.parametrize(
    "matrices",
    [
        [SparseMatrix.identity(3)] * 2,
        one_hot(read("register(3)")),
        [SparseMatrix(2, (unit(0), unit(0))), SparseMatrix(2, (unit(1), unit(1)))],
    ],
    ids=["one letter", "no regular pair", "two resets"],
)
def test_no_regular_pair_gives_no_bound(matrices):
    assert pencil_bound(matrices) is None


def test_pairs_beyond_the_limits_are_left_out(monkeypatch):
    monkeypatch.setattr(module, "SIZE_LIMIT", 3)
    assert pencil_bound(quaternions()) is None
    assert pencil_bound(cyclic(5)).real == 6
    monkeypatch.setattr(module, "STEP_LIMIT", 4)
    assert pencil_bound(cyclic(5)) is None


@given(st.lists(st.integers(-5, 5), max_size=5), st.lists(st.integers(1, 4), max_size=3))
def test_real_roots_are_counted_once(roots, squares):
    polynomial = flint.fmpq_poly([3])
    for root in roots:
        polynomial *= X - root
    for square in squares:
        polynomial *= X**2 + square
    assert real_root_count(polynomial) == len(set(roots))


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=8), st.integers(1, 9))
def test_real_roots_are_those_that_sturms_sequence_counts(coefficients, last):
    polynomial = flint.fmpq_poly([*coefficients, last]) / 7
    assert real_root_count(polynomial) == sturm_count(polynomial)
