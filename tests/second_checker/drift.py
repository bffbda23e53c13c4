"""Theorem D: eta, mu, lead and the number of steps of rounded blocks beside the rows of their own readout, anew.

e_t + V <= (1 + eta)^t (e_0 + V), in fractions throughout; roots are rounded up to 2^-400, logarithms are those of
`rounding`. What a step may err by is worked out block by block and letter by letter as the theorem says.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

from tests.second_checker import scan
from tests.second_checker.exact import connected, times
from tests.second_checker.formats import FORMATS, SHORT, layout, worded
from tests.second_checker.machine import Machine
from tests.second_checker.rounding import DIGITS, count_steps, printed, put_back, replaced, root_above
from tests.second_checker.structures import Stored, Update
from tests.second_checker.wire import demand

TEXT = "the rows of readout.weight"
REASON = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    "accumulating format (float32 for bfloat16 and float16, otherwise the stored format), in any order of summation, "
    "fused or not, an update as the product of key and state, times beta, times key, factors as input, gates and "
    "output one after the other, and each new state rounded once to the stored format: with V the largest norm of a "
    "block of a prototype and e_0 the distance of the stored start, after t steps every block of the state is within "
    "(1 + eta)^t (V + e_0) - V of a prototype of the right state, and a state that is nearer than "
    "(1 + mu) (V + e_0) - V is read right, the scores' own rounding included"
)
GROWING = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    "accumulating format (float32 for bfloat16 and float16, otherwise the stored format), in any order of summation, "
    "fused or not, an update as the product of key and state, times beta, times key, factors as input, gates and "
    "output one after the other, and each new state rounded once to the stored format: a state of which every block is "
    "within e of a prototype of the right state is within (1 + eta) e + added of one a symbol later, the stored start "
    "is within e_0 of the first, and with V the largest norm of a block of a prototype a state that is nearer than "
    "(1 + mu) (V + e_0) - V is read right, the scores' own rounding included"
)
PUT_BACK = (
    "after snap.every symbols at most the state is replaced by row q of snap.prototype, q being the state that it is "
    "read as; these rows and the start are off by at most away, and from there so many steps end nearer than "
    "(1 + mu) (V + e_0) - V, so that every state is read right before it is replaced: "
)
MOST = 4096
Row = list[Fraction]


Step = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]


class Errors(NamedTuple):
    """|A| <= 1 + stretch, |computed A h - A h| <= gain |h| + underflow, and no number met exceeds peak |h|."""

    stretch: Fraction
    gain: Fraction
    underflow: Fraction
    peak: Fraction


def prove(certificate: dict[str, Any], stored: Stored, machine: Machine, reads: list[int]) -> dict[str, Any]:
    """Refuse unless the prototypes carry the claim; return the fields that they determine."""
    contract = certificate["claim"]["contract"]
    demand(contract in ("injective", "cover"), "claim: contract")
    demand(contract == "cover" or len(set(reads)) == len(reads), "reads: two prototypes of one state")
    demand(reads == stored.of, "reads: not those of the readout's rows")
    return {"prototypes": TEXT, **measured(stored, machine.table)}


def measured(stored: Stored, table: list[list[int]]) -> dict[str, Any]:
    """Return the fields that weights and readout determine; refuse where no step holds."""
    demand(stored.blocks is not None and stored.head is None, "operator: prototypes prove nothing of it")
    inner, outer = layout(stored.dtype), layout(stored.readout_dtype)
    wide = outer[0] >= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2]
    demand(wide, "separation: the readout's format does not hold the states")
    rows: list[Row] = [[Fraction(0)] * stored.size for _ in stored.of]
    for place, column in enumerate(stored.readout):
        for row, value in column:
            rows[row][place] = Fraction(value)
    norm = max(norms(row, stored.blocks)[0] for row in rows)
    away = [value - stored.start.get(place, 0) for place, value in enumerate(rows[0])]
    start = norms(away, stored.blocks)[0]
    demand(norm > 0 and start <= norm, "codes: the start is far from the first prototype")
    lead, borne = separation(stored, rows, norm)
    mu = Fraction(1) if borne is None else min(Fraction(1), (borne - start) / (norm + start))
    demand(mu > 0, "float: the start itself is not read")
    steps, eta, added, scanned = lasting(stored, step_errors(stored, table, rows, norm), (norm, start, mu))
    bounds = {"eta": printed(math.ceil(eta * 10**DIGITS)), "mu": printed(math.floor(mu * 10**DIGITS))}
    if added is not None:
        bounds["added"] = printed(math.ceil(added * 10**DIGITS))
    found = {
        "steps": steps,
        "field": "dyadic rationals",
        "float": {
            "dtypes": {FORMATS[stored.dtype][0]: steps},
            "reason": worded(stored.dtype, REASON if added is None else GROWING),
            "scan": scanned,
            **bounds,
        },
        "separation": {"decoder": "linear-argmax", "margin": lead and printed(math.floor(lead * 10**DIGITS))},
    }
    if stored.snap is None:
        return found
    away = max(start, farthest_put_back(stored, rows))
    limit = (1 + mu) * (norm + start) - norm
    if added is None:
        return put_back(found, stored, eta, (norm, limit, away))
    demand(stored.snap[0] <= follow(eta, added, away, limit), "snap: too late")
    return replaced(found, stored, away, PUT_BACK)


def farthest_put_back(stored: Stored, rows: list[Row]) -> Fraction:
    """Return how far a state that is put back is from its row at most."""
    kept = [[Fraction(stored.snap[1][read].get(place, 0)) for place in range(stored.size)] for read in stored.of]
    gaps = ([a - b for a, b in zip(*pair, strict=True)] for pair in zip(rows, kept, strict=True))
    return max(norms(row, stored.blocks)[0] for row in gaps)


def lasting(
    stored: Stored, letters: list[Step], sizes: tuple[Fraction, Fraction, Fraction]
) -> tuple[int, Fraction, Fraction | None, dict[str, Any]]:
    """Return steps, eta, what a step adds (None: theorem D) and the scan, of V, e_0 and mu; refuse no step."""
    norm, start, mu = sizes
    eta = max(gain + max(stretch, (missed + small) / norm) for stretch, gain, small, missed, _ in letters)
    exact = max(max(stretch, missed / norm) for stretch, _, _, missed, _ in letters)
    steps = count_steps(eta, mu)
    if steps:
        units = max(gain + small for _, gain, small, _, _ in letters), max(peak for *_, peak in letters)
        return steps, eta, None, scan.of_blocks(stored, exact, (norm, mu), units)
    eta = max(stretch + gain for stretch, gain, *_ in letters)
    added = max(missed + small + gain * norm for _, gain, small, missed, _ in letters)
    steps = follow(eta, added, start, (1 + mu) * (norm + start) - norm)
    demand(steps, "float: not one step is proved")
    return steps, eta, added, {"dtypes": {}}


def follow(growth: Fraction, added: Fraction, error: Fraction, limit: Fraction) -> int:
    """Return the greatest t up to MOST with e_t below a limit, e_t = (1 + growth) e_(t-1) + added, in closed form."""
    fixed = added / growth
    steps = 0
    # e_t + fixed = (1 + growth)^t (e_0 + fixed); the power is taken in whole, at each length.
    while steps < MOST and (1 + growth) ** (steps + 1) * (error + fixed) - fixed < limit:
        steps += 1
    return steps


def squares(row: Row, blocks: list[int]) -> list[Fraction]:
    """Return |row|^2 block by block."""
    entries = iter(row)
    return [sum((next(entries) ** 2 for _ in range(width)), Fraction(0)) for width in blocks]


def norms(row: Row, blocks: list[int]) -> tuple[Fraction, Fraction]:
    """Return the largest and the sum of the norms of a row's blocks, from above."""
    found = squares(row, blocks)
    return root_above(max(found)), sum(map(root_above, found), Fraction(0))


