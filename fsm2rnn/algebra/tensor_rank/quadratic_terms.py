"""Letters that commute with J, J^2 = t J - n: matrices over Z[J] whose entries a + b J take three products each.

In a basis v_1, J v_1, v_2, J v_2, ... a letter has blocks of multiplication by a + b J, and

    (a + b J)(x + y J) = a x - n b y + ((a + b)(x + y) - a x + (t - 1) b y) J

has the products a x, b y and (a + b)(x + y): so 3/4 H^2 products for H coordinates, where the block of each column and
row would take H^2. Dih(5) by its ten elements commutes with the golden ratio, and takes 12 of 16.

Source: Karatsuba and Ofman (1962).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, TypeAlias

import flint
import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.integer_rows import integer_array, kernel_rows
from fsm2rnn.algebra.linear.lattice import BigIntegers
from fsm2rnn.exact.sparse import Scalar, simplest

Term: TypeAlias = tuple[tuple[Scalar, ...], Numbers]
"""w_x of each letter, and an integer matrix of rank one."""

MOST: Final = 8
"""Most coordinates H: what commutes is found by H^2 unknowns, and 70 bases are tried at 8."""
LARGEST: Final = 1 << 20
"""Of an entry of J or of a basis's inverse: what is larger would leave short formats anyway."""


def quadratic_terms(letters: Numbers, below: int) -> list[Term] | None:
    """Return the terms for letters (D, H, H), fewer than `below`; None where none but numbers commute with them."""
    size = letters.shape[1]
    if size % 2 or size > MOST or 3 * (size // 2) ** 2 >= below:
        return None
    commuting = _commuting(letters)
    if commuting is None:
        return None
    for starts in itertools.combinations(range(size), size // 2):
        basis = np.stack([column for start in starts for column in (np.eye(size)[start], commuting[:, start])], 1)
        rows, scale = _inverse(basis.astype(np.int64))
        if scale and not scale & (scale - 1) and np.abs(rows).max() < LARGEST:
            terms = [term for term in _terms(letters, commuting, basis.astype(np.int64), (rows, scale)) if any(term[0])]
            return terms if len(terms) < below else None
    return None


def _commuting(letters: Numbers) -> Numbers | None:
    """Return J, J_00 = 0, where just 1 and J span over Z what commutes with all letters; None where others do."""
    size = letters.shape[1]
    one = np.eye(size, dtype=np.int64)
    equations = np.concatenate([np.kron(one, letter) - np.kron(letter.T, one) for letter in letters])
    kernel = kernel_rows(flint.fmpz_mat(equations.tolist()))
    if len(kernel) != 2:  # 1 and J
        return None
    for row in kernel:
        found = row.reshape(size, size).T
        found = found - found[0, 0] * one
        if found.any() and np.abs(found).max() < LARGEST:
            return np.asarray(found // np.gcd.reduce(found, axis=None)).astype(np.int64)
    return None


def _inverse(basis: Numbers) -> tuple[BigIntegers, int]:
    """Return integer rows and the least scale by which they are divided to invert the basis; scale 0 where none do."""
    matrix = flint.fmpq_mat(flint.fmpz_mat(basis.tolist()))
    if matrix.det() == 0:
        return basis.astype(object), 0
    rows, scale = matrix.inv().numer_denom()
    return integer_array(rows), int(scale)


def _terms(letters: Numbers, commuting: Numbers, basis: Numbers, inverse: tuple[BigIntegers, int]) -> Iterator[Term]:
    """Yield three terms for each entry of the letters over Z[J]."""
    rows, scale = inverse
    square = commuting @ commuting
    norm = -square[0, 0]
    place = np.unravel_index(np.abs(commuting).argmax(), commuting.shape)
    trace = (square + norm * np.eye(len(basis), dtype=np.int64))[place] // commuting[place]
    inside = rows.astype(object) @ letters.astype(object) @ basis.astype(object)  # in units of 1 / scale
    for left, right in itertools.product(range(0, len(basis), 2), repeat=2):
        own, other = inside[:, left, right], inside[:, left + 1, right]
        first, second = basis[:, left], basis[:, left + 1]
        for gates, output, given in (
            (own, first - second, rows[right]),
            (other, (trace - 1) * second - norm * first, rows[right + 1]),
            (own + other, second, rows[right] + rows[right + 1]),
        ):
            weights = tuple(simplest(Fraction(int(gate), scale * scale)) for gate in gates)
            yield weights, np.outer(output, given).astype(np.int64)
