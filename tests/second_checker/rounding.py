"""Theorem H: eta, mu, lead and the number of steps of rounded rotations, anew.

e_T <= (1 + eta)^T - 1, and a state is read right while e_T < mu. Points of the circle are balls (a middle and a
radius in units of 2^-400) from the Taylor series around the nearest quarter turn, pi is the sum of Bailey, Borwein
and Plouffe, logarithms are those of the decimal module to 120 digits.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from tests.second_checker.formats import FORMATS, SHORT, flushed, holds_number, layout, worded
from tests.second_checker.structures import Number, Stored
from tests.second_checker.wire import demand

BITS = 400
ONE = 1 << BITS
REASON = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    "accumulating format (float32 for bfloat16 and float16, otherwise the stored format), fused or not, and each new "
    "state rounded once to the stored format: while steps is not exceeded, every plane is off by at most "
    "(1 + eta)^steps - 1 < mu, and a state that is off by less than mu in every plane is read right, the scores' own "
    "rounding included; lines stay in their cells, since rounding is monotone and their ends are numbers of the format"
)
SNAPPED = (
    "after snap.every symbols at most the state is replaced by row q of snap.prototype, q being the state that it is "
    "read as; these rows and the start are off by at most away, and (1 + eta)^every (V + away) is less than "
    "(1 + mu)(V + e_0), V the largest norm of a prototype and e_0 how far the start is off, V = 1 and e_0 = 0 on "
    "circles, so that every state is read right before it is replaced; between, steps counted from the last "
    "replacement and away in place of e_0: "
)
ROWS_AGREE = 1 << 128  # parts of one: scores nearer than that count as equal, and the first row speaks
DIGITS = 24

Ball = tuple[int, int]


@cache
def pi() -> Ball:
    """sum_k 16^-k (4/(8k+1) - 2/(8k+4) - 1/(8k+5) - 1/(8k+6)): every term is positive and below 4 * 16^-k."""
    count = BITS // 4 + 4
    total = 0
    for k in range(count):
        term = Fraction(4, 8 * k + 1) - Fraction(2, 8 * k + 4) - Fraction(1, 8 * k + 5) - Fraction(1, 8 * k + 6)
        total += math.floor(term * ONE / 16**k)
    return total, count + 8


@cache
def point(turn: Fraction | None) -> tuple[Ball, Ball]:
    """Return cosine and sine of a turn; both exact zeros for None."""
    if turn is None:
        return (0, 0), (0, 0)
    quarters = math.floor(turn * 4 + Fraction(1, 2))
    rest = turn * 4 - quarters
    cosine, sine = ((ONE, 0), (0, 0)) if rest == 0 else series(rest)
    for _ in range(quarters % 4):
        cosine, sine = (-sine[0], sine[1]), cosine
    return cosine, sine


def series(rest: Fraction) -> tuple[Ball, Ball]:
    """Return cosine and sine of `rest` quarter turns, |rest| <= 1/2."""
    middle, radius = pi()
    angle = math.floor(middle * rest / 2)
    sums, term, order = [0, 0], ONE, 0
    while term and order < 2 * BITS:
        sums[order % 2] += term if order % 4 < 2 else -term
        order += 1
        term = term * angle // (order * ONE)
    # Each of fewer than `order` terms is off by less than 2, what is left out by less than 2, the angle by the rest.
    off = 2 * order + 4 + radius
    return (sums[0], off), (sums[1], off)


def root_above(square: Fraction) -> Fraction:
    """Return an upper bound of the square root, exact for squares of whole numbers of 2^-BITS; finer for small ones."""
    one = ONE
    while square and square * one < 1:
        one *= ONE
    whole = math.ceil(square * one * one)
    root = math.isqrt(whole)
    return Fraction(root + (root * root < whole), one)


def distance(turn: Fraction | None, cosine: Number, sine: Number) -> Fraction:
    """Return |B - A| of one plane; zero where both entries are exactly 0, 1 or -1 as wanted."""
    pairs = list(zip(point(turn), (Fraction(cosine), Fraction(sine)), strict=True))
    if all(radius == 0 and Fraction(middle, ONE) == value for (middle, radius), value in pairs):
        return Fraction(0)
    demand(turn is not None, "letters: a plane that is sent to zero is stored as zero")
    gaps = [abs(Fraction(middle, ONE) - value) + Fraction(radius, ONE) for (middle, radius), value in pairs]
    return root_above(gaps[0] ** 2 + gaps[1] ** 2)


def step_error(turn: Fraction | None, cosine: Number, sine: Number, dtype: str) -> Fraction:
    """Return |B - A| and what a step rounds by beside a state of norm 1, zero where nothing rounds."""
    away = distance(turn, cosine, sine)
    if away == 0:
        return away
    short = dtype in SHORT
    precision, lowest, _ = layout("F32" if short else dtype)
    unit = Fraction(1, 2**precision)
    summed = Fraction(abs(cosine) + abs(sine)) * 2 * unit / (1 - 2 * unit)
    smallest = Fraction(2) ** lowest
    if not short:
        return away + summed + smallest * Fraction(3, 2)
    # The sum, of norm 1 + |B - A| + summed at most, is rounded to the shorter format.
    kept, smallest = Fraction(1, 2 ** layout(dtype)[0]), smallest + Fraction(2) ** layout(dtype)[1]
    return away + summed + kept * (1 + away + summed) + smallest * Fraction(3, 2)


def measured(stored: Stored, letters: Sequence[Any], regions: Sequence[Any], reads: list[int]) -> dict[str, Any]:
    """Return the fields that weights, letters and regions determine; refuse where they do not fit or no step holds."""
    fit(stored, letters, regions)
    lines = stored.lines
    eta = Fraction(0)
    for letter, (columns,) in zip(letters, stored.stages, strict=True):
        for plane, turn in enumerate(letter.turns):
            place = lines + 2 * plane
            block = dict(columns[place])
            eta = max(eta, step_error(turn, block.get(place, 0), block.get(place + 1, 0), stored.dtype))
    lead, mu = separation(stored, regions, reads)
    steps = "all lengths" if eta == 0 else count_steps(eta, mu)
    demand(steps, "float: not one step is proved")
    margin = None if lead is None else printed(math.floor(lead * 10**DIGITS))
    bounds = {"eta": printed(math.ceil(eta * 10**DIGITS)), "mu": printed(math.floor(mu * 10**DIGITS))}
    return {
        "steps": steps,
        "field": "Q and roots of unity",
        "float": {"dtypes": {FORMATS[stored.dtype][0]: steps}, "reason": worded(stored.dtype, REASON), **bounds},
        "bounds": (eta, mu),
        "separation": {"decoder": "linear-argmax", "margin": margin},
    }


def printed(units: int) -> str:
    """Return a number of units of 10^-DIGITS as text."""
    return f"{units}e-{DIGITS}"


def fit(stored: Stored, letters: Sequence[Any], regions: Sequence[Any]) -> None:
    """Refuse unless lines are stored exactly, regions end in numbers of the format, and the start is in the first."""
    first = regions[0]
    lines = len(first.ends) // 2
    demand(stored.lines == lines and stored.size == lines + 2 * len(first.turns), "cells: another structure")
    demand(stored.head is None, "head: regions prove no linear head")
    inner, outer = layout(stored.dtype), layout(stored.readout_dtype)
    wide = outer[0] >= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2]
    demand(wide, "separation: the readout's format does not hold the states")
    for letter, (columns,) in zip(letters, stored.stages, strict=True):
        factors = [dict(columns[line]).get(line, 0) for line in range(lines)]
        demand(factors == letter.factors, "letters: a stored factor is another")
    demand(
        all(holds_number(end, stored.dtype) for region in regions for end in region.ends), "cells: an end is no float"
    )
    demand(not any(flushed(end, stored.dtype) for region in regions for end in region.ends), "cells: a subnormal end")
    start = [stored.start.get(place, 0) for place in range(stored.size)]
    ends = zip(first.ends[::2], start, first.ends[1::2], strict=False)
    demand(all(low <= value <= high for low, value, high in ends), "cells: the start is outside the first")
    demand(start[lines:] == [1, 0] * len(first.turns), "cells: a plane does not start at one")
    demand(all(turn == 0 for turn in first.turns), "cells: a plane of the first is not at turn zero")


def separation(stored: Stored, regions: Sequence[Any], reads: list[int]) -> tuple[Fraction | None, Fraction]:
    """Return the least lead of the right row, None when there is no other, and mu; refuse a region read wrongly."""
    lines, of = stored.lines, stored.of
    rows: list[list[Fraction]] = [[Fraction(0)] * stored.size for _ in of]
    for place, column in enumerate(stored.readout):
        for row, value in column:
            rows[row][place] = Fraction(value)
    bias = [Fraction(stored.bias.get(row, 0)) for row in range(len(of))]
    taken = rounding_of_scores(stored, regions, rows, bias)
    leads, mu = [], Fraction(1)
    for region, read in zip(regions, reads, strict=True):
        box = [
            ((low + high) / 2, (high - low) / 2) for low, high in zip(region.ends[::2], region.ends[1::2], strict=True)
        ]
        box += [(Fraction(mid, ONE), Fraction(off, ONE)) for turn in region.turns for mid, off in point(turn)]
        products = (zip(row, box, strict=True) for row in rows)
        middles = [b + sum(w * mid for w, (mid, _) in row) for row, b in zip(products, bias, strict=True)]
        candidates = [row for row, state in enumerate(of) if state == read]
        demand(candidates, "separation: no row stands for a state that is read")
        own = max(candidates, key=lambda row: round(middles[row] * ROWS_AGREE))
        for row in (row for row, state in enumerate(of) if state != read):
            change = [ours - theirs for ours, theirs in zip(rows[own], rows[row], strict=True)]
            lead = middles[own] - middles[row] - sum(abs(w) * off for w, (_, off) in zip(change, box, strict=True))
            demand(lead > taken, "separation: a region is not read as its state")
            leads.append(lead)
            planes = zip(change[lines::2], change[lines + 1 :: 2], strict=True)
            spread = sum(root_above(a * a + b * b) for a, b in planes if a or b)
            mu = min(mu, (lead - taken) / spread) if spread else mu
    return min(leads, default=None), mu


def rounding_of_scores(stored: Stored, regions: Sequence[Any], rows: Any, bias: Any) -> Fraction:
    """Return twice the error of a score of H products and a bias; refuse scores that may overflow."""
    lines = range(stored.lines)
    reach = [max(abs(end) for region in regions for end in region.ends[2 * line : 2 * line + 2]) for line in lines]
    reach += [Fraction(2)] * (stored.size - stored.lines)
    precision, lowest, largest = layout(stored.readout_dtype)
    terms = stored.size + 2
    demand(2 * terms <= 2**precision, "separation: too many terms")
    products = (zip(row, reach, strict=True) for row in rows)
    size = max(sum(abs(w) * r for w, r in row) + abs(b) for row, b in zip(products, bias, strict=True))
    underflow = terms * Fraction(2) ** lowest
    demand(2 * size + underflow <= largest, "separation: a score may overflow")
    return 2 * (Fraction(terms, 2**precision - terms) * size + underflow)


def put_back(
    fields: dict[str, Any], stored: Stored, eta: Fraction, norms: tuple[Fraction, Fraction, Fraction]
) -> dict[str, Any]:
    """Return the fields of a state that is put back in time; norms are V, the error borne, and that of prototypes."""
    every = stored.snap[0]
    largest, borne, away = norms
    demand(eta > 0 and borne > away, "snap: nothing to put back")
    demand(every <= count_steps(eta, (borne - away) / (largest + away)), "snap: too late")
    return replaced(fields, stored, away, SNAPPED)


def replaced(fields: dict[str, Any], stored: Stored, away: Fraction, text: str) -> dict[str, Any]:
    """Return the fields of a state that is put back in time, and why that is so."""
    snap = {"every": stored.snap[0], "away": printed(math.ceil(away * 10**DIGITS))}
    whole = {"dtypes": {FORMATS[stored.dtype][0]: "all lengths"}, "snap": snap, "scan": {"dtypes": {}}}
    changed = fields["float"] | whole | {"reason": text + fields["float"]["reason"]}
    return fields | {"steps": "all lengths", "float": changed}


def count_steps(eta: Fraction, mu: Fraction) -> int:
    """Return the greatest T with (1 + eta)^T - 1 < mu, undecided ones refused."""
    if eta >= 1:
        return 0
    with decimal.localcontext() as context:
        context.prec = 120
        above, below = ((decimal.Decimal(x.numerator) / decimal.Decimal(x.denominator)).ln() for x in (1 + mu, 1 + eta))
        ratio = above / below
        steps = int(ratio)
        gap = min(ratio - steps, steps + 1 - ratio)
        demand(gap > decimal.Decimal(10) ** -60, "float: the number of steps is undecided")
    return steps