def step_errors(stored: Stored, table: list[list[int]], rows: list[Row], norm: Fraction) -> list[Step]:
    """Return by letter s, g, a, the greatest |r| and the peak; refuse prototypes that do not follow, or overflow."""
    largest = layout(stored.dtype)[2]
    found, steps = [], [set() for _ in rows]
    for symbol, stages in enumerate(stored.stages):
        columns = [{place: 1} for place in range(stored.size)]
        for stage in stages:
            columns = [times(stage, column) for column in columns]
        errors = errors_of(stored, symbol, columns)
        demand(8 * norm * errors.peak <= largest, "float: a sum may overflow")
        farthest = Fraction(0)
        for place, (row, read) in enumerate(zip(rows, stored.of, strict=True)):
            moved = [Fraction(0)] * stored.size
            for entry, column in zip(row, columns, strict=True):
                for target, weight in column.items():
                    moved[target] += weight * entry
            right = [k for k, state in enumerate(stored.of) if state == table[read][symbol]]
            demand(right, "induction: no prototype of a state that follows")
            off = [max(squares([a - b for a, b in zip(moved, rows[k], strict=True)], stored.blocks)) for k in right]
            nearest = off.index(min(off))
            steps[place].add(right[nearest])
            farthest = max(farthest, root_above(off[nearest]))
        found.append((errors.stretch, errors.gain, errors.underflow, farthest, errors.peak))
    demand(len(connected(steps)) == len(rows), "reads: no word leads to one of the prototypes")
    return found


