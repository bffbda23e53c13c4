"""|A|_2 <= 1 + s, and a computed step is off from A h by at most g |h| + a: the bounds of one stored letter.

s: |A^T A - I|_F <= f gives |A|_2 <= 1 + f / 2. g for a block of n coordinates that is multiplied out is
gamma_n | |A| |_2 with gamma_n = n u / (1 - n u), u the unit roundoff of the accumulating format (Higham, Accuracy and
Stability of Numerical Algorithms, section 3.1), and | |A| |_2 at most |A|_F. For an update I - b k k^T with
c = |b| |k|^2 it is u + gamma_{n+3} c: the scalar product is off by gamma_n |k| |h|, the two products by another gamma_2
of what they should be, the difference by u of its result, which is at most (1 + c (1 + gamma_{n+2})) |h|. A product of
updates is off by prod (N_j + g_j) - prod N_j, N_j = max(1, |1 - b |k|^2|) the norm of one. For factors U diag(w) V^T
with R products, V^T h first, it is gamma_(n+R+1) | |U| diag |w| |V|^T |_F. Where the state is kept in a shorter format
of unit w, g becomes g + w (1 + s + g).

a: only products underflow, each by at most the least number of the accumulating format, and what follows in the step
enlarges that by its own factors; one more such number per coordinate where the state is kept in a shorter format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.matrix import ExactMatrix, columns_of
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix, Vector, absolute, dot, magnitude
from fsm2rnn.exact.updates import UpdateProduct
from fsm2rnn.proof.rounding.nearness import root_above

Block: TypeAlias = tuple[tuple[Fraction, ...], ...]


@final
@dataclass(frozen=True)
class LetterErrors:
    """|A|_2 <= 1 + stretch, a computed step is off by at most gain |h| + underflow, no number exceeds peak |h|."""

    stretch: Fraction
    gain: Fraction
    underflow: Fraction
    peak: Fraction


def letter_errors(matrix: ExactMatrix, blocks: tuple[int, ...], form: FloatFormat) -> LetterErrors:
    """Return the bounds of one letter, the greatest over its blocks."""
    unit, least = Fraction(1, 1 << form.accumulator.precision), Fraction(2) ** form.accumulator.lowest
    found, first = [], 0
    for size in blocks:
        columns = tuple(dict(column) for column in columns_of(matrix)[first : first + size])
        block = tuple(tuple(Fraction(column.get(first + row, 0)) for row in range(size)) for column in columns)
        match matrix:
            case UpdateProduct():
                found.append(_updates(matrix, block, unit, least))
            case FactoredMatrix():
                found.append(_factors(matrix, block, unit, least))
            case SparseMatrix():
                norm = _frobenius(matrix.columns[first : first + size])
                underflow = 2 * size * size * least
                found.append(LetterErrors(_stretch(block), _gamma(size, unit) * norm, underflow, 1 + norm))
        first += size
    letter = LetterErrors(*(max(values) for values in zip(*map(_numbers, found), strict=True)))
    if form.accumulator == form:
        return letter
    kept = Fraction(1, 1 << form.precision)
    gain = letter.gain + kept * (1 + letter.stretch + letter.gain)
    return replace(letter, gain=gain, underflow=2 * letter.underflow + max(blocks) * Fraction(2) ** form.lowest)


def _numbers(letter: LetterErrors) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    return letter.stretch, letter.gain, letter.underflow, letter.peak


def _stretch(block: Block) -> Fraction:
    """Return |A^T A - I|_F / 2, from above."""
    square = Fraction(0)
    for place, column in enumerate(block):
        for other, row in enumerate(block):
            product = sum((a * b for a, b in zip(column, row, strict=True)), Fraction(0)) - (place == other)
            square += product * product
    return root_above(square) / 2


def _updates(
    matrix: UpdateProduct, block: tuple[tuple[Fraction, ...], ...], unit: Fraction, least: Fraction
) -> LetterErrors:
    """Return the bounds of a product of updates, computed one after the other."""
    size = matrix.height
    exact, computed, underflow, peak = Fraction(1), Fraction(1), Fraction(0), Fraction(1)
    for update in matrix.updates:
        square, beta = Fraction(dot(update.key, update.key)), Fraction(absolute(update.beta))
        scale, key = beta * square, 1 + square
        norm = max(Fraction(1), abs(1 - update.beta * square))
        peak = max(peak, exact * (1 + beta) * (1 + key))
        factor = norm + unit + _gamma(size + 3, unit) * scale
        underflow = underflow * factor + 2 * least * (size + key * (beta * size + 1))
        exact, computed = exact * norm, computed * factor
    return LetterErrors(_stretch(block), computed - exact, underflow, peak)


def _factors(matrix: FactoredMatrix, block: Block, unit: Fraction, least: Fraction) -> LetterErrors:
    """Return the bounds of U (w * V^T h): what underflows in V^T h is enlarged by |w| and |U|."""
    output, gates, source = matrix.output.magnitude(), magnitude(matrix.gates), matrix.input.magnitude()
    height, rank = matrix.height, output.width
    whole = _frobenius(FactoredMatrix(output, gates, source).product.columns)
    inner, widest = _frobenius(source.columns), max((gate for _, gate in gates), default=0)
    gate_of = dict(gates)
    enlarged = sum(entry * (1 + height * gate_of.get(r, 0)) for r, one in enumerate(output.columns) for _, entry in one)
    underflow = 2 * least * (height * rank + enlarged)
    return LetterErrors(
        _stretch(block), _gamma(height + rank + 1, unit) * whole, underflow, 1 + inner * (1 + widest) + whole
    )


def _frobenius(columns: Sequence[Vector]) -> Fraction:
    """Return the root of the sum of squares, from above."""
    return root_above(sum((Fraction(entry) ** 2 for column in columns for _, entry in column), Fraction(0)))


def _gamma(terms: int, unit: Fraction) -> Fraction:
    """Return gamma_n = n u / (1 - n u); CertificateError where n u is 1/2 or more."""
    if 2 * terms * unit >= 1:
        message = f"{terms} terms are too many for one sum"
        raise CertificateError("float", message)
    return terms * unit / (1 - terms * unit)
