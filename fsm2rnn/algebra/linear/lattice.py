"""U meets Z^Q in a lattice that letters keep: every machine has a smallest linear realisation with integer entries.

A basis F (k, Q) of the lattice, U a space of functions on the states that f -> f o delta_x keeps: the rows of F P_x,
P_x the 0/1 matrix with F P_x = F[:, delta(., x)], lie in U and are integer, so F P_x = X_x F with X_x integer.
In the same way outputs = C F with C integer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias, final

import flint
import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.linear.word_span import Integers, WordSpan
from fsm2rnn.errors import CertificateError, NumericError

BigIntegers: TypeAlias = npt.NDArray[np.object_]


@final
@dataclass(frozen=True, eq=False)
class PivotBasis:
    """The basis of U dual to the pivots, numerators / denominator: function i is 1 at pivot i and 0 at the others.

    Hence f = sum_i f(pivot_i) function_i for f in U, and column q says which combination of pivots state q is.
    """

    pivots: Integers  # (k,)
    numerators: BigIntegers  # (k, Q), at the pivots denominator times the identity
    denominator: int

    @property
    def affine(self) -> bool:
        """Whether the constant function 1 lies in U: by duality, when every column sums to 1."""
        return bool((self.numerators.sum(axis=0) == self.denominator).all())


@final
@dataclass(frozen=True, eq=False)
class IntegerRealisation:
    """X_x F = F[:, delta(., x)] and C F = outputs, proved in integers; CertificateError where it fails."""

    maps: Integers  # (D, Q)
    outputs: Integers  # (O, Q)
    codes: Integers  # F (k, Q)
    matrices: tuple[Integers, ...]  # D times X_x (k, k)
    head: Integers  # C (O, k)

    def __post_init__(self) -> None:
        """Prove both equations."""
        for letter, matrix in zip(self.maps, self.matrices, strict=True):
            if not np.array_equal(integer_product(matrix, self.codes), self.codes[:, letter]):
                message = "a matrix sends a code to a vector that is not the code of the next state"
                raise CertificateError("matrices", message)
        if not np.array_equal(integer_product(self.head, self.codes), self.outputs):
            message = "the head does not give the outputs"
            raise CertificateError("head", message)

    @property
    def largest_entry(self) -> int:
        """The largest absolute value of an entry."""
        return max(int(np.abs(part).max()) for part in (self.codes, self.head, *self.matrices))


def pivot_basis(closure: WordSpan, maps: Integers, outputs: Integers) -> PivotBasis | None:
    """Return the pivot basis over Q of the closure, or None when letters keep its span only modulo the prime.

    The residues nearest zero are tried first: a basis of integers, which is the rule, is found so. The answer is
    checked over Z, so that its rank is exact: the closure's functions are independent, and they span U.
    """
    half = closure.prime // 2
    lifted = np.where(closure.reduced > half, closure.reduced - closure.prime, closure.reduced)
    if lifted.shape[0] in {0, lifted.shape[1]} or _spans(closure.pivots, lifted, maps, outputs):
        return PivotBasis(closure.pivots, lifted.astype(object), 1)
    exact = _solved(closure)
    scaled = exact.numerators
    for letter in maps:
        after = _matrix(scaled[:, letter[exact.pivots]]) * _matrix(scaled)
        if after != _matrix(exact.denominator * scaled[:, letter]):
            return None
    if _matrix(outputs[:, exact.pivots]) * _matrix(scaled) != _matrix(exact.denominator * outputs):
        return None
    return exact


def small_realisation(basis: PivotBasis, maps: Integers, outputs: Integers) -> IntegerRealisation:
    """Return an integer realisation on U: on the pivots where that has entries 0, 1, -1, else the smaller of two.

    The other is on an LLL-reduced basis of the lattice U and Z^Q share. On the pivots the columns of X_x are codes and
    C is 0/1, but entries can be large; the reduced basis has the smaller codes, most often.
    """
    if basis.denominator > 1:
        return _on_lattice(basis, maps, outputs)
    codes = basis.numerators.astype(np.int64)
    matrices = tuple(codes[:, letter[basis.pivots]] for letter in maps)
    on_pivots = IntegerRealisation(maps, outputs, codes, matrices, outputs[:, basis.pivots])
    if on_pivots.largest_entry == 1:
        return on_pivots
    return min(on_pivots, _on_lattice(basis, maps, outputs), key=lambda found: found.largest_entry)


def saturated(basis: PivotBasis) -> BigIntegers:
    """Return a basis (k, Q) over Z of the integer functions in U.

    The integer functions of U are those whose coordinates are integer on the lattice L that the columns generate, so
    coordinates with respect to a basis of L are wanted. L starts as Z^k, the pivots, and takes in a column v / d that
    it lacks. A multiple of v / d is w / m modulo Z^k with m > 1 and w_i = 1 for some i, and then Z^k + Z w / m has
    the basis e_j (j not i) and w / m: coordinate i is multiplied by m, coordinate j loses w_j times the old
    coordinate i. Each step divides the index of Z^k in L by m, so there are at most log2(index) of them.
    """
    values, denominator = basis.numerators, basis.denominator
    while denominator > 1:
        remainders = values % denominator
        column = remainders[:, remainders.any(axis=0).argmax()]
        unit, order, weights = _cyclic_extension(column.tolist(), denominator)
        old = values[unit]
        values = values - np.outer(np.array(weights, dtype=object), old)
        values[unit] = order * old
        common = math.gcd(denominator, *values.ravel().tolist())
        values, denominator = values // common, denominator // common
    return values


def integer_product(left: Integers, right: Integers) -> Integers:
    """Return the product of integer matrices: in float64 where every partial sum is below 2^53, else with flint.

    NumericError when an entry needs more than 64 bits.
    """
    bound = left.shape[1] * int(np.abs(left).max()) * int(np.abs(right).max())
    if bound < 1 << 53:
        return (left.astype(np.float64) @ right.astype(np.float64)).astype(np.int64)
    return _narrow(_matrix(left) * _matrix(right))


def _spans(pivots: Integers, codes: Integers, maps: Integers, outputs: Integers) -> bool:
    """Whether integer functions dual to the pivots span a space that letters keep and that holds the outputs."""
    if len(pivots) * int(np.abs(codes).max()) ** 2 >= 1 << 53:
        return False
    return np.array_equal(integer_product(outputs[:, pivots], codes), outputs) and all(
        np.array_equal(integer_product(codes[:, letter[pivots]], codes), codes[:, letter]) for letter in maps
    )


def _solved(closure: WordSpan) -> PivotBasis:
    """Return the pivot basis of the closure's functions by solving over Q."""
    rank, states = closure.basis.shape
    others = np.setdiff1d(np.arange(states), closure.pivots)
    solution = flint.fmpq_mat(_matrix(closure.basis[:, closure.pivots])).solve(_matrix(closure.basis[:, others]))
    numerators, denominator = solution.numer_denom()
    values = np.zeros((rank, states), dtype=object)
    values[:, others] = _big(numerators)
    values[np.arange(rank), closure.pivots] = int(denominator)
    return PivotBasis(closure.pivots, values, int(denominator))


