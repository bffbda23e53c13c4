"""Letters over Z[J]: three products an entry, in any basis of integers; none where nothing else commutes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.algebra.tensor_rank.quadratic_terms import quadratic_terms
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.exact.rounding import BFLOAT16
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from tests.second_checker.checker import accepts


def assert_terms(letters, terms):
    total = sum(np.multiply.outer(np.array(gates, dtype=np.float64), matrix) for gates, matrix in terms)
    assert np.array_equal(total, letters)
    assert all(np.linalg.matrix_rank(matrix) == 1 for _, matrix in terms)
    assert all(gate.denominator & (gate.denominator - 1) == 0 for gates, _ in terms for gate in gates)


def over_field(entries, trace, norm):
    """Return the integer matrix of one over Z[J], entries (d, d, 2) standing for a + b J, J^2 = trace J - norm."""
    size = len(entries)
    found = np.zeros((2 * size, 2 * size), dtype=np.int64)
    for row, column in np.ndindex(size, size):
        a, b = entries[row][column]
        found[2 * row : 2 * row + 2, 2 * column : 2 * column + 2] = [[a, -norm * b], [b, a + trace * b]]
    return found


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_matrices_over_quadratic_rings_in_any_basis(data):
    trace, norm = data.draw(st.sampled_from([(0, 1), (1, -1), (1, 1), (0, -2), (0, 2)]))
    size = data.draw(st.integers(1, 2))
    generator = np.random.default_rng(data.draw(st.integers(0, 1000)))
    letters = np.array([over_field(generator.integers(-2, 3, (size, size, 2)), trace, norm) for _ in range(4)])
    shear = np.eye(2 * size, dtype=np.int64)
    for _ in range(data.draw(st.integers(0, 3)) * (size > 1)):
        left, right = generator.permutation(2 * size)[:2]
        step = np.eye(2 * size, dtype=np.int64)
        step[left, right] = generator.integers(-1, 2)
        shear = step @ shear
    moved = np.array([shear @ letter @ np.rint(np.linalg.inv(shear)).astype(np.int64) for letter in letters])
    terms = quadratic_terms(moved, 100)
    if terms is not None:
        assert len(terms) <= 3 * size**2
        assert_terms(moved, terms)
        assert quadratic_terms(moved, 3 * size**2) is None


@pytest.mark.parametrize(("trace", "norm"), [(0, 1), (1, -1), (1, 1), (0, -2)])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_each_entry_takes_three_products(size, trace, norm):
    generator = np.random.default_rng(5)
    letters = np.array([over_field(generator.integers(-2, 3, (size, size, 2)), trace, norm) for _ in range(4)])
    terms = quadratic_terms(letters, 100)
    assert len(terms) == 3 * size**2
    assert_terms(letters, terms)


def test_letters_with_which_other_things_commute_or_nothing_have_none():
    assert quadratic_terms(np.eye(4, dtype=np.int64)[None], 100) is None
    generator = np.random.default_rng(0)
    assert quadratic_terms(generator.integers(-2, 3, (5, 4, 4)), 100) is None
    assert quadratic_terms(generator.integers(-2, 3, (5, 3, 3)), 100) is None


@pytest.mark.parametrize(("machine", "products"), [("Dih(5)", 12), ("Dih(8)", 12), ("S3", 4), ("A4", 9), ("S4", 9)])
def test_groups_by_all_their_elements(machine, products):
    """No more than the Fourier transform of the group algebra takes: 23, 24, 9, 27 and 55."""
    verdict = fsm2rnn.compile(machine, "factored").verdict
    assert verdict.sizes.of(Counts.PRODUCTS).number == products
    data = network_bytes(verdict.store_linear(BFLOAT16, {}))
    assert (check_bytes(data).grade, accepts(data)) == ("exact", (True, "proved"))
