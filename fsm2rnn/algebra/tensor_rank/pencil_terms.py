"""A = sum_r a_r u_r v_r^T, B = sum_r b_r u_r v_r^T: a pair of letters as n or n + 1 terms, n their size.

No letter need be invertible, only the pencil x A + y B regular. With N = A + t B regular and M = N^-1 B = sum_k l_k P_k
diagonalisable over Q, P_k its eigenprojections,

    B = sum_k l_k N P_k,  A = N - t B = sum_k (1 - t l_k) N P_k,

and rank P_k terms for each k, n in all: as few as a regular pencil has at least. They are taken where the N P_k are
integer once 1 - t l_k, l_k are coprime integers a_k, b_k, or these divided by an integer, a power of two in binary
fractions; for more over Q see `companion_terms`.

Otherwise one term c (a, b) u v^T with entries 0, 1 and -1 is taken off first. Candidates are sieved: an eigenpoint of
the rest is a zero of the form det(x A' + y B'), which is that of the pencil plus a multiple of v^T adj(x A + y B) u;
at a point where the pencil has rank r the rest has at least r - 1, so terms can be n only if the zeros among POINTS
have ranks that leave room for n. The rest is decided exactly.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

import flint
import numpy as np
import numpy.typing as npt

from fsm2rnn.exact.sparse import Scalar, absolute, simplest

Floats: TypeAlias = npt.NDArray[np.float64]
Gates: TypeAlias = tuple[int, int]
PencilPart: TypeAlias = tuple[tuple[Scalar, Scalar], flint.fmpz_mat]
"""a, b of a ring of gates, and an integer matrix X: the summands a X of A and b X of B."""

EIGEN_LIMIT: Final = 16
"""Largest n of a pencil that is diagonalised: its powers over Q take n^4, and entries grow."""
TAKEN_LIMIT: Final = 4
"""Largest n for which a term is taken off: there are 1,600 pairs u, v at n = 4, 14,641 at n = 5."""
TRIED: Final = 256
"""Most candidates that are diagonalised, a fraction of a millisecond each."""
POINTS: Final = tuple(
    (a, b) for a, b in itertools.product(range(3), range(-2, 3)) if math.gcd(a, b) == 1 and (a > 0 or b > 0)
)
"""Small points of the projective line: gates of a network should be small."""
_APART: Final = 3
"""N = A + 3 B is regular if all zeros are among POINTS."""
_HALF: Final = 0.5
_SMALL: Final = 1e-6
"""A product of a few factors with entries of some units that is not zero is larger; what passes is decided over Q."""
_TAKEN: Final[tuple[Gates, ...]] = ((1, 0), (0, 1), (1, 1), (1, -1), (-1, 0), (0, -1), (-1, -1), (-1, 1))


class GateRing(StrEnum):
    """The numbers that gates may be."""

    BINARY = "binary fractions"  # integers, or divided by a power of two: no binary float rounds short ones
    RATIONAL = "Q"

    def has(self, divisor: int) -> bool:
        """Tell whether an integer that is no less than 1 divides 1 in the ring."""
        return self is GateRing.RATIONAL or divisor.bit_count() == 1


def diagonal_parts(
    first: flint.fmpz_mat, second: flint.fmpz_mat, ring: GateRing = GateRing.BINARY
) -> list[PencilPart] | None:
    """Return parts of total rank n of a regular pencil; None where it is singular or not diagonal with such gates."""
    found = regular(first, second)
    if found is None:
        return None
    shift, whole, matrix = found
    factors = [factor for factor, _ in matrix.charpoly().factor()[1]]
    if any(factor.degree() > 1 for factor in factors):
        return None
    one = rational_one(matrix.nrows())
    roots = [-factor.coeffs()[0] / factor.coeffs()[1] for factor in factors]
    if math.prod((matrix - root * one for root in roots), start=one) != 0 * one:  # not diagonalisable
        return None
    parts = [pencil_part((1 - shift * root, root), whole * eigenprojection(matrix, root, roots)) for root in roots]
    return parts if all(ring.has(gate.denominator) for gates, _ in parts for gate in gates) else None


def regular(first: flint.fmpz_mat, second: flint.fmpz_mat) -> tuple[int, flint.fmpq_mat, flint.fmpq_mat] | None:
    """Return t, N = A + t B and M = N^-1 B for the least t >= 0 with a regular N; None for a singular pencil."""
    for shift in range(first.nrows() + 1):  # det has at most n zeros
        whole = flint.fmpq_mat(first + shift * second)
        if whole.det() != 0:
            return shift, whole, whole.solve(flint.fmpq_mat(second))
    return None


def pencil_part(gates: tuple[flint.fmpq, flint.fmpq], matrix: flint.fmpq_mat) -> PencilPart:
    """Return gates and an integer matrix with the summands a X and b X of rational a, b and X."""
    (a, b), scale = _coprime(*gates)
    part, divisor = (matrix * scale).numer_denom()
    return (_divided(a, int(divisor)), _divided(b, int(divisor))), part


def eigenprojection(matrix: flint.fmpq_mat, root: flint.fmpq, roots: Sequence[flint.fmpq]) -> flint.fmpq_mat:
    """Return the product of (M - l) / (root - l) over the other roots l: an eigenprojection of a diagonalisable M."""
    one = rational_one(matrix.nrows())
    return math.prod(((matrix - other * one) * (1 / (root - other)) for other in roots if other != root), start=one)


def _divided(gate: int, divisor: int) -> Scalar:
    """Return the gate in its lowest terms, an integer where it is one."""
    return simplest(Fraction(gate, divisor))


def rational_one(size: int) -> flint.fmpq_mat:
    """Return 1."""
    return flint.fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def _coprime(first: flint.fmpq, second: flint.fmpq) -> tuple[Gates, flint.fmpq]:
    """Return coprime integers a, b, not both negative first, and s with (first, second) = s (a, b)."""
    common = math.lcm(int(first.q), int(second.q))
    a, b = int(first * common), int(second * common)
    divisor = math.gcd(a, b) * (1 if (a or b) > 0 else -1)
    return (a // divisor, b // divisor), flint.fmpq(divisor, common)


def pencil_parts(first: flint.fmpz_mat, second: flint.fmpz_mat, below: int) -> list[PencilPart] | None:
    """Return parts of total rank n, or n + 1, of a regular pencil; None unless they are found and fewer than `below`.

    Among n + 1 those with the fewest halvings are taken, and then of the least sum of magnitudes, of the first TRIED
    candidates.
    """
    size = first.nrows()
    if size >= below or size > EIGEN_LIMIT:
        return None
    found = diagonal_parts(first, second)
    if found is not None or size + 1 >= below or size > TAKEN_LIMIT:
        return found
    best: list[PencilPart] | None = None
    least: tuple[int, Scalar] | None = None
    for gates, taken in itertools.islice(_candidates(first, second), TRIED):
        rest = diagonal_parts(first - gates[0] * taken, second - gates[1] * taken)
        if rest is None:
            continue
        parts: list[PencilPart] = [(gates, taken), *rest]
        # Integers first: what is divided needs so many bits more.
        units = max(gate.denominator for pair, _ in parts for gate in pair)
        weight = magnitude_of(parts)
        if least is None or (units, weight) < least:
            best, least = parts, (units, weight)
    return best


def magnitude_of(parts: Sequence[PencilPart]) -> Scalar:
    """Return the sum of magnitudes of all terms."""
    sizes = ((absolute(a) + absolute(b)) * int(sum(map(abs, part.entries()))) for (a, b), part in parts)
    return sum(sizes, Fraction(0))


def small_vectors(size: int, reach: int) -> Floats:
    """Return the primitive integer vectors (m, n) of entries up to `reach`, one of each v, -v."""
    every = itertools.product(range(-reach, reach + 1), repeat=size)
    kept = [v for v in every if math.gcd(*v) == 1 and next(entry for entry in v if entry) > 0]
    return np.array(kept, dtype=np.float64)


def _candidates(first: flint.fmpz_mat, second: flint.fmpz_mat) -> Iterator[tuple[Gates, flint.fmpz_mat]]:
    """Yield terms (a, b) u v^T to take off that pass the sieve and leave, in floats, a diagonalisable pencil."""
    size = first.nrows()
    vectors = small_vectors(size, 1)
    terms = np.einsum("ai,bj->abij", vectors, vectors).reshape(-1, size, size)
    pair = np.array([first.tolist(), second.tolist()], dtype=np.float64)
    values, slopes, room = [], [], []
    for a, b in POINTS:
        # The point where a term with gates (a, b) vanishes. Integers of four or fewer rows: floats round to them.
        pencil = b * pair[0] - a * pair[1]
        values.append(np.rint(np.linalg.det(pencil)))
        slopes.append(np.rint(np.linalg.det(pencil + terms)) - values[-1])
        room.append(size - np.linalg.matrix_rank(pencil) + 1)
    for gates in _TAKEN:
        scales = [b * gates[0] - a * gates[1] for a, b in POINTS]
        zero = np.array([value == scale * slope for value, slope, scale in zip(values, slopes, scales, strict=True)])
        places = np.flatnonzero(np.array(room) @ zero >= size)
        rest = pair[:, None] - np.array(gates)[:, None, None, None] * terms[places]
        for place in places[_diagonalisable(rest, zero[:, places])].tolist():
            yield gates, flint.fmpz_mat(terms[place].astype(np.int64).tolist())


def _diagonalisable(pairs: Floats, zero: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return for which pairs (2, c, n, n) the product over the zeros (k, c) among POINTS of (b A - a B) N^-1 is 0."""
    one = np.eye(pairs.shape[-1])
    whole = pairs[0] + _APART * pairs[1]
    regular = np.abs(np.linalg.det(whole)) > _HALF
    inverse = np.linalg.inv(np.where(regular[:, None, None], whole, one))
    product = np.broadcast_to(one, whole.shape)
    for (a, b), at in zip(POINTS, zero, strict=True):
        product = np.where(at[:, None, None], product @ (b * pairs[0] - a * pairs[1]) @ inverse, product)
    return np.asarray(regular & (np.abs(product).max(axis=(1, 2), initial=0) < _SMALL))
