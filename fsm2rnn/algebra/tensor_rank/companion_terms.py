"""A pair of letters as n + 1 terms over Q: M = N^-1 B is a companion matrix, and a term makes it diagonal.

With N = A + t B regular as in `pencil_terms` and K = (v, M v, ..., M^(n-1) v) regular, M = K C(f) K^-1, f the
characteristic polynomial. For distinct rational l_1, ..., l_n and g = (x - l_1) ... (x - l_n), C(f) and C(g) differ in
the last column, by d. So M = M' + (K d) (e_n^T K^-1), where M' = K C(g) K^-1 has the eigenvalues l_k, and

    B = N M' + X,  A = N (1 - t M') - t X,  X = N (K d) (e_n^T K^-1)

are n terms of eigenprojections, interpolation polynomials of M', and one more. That is the rank over Q unless M itself
is diagonal over Q (J. JaJa, SIAM J. Comput. 8, 1979; see `pencil`); projections have denominators l_k - l_j, whence
thirds from n = 4 on for integer l_k.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final

import flint

from fsm2rnn.algebra.tensor_rank.pencil_terms import (
    EIGEN_LIMIT,
    GateRing,
    PencilPart,
    diagonal_parts,
    eigenprojection,
    magnitude_of,
    pencil_part,
    rational_one,
    regular,
)

COMPANION_LIMIT: Final = 8
"""Largest n: terms are some hundred times as large as the letters from 10 on, and would lose as many digits."""
SETS: Final = 32
"""Most sets of eigenvalues that are tried, n products of n rational matrices each."""
ROOTS: Final = tuple(
    flint.fmpq(p, q) for p, q in ((0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1))
)
"""Eigenvalues, those first that keep projections small."""


def rational_parts(first: flint.fmpz_mat, second: flint.fmpz_mat, below: int) -> list[PencilPart] | None:
    """Return parts over Q of total rank n, or n + 1, of a regular pencil; None unless fewer than `below` are found."""
    size = first.nrows()
    if size >= below or size > EIGEN_LIMIT:
        return None
    found = diagonal_parts(first, second, GateRing.RATIONAL)
    if found is not None or size + 1 >= below or size > COMPANION_LIMIT:
        return found
    return min(_companions(first, second), key=magnitude_of, default=None)


def _companions(first: flint.fmpz_mat, second: flint.fmpz_mat) -> Iterator[list[PencilPart]]:
    """Yield parts of total rank n + 1, from the first unit vector v for which K is regular."""
    found = regular(first, second)
    if found is None:
        return
    shift, whole, matrix = found
    size = matrix.nrows()
    bases = (_powers(matrix, place) for place in range(size))
    basis = next((basis for basis in bases if basis.det() != 0), None)
    if basis is None:
        return
    own, last = matrix.charpoly(), flint.fmpq_mat([rational_one(size).tolist()[-1]]) * basis.inv()
    for roots in itertools.islice(itertools.combinations(ROOTS, size), SETS):
        wanted = math.prod((flint.fmpq_poly([-root, 1]) for root in roots), start=flint.fmpq_poly([1]))
        taken = basis * flint.fmpq_mat([[(wanted - own)[place]] for place in range(size)]) * last
        yield _parts(shift, whole, matrix - taken, taken, roots)


def _powers(matrix: flint.fmpq_mat, place: int) -> flint.fmpq_mat:
    """Return the columns e, M e, ..., M^(n-1) e for a unit vector e."""
    size = matrix.nrows()
    vector = flint.fmpq_mat([[row[place]] for row in rational_one(size).tolist()])
    columns = itertools.accumulate(range(1, size), lambda column, _: matrix * column, initial=vector)
    return flint.fmpq_mat([[entry for (entry,) in column.tolist()] for column in columns]).transpose()


def _parts(
    shift: int, whole: flint.fmpq_mat, rest: flint.fmpq_mat, taken: flint.fmpq_mat, roots: Sequence[flint.fmpq]
) -> list[PencilPart]:
    """Return the term N taken, and the n terms of M' = rest, which has these eigenvalues."""
    parts = [((flint.fmpq(-shift), flint.fmpq(1)), taken)]
    parts += [((1 - shift * root, root), eigenprojection(rest, root, roots)) for root in roots]
    return [pencil_part(gates, whole * matrix) for gates, matrix in parts]
