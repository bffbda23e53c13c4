r"""|v|^2 = v^* G v on C^d for a Hermitian matrix G over Q(zeta_n), proved positive definite, zeta_n = exp(2 pi i / n).

G, Hermitian, is the symmetric matrix ((Re G, -Im G), (Im G, Re G)) of 2 d rows. R holds its entries rounded to units
of 2^-GRAM_BITS, off by less than two each, so by Gershgorin's theorem G is positive definite if R less 4 d units on the
diagonal is: if all leading minors are positive (J. Sylvester), computed without fractions (E. Bareiss).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import BITS
from fsm2rnn.exact.cyclotomic import Cyclotomic, roots_of_unity
from fsm2rnn.exact.sparse import SparseMatrix, vector

FieldVector: TypeAlias = tuple[Cyclotomic, ...]
FieldMatrix: TypeAlias = tuple[FieldVector, ...]  # rows

# A distance loses at most 2^-64 of the codes' norm, less than any format's roundoff.
DISTANCE_BITS = 64
# Minors have the bits of a pivot times the rows: more bits are slower and prove only matrices closer to singular.
GRAM_BITS = 64
GRAM_UNIT = 1 << (BITS - GRAM_BITS)


@final
@dataclass(frozen=True)
class HermitianNorm:
    """The norm sqrt(v^* G v), G (d, d) by rows; CertificateError unless G is proved Hermitian and positive definite."""

    conductor: int  # n
    gram: FieldMatrix

    def __post_init__(self) -> None:
        """Prove the claim."""
        size = len(self.gram)
        if any(len(row) != size or any(entry.conductor != self.conductor for entry in row) for row in self.gram):
            message = f"not a square matrix over the field of conductor {self.conductor}"
            raise CertificateError("gram", message)
        if any(self.gram[i][j] != self.gram[j][i].conjugate() for i in range(size) for j in range(i + 1)):
            message = "the Gram matrix is not Hermitian"
            raise CertificateError("gram", message)
        if not _is_positive(_rounded(self.gram)):
            message = "the Gram matrix was not proved positive definite"
            raise CertificateError("gram", message)

    def trace_form(self) -> SparseMatrix:
        """Return tr(zeta^-a G_ij zeta^b), tr the trace of the field, at row (i, a) and column (j, b), times an integer.

        It is the Gram matrix (d m, d m), m = phi(n), of tr(v^* G w) on the rational basis zeta^a e_i of Q(zeta_n)^d.
        """
        roots = roots_of_unity(self.conductor)
        count = len(roots[0])
        traces = [
            sum(roots[(place + power) % self.conductor][place] for place in range(count))
            for power in range(self.conductor)
        ]
        scale = denominator(entry for row in self.gram for entry in row)
        # At index power: tr(entry zeta^power).
        turned = {
            entry: [
                scale // entry.denominator * sum(map(mul, entry.coefficients, (traces + traces)[power:]))
                for power in range(self.conductor)
            ]
            for row in self.gram
            for entry in row
        }
        columns = [
            vector(enumerate(powers[(b - a) % self.conductor] for powers in column for a in range(count)))
            for column in ([turned[entry] for entry in entries] for entries in zip(*self.gram, strict=True))
            for b in range(count)
        ]
        return SparseMatrix(len(columns), tuple(columns))

    def relative_distance(self, first: FieldVector, others: Iterable[FieldVector]) -> Fraction:
        """Return a lower bound of the least |v - w| / |v|, w in others, where all have one norm.

        It is sqrt(2 - 2 Re(v^* G w) / v^* G v). CertificateError where no positive bound was found.
        """
        start = tuple(entry.conjugate() for entry in first)
        row = tuple(_sum(self.conductor, start, column) for column in zip(*self.gram, strict=True))
        norm = _sum(self.conductor, row, first).bounds()[0]
        largest = max(_sum(self.conductor, row, other).bounds()[0].high for other in others)
        square = 2 - 2 * Fraction(largest, norm.low if largest > 0 else norm.high) if norm.low > 0 else Fraction(0)
        if square <= 0:
            message = "codes of different states are too close for a bound of their distance"
            raise CertificateError("codes", message)
        return Fraction(math.isqrt(math.floor(square * (1 << 2 * DISTANCE_BITS))), 1 << DISTANCE_BITS)


def denominator(entries: Iterable[Cyclotomic]) -> int:
    """Return the least common denominator."""
    return math.lcm(*(entry.denominator for entry in entries))


def _rounded(gram: FieldMatrix) -> list[list[int]]:
    """Return a matrix of integers that is positive definite only if the Hermitian G is."""
    parts = [[entry.bounds() for entry in row] for row in gram]
    if any(bound.high - bound.low > GRAM_UNIT for row in parts for entry in row for bound in entry):
        message = "an entry of the Gram matrix is too large to be bounded closely"
        raise CertificateError("gram", message)
    upper = [[real.low // GRAM_UNIT for real, _ in row] for row in parts]
    lower = [[imaginary.low // GRAM_UNIT for _, imaginary in row] for row in parts]
    # An entry above the diagonal is that below it: both are roundings of one number.
    rows = [*upper, *([*left, *right] for left, right in zip(lower, upper, strict=True))]
    places = range(len(rows))
    return [[rows[max(i, j)][min(i, j)] - 2 * len(rows) * (i == j) for j in places] for i in places]


def _is_positive(matrix: list[list[int]]) -> bool:
    """Return whether a symmetric integer matrix has positive leading minors."""
    rows, minor = [list(row) for row in matrix], 1
    for place, pivot in enumerate(rows):
        if pivot[place] <= 0:
            return False
        for row in rows[place + 1 :]:
            factor = row[place]
            for column in range(place + 1, len(rows)):
                row[column] = (row[column] * pivot[place] - factor * pivot[column]) // minor
        minor = pivot[place]
    return True


def _sum(conductor: int, left: Iterable[Cyclotomic], right: Iterable[Cyclotomic]) -> Cyclotomic:
    """Return sum_i left_i right_i."""
    products = (first * second for first, second in zip(left, right, strict=True) if first and second)
    return sum(products, start=Cyclotomic.rational(conductor, 0))