def errors_of(stored: Stored, symbol: int, columns: list[dict[int, Any]]) -> Errors:
    """Return the bounds of one letter in the stored format, the worst block deciding each."""
    short = stored.dtype in SHORT
    precision, lowest, _ = layout("F32" if short else stored.dtype)
    unit, least = Fraction(1, 2**precision), Fraction(2) ** lowest
    found, first = [], 0
    for width in stored.blocks:
        block = [[Fraction(column.get(row, 0)) for row in range(first, first + width)] for column in columns]
        block = block[first : first + width]
        if len(stored.stages[symbol]) > 1 and stored.updates is None:
            found.append(Errors(stretch(block), *errors_of_factors(stored.stages[symbol], width, unit, least)))
        elif stored.updates is None:
            frobenius = root_above(sum((entry**2 for column in block for entry in column), Fraction(0)))
            found.append(Errors(stretch(block), gamma(width, unit) * frobenius, 2 * width**2 * least, 1 + frobenius))
        else:
            found.append(Errors(stretch(block), *errors_of_updates(stored.updates[symbol], width, unit, least)))
        first += width
    worst = Errors(*map(max, zip(*found, strict=True)))
    if not short:
        return worst
    precision, lowest, _ = layout(stored.dtype)
    gain = worst.gain + (1 + worst.stretch + worst.gain) / 2**precision
    return worst._replace(gain=gain, underflow=2 * worst.underflow + max(stored.blocks) * Fraction(2) ** lowest)


def errors_of_factors(stages: Any, width: int, unit: Fraction, least: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Return gain, underflow and peak of output diag(gates) input, the input first; `stages` are their columns."""
    first, gates, last = ([[(row, abs(Fraction(value))) for row, value in column] for column in one] for one in stages)
    rank = len(gates)
    weights = [dict(column).get(place, Fraction(0)) for place, column in enumerate(gates)]
    whole = [times(last, times(gates, dict(column))) for column in first]
    norms_of = [
        root_above(sum((value**2 for value in one), Fraction(0)))
        for one in (
            [value for column in whole for value in column.values()],
            [value for column in first for _, value in column],
        )
    ]
    pushed = sum(
        value * (1 + width * weight) for column, weight in zip(last, weights, strict=True) for _, value in column
    )
    gain = gamma(width + rank + 1, unit) * norms_of[0]
    return gain, 2 * least * (width * rank + pushed), 1 + norms_of[1] * (1 + max(weights)) + norms_of[0]


def stretch(block: list[Row]) -> Fraction:
    """Return |A^T A - I|_F / 2 of the columns of A."""
    square = Fraction(0)
    for place, left in enumerate(block):
        for other, right in enumerate(block):
            product = sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))
            square += (product - int(place == other)) ** 2
    return root_above(square) / 2


def errors_of_updates(
    updates: list[Update], size: int, unit: Fraction, least: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Return gain, underflow and peak of updates that follow one another: N_j alone, and N_j + u + gamma_(n+3) c_j."""
    exact = computed = peak = Fraction(1)
    underflow = Fraction(0)
    for key, beta, _ in updates:
        square = sum((Fraction(entry) ** 2 for entry in key.values()), Fraction(0))
        alone = max(Fraction(1), abs(1 - beta * square))
        with_error = alone + unit + gamma(size + 3, unit) * abs(beta) * square
        peak = max(peak, exact * (1 + abs(beta)) * (2 + square))
        # 1 + |k|^2 is at least |k|.
        underflow = underflow * with_error + 2 * least * (size + (1 + square) * (size * abs(beta) + 1))
        exact, computed = exact * alone, computed * with_error
    return computed - exact, underflow, peak


def gamma(terms: int, unit: Fraction) -> Fraction:
    """Return n u / (1 - n u), n u below 1/2."""
    demand(2 * terms * unit < 1, "float: too many terms for one sum")
    return terms * unit / (1 - terms * unit)


def separation(stored: Stored, rows: list[Row], norm: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """Return the least lead of the right row and the error that is borne in every block; None for no bound."""
    bias = [Fraction(stored.bias.get(row, 0)) for row in range(len(rows))]
    taken = rounding_of_scores(stored, rows, bias, norm)
    leads, borne = [], []
    for point, read in zip(rows, stored.of, strict=True):
        scores = [
            sum((a * b for a, b in zip(row, point, strict=True)), start) for row, start in zip(rows, bias, strict=True)
        ]
        own = max((row for row, state in enumerate(stored.of) if state == read), key=scores.__getitem__)
        for rival in (row for row, state in enumerate(stored.of) if state != read):
            lead = scores[own] - scores[rival]
            demand(lead > taken, "decoder: a prototype is not read as its state")
            leads.append(lead)
            spread = norms([a - b for a, b in zip(rows[own], rows[rival], strict=True)], stored.blocks)[1]
            borne += [(lead - taken) / spread] if spread else []
    return min(leads, default=None), min(borne, default=None)


def rounding_of_scores(stored: Stored, rows: list[Row], bias: list[Fraction], norm: Fraction) -> Fraction:
    """Return twice the error of a score of a state whose blocks have norms up to 4 V; refuse scores that overflow."""
    precision, lowest, largest = layout(stored.readout_dtype)
    terms = stored.size + 2
    demand(2 * terms <= 2**precision, "decoder: too many terms")
    widest = zip(*(squares(row, stored.blocks) for row in rows), strict=True)
    size = 4 * norm * sum((root_above(max(block)) for block in widest), Fraction(0)) + max(map(abs, bias))
    underflow = terms * Fraction(2) ** lowest
    demand(2 * size + underflow <= largest, "decoder: a score may overflow")
    return 2 * (Fraction(terms, 2**precision - terms) * size + underflow)
