"""Products of reflections are their matrices, with as few factors as rank(I - A): over Z, Q(zeta_n) and in floats."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation.field_representation import field_representation
from fsm2rnn.algebra.representation.least_representation import LeastRepresentation, least_reflections
from fsm2rnn.algebra.representation.orthogonal_representation import with_summands
from fsm2rnn.algebra.representation.reflections import orthogonal_updates, signed_permutation_updates
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.cyclotomic import Cyclotomic
from fsm2rnn.exact.updates import UpdateProduct
from fsm2rnn.source.read import read
from tests.algebra.representation.field_reflections import field_reflections

F20 = "act:(1,2,3,4,5);(2,3,5,4)"


@st.composite
def signed_permutations(draw):
    """Draw the images of unit vectors and their signs."""
    size = draw(st.integers(1, 6))
    return draw(st.permutations(range(size))), draw(st.lists(st.sampled_from([1, -1]), min_size=size, max_size=size))


def as_matrix(image, signs):
    matrix = np.zeros((len(image), len(image)))
    matrix[image, np.arange(len(image))] = signs
    return matrix


def rank(matrix):
    return int(np.linalg.matrix_rank(matrix - np.eye(len(matrix)), tol=1e-6)) if len(matrix) else 0


def as_floats(product):
    return np.array([[float(dict(column).get(row, 0)) for column in product.columns] for row in range(product.height)])


@given(signed_permutations())
def test_signed_permutations_are_products_of_swaps_and_signs(drawn):
    matrix = as_matrix(*drawn)
    updates = signed_permutation_updates(*drawn)
    assert len(updates) == rank(matrix)
    assert np.array_equal(as_floats(UpdateProduct(len(matrix), updates).product), matrix)
    # <k, k> is 1 or 2 and beta 2 or 1: every number is an integer.
    assert {(update.beta, *sorted(abs(entry) for _, entry in update.key)) for update in updates} <= {(2, 1), (1, 1, 1)}


@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_orthogonal_matrices_are_products_of_unit_reflections(size, turned, seed):
    generator = np.random.default_rng(seed)
    basis = np.linalg.qr(generator.standard_normal((size, size)))[0]
    inner = np.linalg.qr(generator.standard_normal((min(turned, size),) * 2))[0]
    middle = np.eye(size)
    middle[: len(inner), : len(inner)] = inner
    matrix = basis @ middle @ basis.T
    updates = orthogonal_updates(matrix)
    assert len(updates) == rank(matrix)
    assert np.abs(as_floats(UpdateProduct(size, updates).product) - matrix).max() < 1e-12
    assert {float(update.beta) for update in updates} <= {2}
    assert all(abs(sum(float(entry) ** 2 for _, entry in update.key) - 1) < 1e-12 for update in updates)


def test_other_matrices_have_no_reflections():
    with pytest.raises(NumericError, match="not orthogonal"):
        orthogonal_updates(np.array([[1.0, 1.0], [0.0, 1.0]]))
    one, zero = (Cyclotomic.rational(1, value) for value in (1, 0))
    with pytest.raises(NumericError, match="keep the form"):
        field_reflections(((one, one), (zero, one)), ((one, zero), (zero, one)))
    with pytest.raises(NumericError, match="length 0"):
        field_reflections(((one, one), (zero, one)), ((zero, zero), (zero, zero)))


def multiplied(left, right):
    zero = Cyclotomic.rational(left[0][0].conductor, 0)
    columns = list(zip(*right, strict=True))
    return tuple(
        tuple(sum((a * b for a, b in zip(row, column, strict=True)), start=zero) for column in columns) for row in left
    )


def assert_product(keys, matrix, gram):
    """<k, k> H_k A = <k, k> A - 2 k <k, A> without a division: the last key first, A is led to the identity."""
    conductor, size = matrix[0][0].conductor, len(matrix)
    scale, two = Cyclotomic.rational(conductor, 1), Cyclotomic.rational(conductor, 2)
    for key in reversed(keys):
        dual = multiplied((key,), gram)
        ((norm,),) = multiplied(dual, tuple((entry,) for entry in key))
        (along,) = multiplied(dual, matrix)
        matrix = tuple(
            tuple(norm * entry - two * place * other for entry, other in zip(row, along, strict=True))
            for row, place in zip(matrix, key, strict=True)
        )
        scale *= norm
    zero = Cyclotomic.rational(conductor, 0)
    assert matrix == tuple(tuple((zero, scale)[i == j] for j in range(size)) for i in range(size))


def in_real_numbers(matrix):
    """Return [[X, -Y], [Y, X]] for X + i Y: the same on R^2d, of Hermitian forms their real part."""
    conductor = matrix[0][0].conductor
    larger = math.lcm(4, conductor)
    parts = []
    for row in matrix:
        moved = []
        for entry in row:
            spread = [0] * larger
            spread[:: larger // conductor] = [*entry.coefficients, *[0] * (conductor - len(entry.coefficients))]
            moved.append(Cyclotomic.of(larger, [Fraction(value, 2 * entry.denominator) for value in spread]))
        turned = [entry * Cyclotomic.of(larger, [0] * (3 * larger // 4) + [1]) for entry in moved]  # times -i
        parts.append(([a + a.conjugate() for a in moved], [a + a.conjugate() for a in turned]))
    upper = tuple((*real, *(-entry for entry in imaginary)) for real, imaginary in parts)
    return (*upper, *((*imaginary, *real) for real, imaginary in parts))


@pytest.mark.parametrize(
    ("text", "conductor", "size", "most"),
    [
        ("Z5", 20, 2, 2),
        ("Z12", 12, 2, 2),
        ("Dih(5)", 5, 2, 2),
        ("Q8", 4, 4, 4),
        ("S4", 1, 3, 2),
        ("A5", 5, 3, 2),
        ("S5@gens", 1, 4, 4),
        ("S6@gens", 1, 5, 3),
        ("PSL(2,7)@gens", 1, 6, 6),
        ("Z2xA5", 5, 3, 3),
        (F20, 1, 4, 4),
    ],
)
def test_letters_are_products_of_reflections_over_the_field(text, conductor, size, most):
    action = group_action(read(text))
    table = character_table(action.group)
    least = least_reflections(table, action)
    found = with_summands(table, action, LeastRepresentation(least.summands, least.minimal, ""))
    exact = field_representation(action, found)
    real = all(entry.is_real for matrix in (exact.gram, *exact.matrices) for row in matrix for entry in row)
    letters, gram = (exact.matrices, exact.gram)
    if not real:
        letters, gram = tuple(map(in_real_numbers, letters)), in_real_numbers(gram)
    assert (gram[0][0].conductor, len(gram)) == (conductor, size)
    keys = {letter: field_reflections(letter, gram) for letter in letters}
    for letter, row in keys.items():
        assert_product(row, letter, gram)
    # Ranks by characters, which know no matrix.
    assert tuple(len(keys[letter]) for letter in letters) == least.ranks
    assert max(least.ranks) == most
