"""A scan multiplies letters as matrices, in any bracketing of the word, and applies the product to the start.

Theorem P (nothing rounds). Let all letters be integer matrices, and let the codes that words reach span the space. A
product P of letters sends every code to a code, so P = (P C) C^T (C C^T)^-1 with the codes as columns of C, and
|P_ij| <= M_ij, the greatest |entry i| of a code times the sum over codes c of |((C C^T)^-1 c)_j|. So no partial sum of
a product of two products exceeds the greatest entry of M M, and none of a product applied to the start that of M |h_0|;
the empty product is a product too. Where every column of every letter has one entry at most, 1 or -1, the same holds of
all products whether or not codes span, no sum has two terms, and a product applied to the start sums up to |h_0|_1.

Theorem B (rounding). Let every computed product of two factors, a matrix and a matrix or a matrix and a vector, be off
by at most g |P| |Q| + a, norms taken plane by plane or block by block.
(1) Let letters stand for exact ones of norm 1 or 0, zero being stored as zero and the others off by at most d. Then a
    computed product of t letters is off by at most (1 + eta)^t - 1, where 1 + eta = (1 + d)(1 + g + a).
(2) Let stored letters have |A| <= 1 + s and send each prototype to within r of the right one, prototypes having norm V
    at most and the start being off by e_0. Then a product of t letters applied to the start is within
    (1 + eta)^t (V + e_0) - V of the right prototype, where 1 + eta = (1 + max(s, r / V))(1 + g + a max(1, 1 / V)).
(3) Let letters first be made matrices of n rows, each column the step of a unit vector, off by at most f in norm. Then
    (2) holds with max(s, r / V) + n^(1/2) f in place of max(s, r / V).
Proof. (1) If factors of norm 1 are off by e and f, their product is off by e + f + e f + (g + a)(1 + e)(1 + f) at most,
so 1 + its error is at most (1 + g + a)(1 + e)(1 + f); t letters take t - 1 products, and the start (1, 0) is multiplied
exactly. (2) With k = 1 + g + a max(1, 1 / V), a computed product of t letters is off from the exact product of the
stored ones by (k^(t-1) - 1)(1 + s)^t at most, by the same induction; applying it to the start, of norm V + e_0 at most,
is one factor k more; and where nothing rounds theorem D says (1 + max(s, r / V))^t (V + e_0) - V. (3) The matrix is off
by F with |F|_2 <= |F|_F <= n^(1/2) f, so its norm is at most 1 + s + n^(1/2) f, and it sends prototypes to within
r + n^(1/2) f V.

Lines beside planes are the numbers of the sequential run, to the bit, where factors and starts are 0 or powers of two
of magnitude at most 1: a product of powers is exact or underflows to zero, and where it does the sequential run does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import powers_below
from fsm2rnn.exact.matrix import columns_of
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, Vector, absolute
from fsm2rnn.proof.claim.simulation import Simulation

WIDEST: Final = 32
"""Most coordinates of codes that are shown to span: a larger Gram matrix of fractions is inverted in seconds."""
FRAME_LIMIT: Final = 1 << 20
"""Most products of coordinates of codes, a microsecond each, in that Gram matrix."""
EXACT: Final = (
    "letters multiplied as matrices in any bracketing: every entry and every partial sum, of products and of products "
    "applied to the start, is an integer of magnitude at most partial_sums, so no operation rounds"
)
ROUNDED: Final = (
    "letters multiplied as matrices in any bracketing, each product of two rounded as a step is, and the product of "
    "all applied to the start: for as many symbols as dtypes says, the bounds of sequential order hold with this eta"
)
FORMED: Final = "letters made matrices first, each column what a step makes of a unit vector; then "
"""What goes before these where letters are stored as factors or updates."""
Rows: TypeAlias = list[list[Fraction]]


@final
@dataclass(frozen=True)
class ScanHorizon:
    """For how many symbols a scan is read right: `steps`, None for every length; `eta` as in theorem B."""

    eta: Fraction
    steps: int | None


def scan_horizon(drift: Fraction, product: Fraction, mu: Fraction) -> ScanHorizon | None:
    """Return the horizon of 1 + eta = (1 + drift)(1 + product) at mu <= 1; None where no step is proved."""
    eta = (1 + drift) * (1 + product) - 1
    steps = powers_below(1 + mu, eta)
    return ScanHorizon(eta, steps) if steps else None


def turn_error(form: FloatFormat) -> tuple[Fraction, Fraction]:
    """Return g and a of the product of two pairs (c, s) as complex numbers.

    Each part is two products and their sum in the accumulating format, off by gamma_2 |P| |Q| (Cauchy and Schwarz), two
    parts by 3/2 of that; then one rounding to a shorter format. Each part underflows by the least number at most.
    """
    unit, underflow = Fraction(1, 1 << form.accumulator.precision), Fraction(2) ** form.accumulator.lowest
    gain = Fraction(3, 2) * 2 * unit / (1 - 2 * unit)
    if form.accumulator != form:
        kept = Fraction(1, 1 << form.precision)
        gain += kept * (1 + gain)
        underflow += Fraction(2) ** form.lowest
    return gain, Fraction(3, 2) * underflow


def block_error(size: int, form: FloatFormat) -> tuple[Fraction, Fraction]:
    """Return g and a of the product of two blocks of n rows, or of a block and a vector.

    |fl(P Q) - P Q|_F <= gamma_n |P|_F |Q|_F <= n gamma_n |P| |Q|; rounding to a shorter format of unit w adds w times
    the Frobenius norm of what was computed, at most sqrt(n) |P| |Q| and the first error. CertificateError where
    n u >= 1/2.
    """
    unit, least = Fraction(1, 1 << form.accumulator.precision), Fraction(2) ** form.accumulator.lowest
    if 2 * size * unit >= 1:
        message = f"{size} terms are too many for one sum"
        raise CertificateError("float", message)
    gain, underflow = size * size * unit / (1 - size * unit), 2 * size * size * least
    if form.accumulator != form:
        gain += Fraction(1, 1 << form.precision) * (root_of(size) + gain)
        underflow = 2 * underflow + size * Fraction(2) ** form.lowest
    return gain, underflow


def root_of(size: int) -> int:
    """Return the least integer that is n^(1/2) at least."""
    return math.isqrt(size - 1) + 1


def is_power_or_zero(value: Scalar) -> bool:
    """Tell whether a number is 0 or a power of two of magnitude at most 1, up to its sign."""
    size = absolute(value)
    return size in (0, 1) or (size.numerator == 1 and not size.denominator & (size.denominator - 1))


def exact_sums(simulation: Simulation) -> int | None:
    """Return the bound of theorem P on entries and partial sums of products of integer letters.

    None where a letter's matrix is not of integers, where the codes do not span, or beyond the limits.
    """
    start = simulation.codes[0]
    columns = {column for matrix in simulation.matrices for column in columns_of(matrix)}
    if any(entry.denominator != 1 for column in columns for _, entry in column):
        return None
    if all(not column or (len(column) == 1 and column[0][1] in (1, -1)) for column in columns):
        return max(1, int(sum(absolute(entry) for _, entry in start)))
    bounds = _products(simulation.codes, simulation.size)
    if bounds is None:
        return None
    reach, weights = bounds
    # M = reach weights^T, so M M = (weights . reach) M and M |h_0| = (weights . |h_0|) reach.
    widest, heaviest = max(reach), max(weights)
    inner = sum(map(Fraction.__mul__, weights, map(Fraction, reach)), Fraction(0))
    applied = widest * sum(weights[place] * absolute(entry) for place, entry in start)
    return math.ceil(max(widest * heaviest, inner * widest * heaviest, applied))


def _products(codes: Sequence[Vector], size: int) -> tuple[list[int], list[Fraction]] | None:
    """Return the greatest |entry i| of a code, and the sum over codes c of |((C C^T)^-1 c)_j|."""
    if size > WIDEST or len(codes) * size * size > FRAME_LIMIT:
        return None
    inverse = _inverse(_gram(codes, size))
    if inverse is None:
        return None
    unit = math.lcm(*(entry.denominator for row in inverse for entry in row))
    rows = [[int(entry * unit) for entry in row] for row in inverse]
    reach, weights = [0] * size, [0] * size
    for code in codes:
        for place, entry in code:
            reach[place] = max(reach[place], int(absolute(entry)))
        for place, row in enumerate(rows):
            weights[place] += abs(sum(row[other] * int(entry) for other, entry in code))
    return reach, [Fraction(weight, unit) for weight in weights]


def _gram(codes: Sequence[Vector], size: int) -> Rows:
    """Return C C^T."""
    total: list[list[Scalar]] = [[0] * size for _ in range(size)]
    for code in codes:
        for row, left in code:
            for column, right in code:
                total[row][column] += left * right
    return [list(map(Fraction, row)) for row in total]


def _inverse(matrix: Rows) -> Rows | None:
    """Return the inverse of a positive semidefinite matrix, None where it is singular: then a pivot vanishes."""
    size = len(matrix)
    rows = [[*row, *(Fraction(place == other) for other in range(size))] for place, row in enumerate(matrix)]
    for pivot in range(size):
        first = rows[pivot][pivot]
        if not first:
            return None
        rows[pivot] = [entry / first for entry in rows[pivot]]
        for place in range(size):
            factor = rows[place][pivot]
            if place != pivot and factor:
                rows[place] = [entry - factor * other for entry, other in zip(rows[place], rows[pivot], strict=True)]
    return [row[size:] for row in rows]
