r"""A submodule of the functions on permuted points meets Z^P in a lattice: integer matrices, and start vectors in it.

Let letters permute points, and let F (k, P) be a basis over Z of the integer functions in a space U that every
f -> f o x keeps. Then F[:, p x] = X_x F[:, p] with X_x integer, and invertible over Z. On any integer vector v the
words act by w -> X_w v; the states of a transitive machine get codes R_q v, R_q the product along a path to q, iff
X_x R_q v = R_delta(q, x) v for all q and x, linear equations in v that say that the stabiliser of the start fixes v.
The dual lattice, with X_x^-T, has the same dimensions and other entries.

Short vectors are wanted, since a nearest-prototype readout needs 3 |code|^2 in its partial sums: all small combinations
of a reduced basis are tried, shortest first, until no longer one can be better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias, final

import flint
import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.lattice import PivotBasis, saturated
from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.errors import LimitError, NumericError

Floats: TypeAlias = npt.NDArray[np.float64]

START_LIMIT: Final = 12_000
"""Most start vectors that are tried in one module: all of five coefficients up to 3 are 8,403."""
SUM_LIMIT: Final = 4096
"""Most sums of orbital matrices that are tried to split a module: each has a characteristic polynomial to factor."""

_WORK: Final = 1 << 22
"""Entries of codes computed at once: 32 MB."""
_TOTAL: Final = 1 << 32
"""Multiplications in all codes of one module: seconds in numpy."""
_FEWEST: Final = 256
"""Start vectors, and sums, tried whatever that costs: without some there is no answer."""
_EXACT: Final = 1 << 20
"""Entries, and weights of the sums by which codes are told apart: sums of 2^13 products of two stay below 2^53."""
_REACH: Final = 4
"""Largest coefficient of a start vector: codes grow with it, and short ones are wanted."""


@final
@dataclass(frozen=True, eq=False)
class IntegerModule:
    """X_x in GL_k(Z), one per letter, and for each state the product R_q along a shortest path from the start.

    Floats that are integers below 2^53 (of a finite group on a reduced basis, they are small): products in BLAS.
    """

    matrices: Floats  # (D, k, k)
    paths: Floats  # (Q, k, k)
    table: Numbers  # (Q, D)

    @property
    def size(self) -> int:
        """The dimension k."""
        return len(self.matrices[0])

    @cached_property
    def fixed(self) -> Integers:
        """A reduced basis (f, k) of the vectors with one code per state."""
        gram = np.zeros((self.size, self.size))
        chunk = max(1, _WORK // self.paths.size)
        for first in range(0, len(self.matrices), chunk):
            images = self.paths[self.table[:, first : first + chunk].T]  # (c, Q, k, k)
            moved = (self.matrices[first : first + chunk, None] @ self.paths - images).reshape(-1, self.size)
            # The kernel of a real matrix M is that of M^T M.
            gram += moved.T @ moved
        kernel, nullity = flint.fmpz_mat(gram.astype(np.int64).tolist()).nullspace()
        vectors = np.array(kernel.tolist(), dtype=object).reshape(self.size, -1)[:, : int(nullity)].T
        return _lll(saturated(_pivot_basis(vectors))) if len(vectors) else np.zeros((0, self.size), dtype=np.int64)

    def codes(self, start: Integers) -> Integers:
        """Return the codes (Q, k) from a start vector (k,)."""
        return (self.paths @ start.astype(np.float64)).astype(np.int64)


@final
@dataclass(frozen=True, eq=False)
class Start:
    """A start vector whose codes are as distinct as was asked, and the largest |code|^2."""

    vector: Integers  # (k,)
    norm: int


def lattice_bases(functions: Numbers) -> list[Integers]:
    """Return bases (k, P) of the integer functions in the span of the rows (m, P): reduced, and dual to pivots."""
    basis = _pivot_basis(functions)
    reduced = _lll(saturated(basis))
    if basis.denominator > 1 or np.abs(basis.numerators).max() > 1:
        return [reduced]
    return [basis.numerators.astype(np.int64), reduced]


def letter_matrices(basis: Integers, maps: Numbers) -> Integers:
    """Return X_x (D, k, k) with basis[:, p x] = X_x basis[:, p] for the letter maps (D, P) on the points."""
    pivots = _pivot_basis(basis).pivots
    inverse, denominator = flint.fmpq_mat(flint.fmpz_mat(basis[:, pivots].tolist())).inv().numer_denom()
    shifted = basis[:, maps[:, pivots]].transpose(1, 0, 2)  # (D, k, k)
    product = flint.fmpz_mat(shifted.reshape(-1, len(basis)).tolist()) * inverse
    return _integers(product, int(denominator)).reshape(shifted.shape)


def module(matrices: Integers, table: Numbers, start: int) -> IntegerModule:
    """Return the module of letters acting by `matrices` on a machine whose states are all reached from `start`."""
    acting = matrices.astype(np.float64)
    size = acting.shape[1]
    paths = np.zeros((len(table), size, size))
    paths[start] = np.eye(size)
    seen = np.zeros(len(table), dtype=np.bool_)
    seen[start] = True
    order = [start]
    for state in order:
        if len(order) == len(table):
            break
        for letter, target in enumerate(table[state].tolist()):
            if not seen[target]:
                seen[target] = True
                paths[target] = acting[letter] @ paths[state]
                order.append(target)
    return IntegerModule(acting, paths, table)


def dual(matrices: Integers) -> Integers:
    """Return X_x^-T for matrices invertible over Z."""
    inverses = [flint.fmpq_mat(flint.fmpz_mat(matrix.tolist())).inv().numer_denom()[0] for matrix in matrices]
    return np.stack([_integers(inverse, 1).T for inverse in inverses])


def integer_inverse(matrix: Integers) -> Integers:
    """Return the inverse of a matrix (k, k) times a number, its entries without a common divisor.

    NumericError for a singular one, LimitError for large entries.
    """
    whole = flint.fmpz_mat(matrix.tolist())
    if whole.det() == 0:
        message = "a matrix without an inverse"
        raise NumericError(message)
    numerators = flint.fmpq_mat(whole).inv().numer_denom()[0]
    return _integers(numerators, math.gcd(*(int(entry) for entry in numerators.entries())))


_FIRST_CHUNK: Final = 64
"""Start vectors tried at first; twice as many every time after."""


def short_start(found: IntegerModule, distinct: int, below: float = math.inf) -> Start | None:
    """Return the start vector of least largest |code|^2 among those tried, with so many distinct codes.

    None where no vector tried has so many, or none stays below the bound.
    """
    best = None
    work = found.paths.size
    limit = max(_FEWEST, min(START_LIMIT, _TOTAL // work))
    weights = np.random.default_rng(0).integers(1, _EXACT, size=found.size).astype(np.float64)
    flat = found.paths.reshape(-1, found.size)
    weighted = weights @ found.paths  # (Q, k)
    alike = len(found.paths) // distinct
    candidates = _candidates(found.fixed)[:limit]
    place, chunk, longest = 0, _FIRST_CHUNK, max(1, _WORK // found.paths[:, 0].size)
    while place < len(candidates):
        vectors = candidates[place : place + min(chunk, longest)]
        place, chunk = place + len(vectors), 2 * chunk
        if (vectors**2).sum(axis=1).min() >= below:
            break
        # The letters permute the states, so every code is that of as many states as the first.
        sums = weighted @ vectors.T.astype(np.float64)
        vectors = vectors[np.count_nonzero(sums == sums[0], axis=0) == alike]
        if not len(vectors):
            continue
        codes = (flat @ vectors.T.astype(np.float64)).reshape(*found.paths.shape[:2], -1)  # (Q, k, chunk)
        norms = (codes**2).sum(axis=1).max(axis=0)
        if norms.min() < below:
            below = float(norms.min())
            best = Start(vectors[norms.argmin()], int(below))
    return best


def _candidates(fixed: Integers) -> Integers:
    """Return small combinations (c, k) of the rows, one of each v, -v, shortest first."""
    count = len(fixed)
    reach = next((reach for reach in range(_REACH, 0, -1) if (2 * reach + 1) ** count <= 2 * START_LIMIT), 0)
    if reach:
        grid = np.indices((2 * reach + 1,) * count).reshape(count, -1).T - reach
        coefficients = grid[len(grid) // 2 + 1 :]
    else:
        coefficients = _sparse_coefficients(count)
    vectors = coefficients @ fixed
    return np.asarray(vectors[np.argsort((vectors**2).sum(axis=1), kind="stable")])


def _sparse_coefficients(count: int) -> Integers:
    """Return vectors with up to three entries 1 and -1, and denser ones, all at random."""
    generator = np.random.default_rng(0)
    share = START_LIMIT // 4
    rows = [np.eye(count, dtype=np.int64)]
    for places in (2, 3):
        sparse = np.zeros((share, count), dtype=np.int64)
        chosen = np.argsort(generator.random((share, count)), axis=1)[:, :places]
        signs = 2 * generator.integers(0, 2, size=(share, places)) - 1
        np.put_along_axis(sparse, chosen, signs, axis=1)
        rows.append(sparse)
    rows += [generator.integers(-reach, reach + 1, size=(share, count)) for reach in (1, 2)]
    return np.concatenate(rows)


def smaller_part(functions: Numbers, orbitals: Numbers) -> tuple[Numbers, int] | None:
    """Return functions that span a smaller module in that of the rows (m, P), and its width; None where none was found.

    They are the images of sums of at most three orbital matrices, which commute with the letters; `orbitals` (P, P)
    numbers the orbits on pairs of points. An image of a multiple of an irreducible module is a multiple of it too.
    """
    basis = _lll(saturated(_pivot_basis(functions)))
    size = len(basis)
    generator = np.random.default_rng(0)
    numbers = generator.permutation(int(orbitals.max()) + 1)[: min(_FEWEST, 4 * _WORK // basis.size)]
    floats = basis.astype(np.float64)  # integers below 2^53: products in BLAS
    moved = np.stack([floats @ (orbitals == number) for number in numbers])  # (c, k, P)
    limit = min(SUM_LIMIT, max(_FEWEST, _WORK * 64 // size**3))
    signs, chosen = generator.integers(-1, 2, size=(limit, 3)), generator.integers(0, len(numbers), size=(limit, 3))
    best, narrowest = None, size
    for sign, terms in zip(signs, chosen, strict=True):
        image = np.tensordot(sign, moved[terms], axes=1)
        rank = _rank(image)
        if 0 < rank < narrowest:
            best, narrowest = image, rank
    return None if best is None else (best.astype(np.int64), narrowest)


def _rank(rows: Floats) -> int:
    """Return the rank of integers F (k, P) over Q, which is that of F F^T (k, k); LimitError where this leaves 2^53."""
    width, entry = rows.shape[1], int(np.abs(rows).max(initial=0.0))
    if width * entry**2 > 1 << 53:
        what = "largest entry of an image under orbital matrices"
        raise LimitError(what, limit=math.isqrt((1 << 53) // width), needed=entry)
    return flint.fmpz_mat((rows @ rows.T).astype(np.int64).tolist()).rank()


def commuting_parts(orbitals: Numbers) -> tuple[list[Numbers], bool]:
    """Return functions (m, Q) that span modules of sum Q^Q, and whether each is irreducible and occurs once.

    They are the kernels of f(M), M a random sum of orbital matrices and f the factors of its characteristic polynomial;
    they add up to Q^Q where M is semisimple, as a generic one is. `orbitals` (Q, Q) numbers the orbits on pairs of
    states; their matrices are a basis of the algebra that commutes with the letters. If its dimension is the degree
    sum of the f, it is Q[M], a product of the fields Q[t]/f: then no part splits and no two are isomorphic.
    """
    count = int(orbitals.max()) + 1
    weights = np.random.default_rng(0).integers(0, 8 * count, size=count)
    matrix = flint.fmpz_mat(weights[orbitals].tolist())
    one = flint.fmpz_mat(np.eye(len(orbitals), dtype=np.int64).tolist())
    found = []
    factors = [factor for factor, _ in matrix.charpoly().factor()[1]]
    for factor in factors:
        value = 0 * one
        for coefficient in reversed(factor.coeffs()):
            value = value * matrix + coefficient * one
        kernel, nullity = value.nullspace()
        columns = np.array(kernel.tolist(), dtype=object).reshape(len(orbitals), -1)
        found.append(columns[:, : int(nullity)].T)
    return found, sum(factor.degree() for factor in factors) == count


def _pivot_basis(functions: Numbers) -> PivotBasis:
    reduced, divisor, rank = flint.fmpz_mat(functions.tolist()).rref()
    values = np.array([int(entry) for entry in reduced.entries()], dtype=object).reshape(functions.shape)[: int(rank)]
    common = math.gcd(int(divisor), *values.ravel().tolist()) * (1 if divisor > 0 else -1)
    return PivotBasis((values != 0).argmax(axis=1), values // common, int(divisor) // common)


def _lll(rows: npt.NDArray[np.object_]) -> Integers:
    return _integers(flint.fmpz_mat(rows.tolist()).lll(), 1)


def _integers(matrix: flint.fmpz_mat, divisor: int) -> Integers:
    entries = [int(entry) // divisor for entry in matrix.entries()]
    if any(abs(entry) > _EXACT for entry in entries):
        what = "largest entry of an integer module"
        raise LimitError(what, limit=_EXACT)
    return np.array(entries, dtype=np.int64).reshape(matrix.nrows(), matrix.ncols())
