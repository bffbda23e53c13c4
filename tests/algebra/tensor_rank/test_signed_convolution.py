"""Letters that are signed translations of Z2^m: n products and one for each sign that no product of signs gives."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from fsm2rnn.algebra.tensor_rank.signed_convolution import convolution_terms


def translations(size, signs):
    """Return the letters that send e_j to signs[t, j] e_(t + j), t in Z2^m."""
    letters = np.zeros((size, size, size), dtype=np.int64)
    for shift, point in itertools.product(range(size), repeat=2):
        letters[shift, shift ^ point, point] = signs[shift, point]
    return letters


def doubled(signs):
    """Return the signs of the algebra of pairs over that with these: (a, b) (c, d) = (a c - d* b, d a + b c*)."""
    size = len(signs)
    conjugate = np.array([1] + [-1] * (size - 1))
    whole = np.ones((2 * size, 2 * size), dtype=np.int64)
    for left, right in itertools.product(range(size), repeat=2):
        whole[left, right] = signs[left, right]
        whole[left, size + right] = signs[right, left]
        whole[size + left, right] = signs[left, right] * conjugate[right]
        whole[size + left, size + right] = -signs[right, left] * conjugate[right]
    return whole


def assert_terms(letters, terms):
    total = sum(np.multiply.outer(np.array(gates, dtype=np.float64), matrix) for gates, matrix in terms)
    assert np.array_equal(total, letters)
    assert all(np.linalg.matrix_rank(matrix) == 1 for _, matrix in terms)
    size = letters.shape[1]
    assert all(size % gate.denominator == 0 for gates, _ in terms for gate in gates)


COMPLEX = doubled(np.ones((1, 1), dtype=np.int64))


@pytest.mark.parametrize(
    ("signs", "products"),
    [
        (np.ones((2, 2), dtype=np.int64), 2),
        (np.ones((4, 4), dtype=np.int64), 4),
        (COMPLEX, 3),
        (doubled(COMPLEX), 8),  # quaternions
    ],
    ids=["Z2", "V4", "complex", "quaternions"],
)
def test_known_algebras(signs, products):
    letters = translations(len(signs), signs)
    terms = convolution_terms(letters, products + 1)
    assert len(terms) == products
    assert_terms(letters, terms)
    assert convolution_terms(letters, products) is None


@pytest.mark.parametrize("seed", range(20))
def test_letters_in_any_order_of_points_with_any_signs(seed):
    draw = np.random.default_rng(seed)
    size = (2, 4, 4, 8)[seed % 4]
    letters = translations(size, draw.choice((1, -1), (size, size)))
    order = draw.permutation(size)
    letters = letters[:, order][:, :, order]
    # Some letters twice, with a sign or others of the same shift.
    more = letters[draw.integers(0, size, 3)] * draw.choice((1, -1), (3, 1, size))
    letters = np.concatenate([letters, more])
    terms = convolution_terms(letters, 2 * size * size)
    assert terms is not None
    assert_terms(letters, terms)


def test_products_of_signs_take_no_more_than_points():
    draw = random.Random(1)
    for size in (2, 4, 8):
        left, right, own = ([draw.choice((1, -1)) for _ in range(size)] for _ in range(3))
        signs = [[own[t] * left[j] * right[t ^ j] for j in range(size)] for t in range(size)]
        letters = translations(size, np.array(signs))
        assert len(convolution_terms(letters, size * size)) == size


def test_other_letters_are_left_alone():
    cycle = np.roll(np.eye(4, dtype=np.int64), 1, axis=0)
    identity = np.eye(4, dtype=np.int64)
    swaps = translations(4, np.ones((4, 4), dtype=np.int64))
    for letters in (
        np.array([identity, cycle]),
        np.array([identity, 2 * swaps[1], swaps[2]]),
        np.array([identity, swaps[1]]),  # two blocks
        np.array([swaps[1] + swaps[2], swaps[3]]),
        np.array([identity[:3, :3], identity[[1, 2, 0], :3]]),
        np.array([*swaps, identity[[1, 0, 2, 3]]]),
    ):
        assert convolution_terms(letters, 99) is None