def _cyclic_extension(column: list[int], denominator: int) -> tuple[int, int, list[int]]:
    """Return i, m > 1 and weights w with w_i = 0 such that (e_i + w) / m is a multiple of column / d modulo Z^k.

    The column has order n = d / gcd. For every prime of n some entry is not divisible by it, so the largest divisor m
    of n that is coprime to entry i is not 1 for some i; a multiple of the column has order m and the entry 1 / m there.
    """
    common = math.gcd(denominator, *column)
    entries = [entry // common for entry in column]
    orders = [_coprime_part(denominator // common, entry) for entry in entries]
    order = max(orders)
    unit = orders.index(order)
    inverse = pow(entries[unit], -1, order)
    weights = [(entry * inverse + order // 2) % order - order // 2 for entry in entries]
    weights[unit] = 0
    return unit, order, weights


def _coprime_part(number: int, entry: int) -> int:
    """Return the largest divisor of `number` that is coprime to `entry`."""
    while (common := math.gcd(number, entry)) > 1:
        number //= common
    return number


def _on_lattice(basis: PivotBasis, maps: Integers, outputs: Integers) -> IntegerRealisation:
    """Return the realisation on an LLL-reduced basis of the lattice."""
    codes = _narrow(_matrix(saturated(basis)).lll())
    # F = T R with R the pivot basis, so T = F[:, pivots] and X_x = F[:, delta(pivots, x)] T^-1.
    inverse, denominator = flint.fmpq_mat(_matrix(codes[:, basis.pivots])).inv().numer_denom()
    matrices = tuple(_quotient(codes[:, letter[basis.pivots]], inverse, int(denominator)) for letter in maps)
    head = _quotient(outputs[:, basis.pivots], inverse, int(denominator))
    return IntegerRealisation(maps, outputs, codes, matrices, head)


def _quotient(left: Integers, inverse: flint.fmpz_mat, denominator: int) -> Integers:
    """Return left times inverse / denominator, an integer matrix."""
    return _narrow(_matrix(left) * inverse, denominator)


def _matrix(values: Integers | BigIntegers) -> flint.fmpz_mat:
    return flint.fmpz_mat(values.tolist())


def _big(matrix: flint.fmpz_mat) -> BigIntegers:
    entries = [int(entry) for entry in matrix.entries()]
    return np.array(entries, dtype=object).reshape(matrix.nrows(), matrix.ncols())


def _narrow(matrix: flint.fmpz_mat, divisor: int = 1) -> Integers:
    values = _big(matrix) // divisor
    if values.size and np.abs(values).max() >= 1 << 63:
        message = "an entry of an integer realisation needs more than 64 bits"
        raise NumericError(message)
    narrow: Integers = values.astype(np.int64)
    return narrow
