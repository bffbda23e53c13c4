"""What a scan keeps, anew: letters multiplied as matrices, in any bracketing, and the product applied to the start.

Integers: a product P of letters permutes nothing but sends codes to codes, so it is (P C) C^T adj(C C^T) / det, worked
out by elimination without fractions. What rounds: theorem B in fractions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.second_checker.formats import FORMATS, SHORT, layout
from tests.second_checker.rounding import DIGITS, count_steps, distance, printed
from tests.second_checker.structures import Columns, Number, Sparse, Stored
from tests.second_checker.wire import demand

EXACT = (
    "letters multiplied as matrices in any bracketing: every entry and every partial sum, of products and of products "
    "applied to the start, is an integer of magnitude at most partial_sums, so no operation rounds"
)
ROUNDED = (
    "letters multiplied as matrices in any bracketing, each product of two rounded as a step is, and the product of "
    "all applied to the start: for as many symbols as dtypes says, the bounds of sequential order hold with this eta"
)
FORMED = "letters made matrices first, each column what a step makes of a unit vector; then "
MOST_WIDE, MOST_PRODUCTS = 32, 2**20
NOTHING: dict[str, Any] = {"dtypes": {}}


def of_integers(stored: Stored, codes: list[Sparse], proved: dict[str, str], formed: int) -> dict[str, Any]:
    """Return what is proved of integer letters.

    `proved` are the formats of the sequential run, `formed` bounds the numbers of a step from a unit vector.
    """
    columns = [column for letter in multiplied(stored) for column in letter]
    if not all(type(value) is int for column in columns for _, value in column):
        return NOTHING
    if all(len(column) < 2 and all(abs(value) == 1 for _, value in column) for column in columns):
        bound: int | None = max(1, sum(map(abs, stored.start.values())))
    else:
        bound = spanned(stored, codes)
    if bound is None:
        return NOTHING
    bound = max(bound, formed)
    dtypes = {name: proved[name] for name in proved if bound <= 2 ** bits(name)}
    reason = EXACT if as_matrices(stored) else FORMED + EXACT
    return {"dtypes": dtypes, "partial_sums": str(bound), "reason": reason} if dtypes else NOTHING


def as_matrices(stored: Stored) -> bool:
    """Tell whether letters are stored as the matrices that they are."""
    return stored.updates is None and all(len(stages) == 1 for stages in stored.stages)


def multiplied(stored: Stored) -> list[Columns]:
    """Return the matrix of each letter."""
    found = []
    for stages in stored.stages:
        columns: list[Sparse] = [{place: 1} for place in range(stored.size)]
        for stage in stages:
            columns = [_times(stage, column) for column in columns]
        found.append([[(row, _plain(value)) for row, value in column.items() if value] for column in columns])
    return found


def _plain(value: Number) -> Number:
    return value.numerator if value.denominator == 1 else value


def _times(stage: Columns, state: Sparse) -> Sparse:
    total: Sparse = {}
    for index, value in state.items():
        for row, entry in stage[index]:
            total[row] = total.get(row, 0) + entry * value
    return total


def bits(name: str) -> int:
    """Return the precision of a format."""
    return next(precision for known, precision in FORMATS.values() if known == name)


def spanned(stored: Stored, codes: list[Sparse]) -> int | None:
    """Return the bound on entries and sums of products where codes span the space, None where they do not."""
    size = stored.size
    if size > MOST_WIDE or len(codes) * size**2 > MOST_PRODUCTS:
        return None
    places = range(size)
    gram = [[sum(code.get(i, 0) * code.get(j, 0) for code in codes) for j in places] for i in places]
    solved = adjugate(gram)
    if solved is None:
        return None
    adjoint, determinant = solved
    reach = [max(abs(code.get(i, 0)) for code in codes) for i in places]
    dual = [sum(abs(sum(row[j] * value for j, value in code.items())) for code in codes) for row in adjoint]
    # Three bounds over one denominator: entries, sums of a product of two, sums of a product and the start.
    entries = max(reach) * max(dual) * determinant
    product = max(reach) * max(dual) * sum(map(int.__mul__, reach, dual))
    started = max(reach) * sum(dual[j] * abs(value) for j, value in stored.start.items()) * determinant
    return -(-max(entries, product, started) // determinant**2)


def adjugate(matrix: list[list[int]]) -> tuple[list[list[int]], int] | None:
    """Return (B, d) with B / d the inverse and d > 0, by Bareiss' elimination; None where a leading minor is zero."""
    size = len(matrix)
    rows = [[*row, *(int(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    before = 1
    for step in range(size):
        pivot = rows[step][step]
        if pivot == 0:
            return None
        for i in range(size):
            if i != step:
                left = rows[i][step]
                rows[i] = [(pivot * a - left * b) // before for a, b in zip(rows[i], rows[step], strict=True)]
        before = pivot
    return [row[size:] for row in rows], before


def of_turns(stored: Stored, letters: Sequence[Any], eta: Fraction, mu: Fraction) -> dict[str, Any]:
    """Return what is proved of rotations, eta being that of a step."""
    lines = [factor for letter in letters for factor in letter.factors]
    lines += [Fraction(stored.start.get(place, 0)) for place in range(stored.lines)]
    if not all(small_power(value) for value in lines):
        return NOTHING
    if eta == 0:
        return said(stored, Fraction(0), "all lengths")
    away = Fraction(0)
    for letter, (columns,) in zip(letters, stored.stages, strict=True):
        for plane, turn in enumerate(letter.turns):
            place = stored.lines + 2 * plane
            block = dict(columns[place])
            away = max(away, distance(turn, block.get(place, 0), block.get(place + 1, 0)))
    inner, least, kept, last = units(stored.dtype)
    gain = 3 * inner / (1 - 2 * inner)
    gain += kept * (1 + gain)
    return rounded(stored, away, gain + (least + last) * Fraction(3, 2), mu)


def small_power(value: Fraction) -> bool:
    """Tell whether a number is 0 or 2^-k up to its sign, k >= 0."""
    size = abs(value)
    return size == 0 or (size.numerator == 1 and size.denominator.bit_count() == 1)


def of_blocks(
    stored: Stored, drift: Fraction, sizes: tuple[Fraction, Fraction], unit_steps: tuple[Fraction, Fraction]
) -> dict[str, Any]:
    """Return what is proved of matrices, drift being eta where nothing rounds; sizes are V and mu.

    `unit_steps`: what a step of a unit vector errs by, and its largest number, where letters are no matrices.
    """
    (norm, mu), (formed, peak) = sizes, unit_steps
    width = max(stored.blocks)
    root = next(r for r in range(width + 1) if r * r >= width)
    inner, least, kept, last = units(stored.dtype)
    demand(2 * width * inner < 1, "float: too many terms")
    if not as_matrices(stored):
        drift += root * formed
    if 8 * (width if as_matrices(stored) else max(width, peak)) * max(1, norm) > layout(stored.dtype)[2]:
        return NOTHING
    gain = width**2 * inner / (1 - width * inner)
    underflow = 2 * width**2 * least
    if kept:
        gain, underflow = gain + kept * (root + gain), 2 * underflow + width * last
    return rounded(stored, drift, gain + underflow / min(1, norm), mu)


def units(dtype: str) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Return unit and least number of the accumulating format, and those of a shorter stored one, else zeros."""
    short = dtype in SHORT
    precision, lowest, _ = layout("F32" if short else dtype)
    stored_precision, stored_lowest, _ = layout(dtype)
    shorter = (Fraction(1, 2**stored_precision), Fraction(2) ** stored_lowest) if short else (Fraction(0),) * 2
    return Fraction(1, 2**precision), Fraction(2) ** lowest, *shorter


def rounded(stored: Stored, drift: Fraction, product: Fraction, mu: Fraction) -> dict[str, Any]:
    """Return the fields of 1 + eta = (1 + drift)(1 + product)."""
    eta = drift + product + drift * product
    steps = count_steps(eta, mu)
    return said(stored, eta, steps) if steps else NOTHING


def said(stored: Stored, eta: Fraction, steps: int | str) -> dict[str, Any]:
    """Return the fields."""
    bound = printed(math.ceil(eta * 10**DIGITS))
    reason = ROUNDED if as_matrices(stored) else FORMED + ROUNDED
    return {"dtypes": {FORMATS[stored.dtype][0]: steps}, "eta": bound, "reason": reason}
