"""Cells of torch.nn whose state is rounded to a grid: all grid states that a float32 step can lead to are listed.

With u = 2^-24: a sum of N terms errs by N u/(1 - N u) times the sum of their absolute values, |h| <= 1, and 2 N 2^-126;
tanh by 2 units in the last place, 2 u each; sigmoid by 4 and 2^-126; (1 - z) n + z h by 6 u; all else is rounded once.

Every state within these bounds has to be listed. Wider ones may be: a checker that reads tanh and sigmoid off at knots
states so much more. What is listed has to be led to within the wider bounds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from tests.second_checker import cells, exact
from tests.second_checker.cell_steps import Cell, Number, Row, entered, kept
from tests.second_checker.enclosures import (
    EXACT,
    ONE,
    ZERO,
    Interval,
    blend,
    decimal_of,
    plus,
    sigmoid,
    tanh,
    times,
)
from tests.second_checker.machine import Machine, listed, read_machine
from tests.second_checker.rounding import DIGITS, printed
from tests.second_checker.wire import demand, plain_int

REASON = (
    "the state rounded to the nearest multiple of 2^-grid, ties to even, after each symbol, and float32 evaluation in "
    "which a sum of N terms errs by at most N u/(1 - N u) times the sum of their absolute values, u = 2^-24, and "
    "2N 2^-126, tanh by at most 2 units in the last place, sigmoid by 4 and 2^-126, and each further operation rounds "
    "once; so in any order of sums, fused or not, but not with TF32, shorter products, approximate tanh or fast-math: "
    "every word leads from the start, zero, to one of grid.states, whichever of these evaluations each step takes, and "
    "on each of them the right logit leads by margin beyond what both logits can err"
)
U = Fraction(1, 2**24)
ULP, TINY = decimal_of(U), decimal_of(Fraction(1, 2**126))
LARGEST = (2**24 - 1) * 2**104  # of float32
MOST_STATES, MOST_BRANCHES = 100_000, 4096
Point = tuple[int, ...]


class Slack(NamedTuple):
    """What a checker may add to the bounds of tanh, of sigmoid, and of a coordinate in the end."""

    tanh: Decimal
    sigmoid: Decimal
    end: Decimal


NONE = Slack(ZERO, ZERO, ZERO)
KNOTS = Slack(*(decimal_of(Fraction(1, 2**places) + Fraction(1, 2**70)) for places in (24, 27, 60)))


def prove(certificate: dict[str, Any], tensors: dict[str, cells.Tensor]) -> dict[str, Any]:
    """Refuse unless the grid states carry the claim; return the fields that they determine."""
    machine, nodes, spoken = read_machine(certificate["machine"]), certificate["nodes"], certificate["cell"]
    demand(isinstance(spoken, dict) and spoken.get("kind") in ("elman", "gru", "lstm"), "cell: kind")
    demand(sorted(nodes) == ["grid", "outputs", "reads"], "nodes: keys")
    grid = nodes["grid"]
    demand(plain_int(grid) and 1 <= grid <= 12, "nodes: grid")
    demand("grid.states" in tensors, "nodes: no grid states")
    cell = cells.stored_cell(spoken["kind"], tensors, ("grid.states", "grid.states"), grid)
    demand(cell.dtypes == ["F32", "F32"], "float: weights of another format")
    demand(all(number <= LARGEST // 4 for number in greatest(cell)), "float: a sum can overflow")
    points = [tuple(int(EXACT.multiply(low, Decimal(2**grid))) for low, _ in box) for box in cell.boxes]
    answers, started, labels = cells.shown(certificate["machine"]["outputs"], machine)
    demand(len(cell.readout) == labels, "weights: one logit per output")
    fit(nodes, points, machine, started, cell)
    reach(cell, points, nodes, machine, answers)
    places = max((Fraction(value).denominator.bit_length() - 1 for value in cell.weights), default=0)
    embedded = "embedding.weight" in tensors  # then numbers of that many places are multiplied with each other
    lead = least_lead(cell, points, nodes, 2 ** (grid + (1 + embedded) * places))
    empty = started is not None and nodes["outputs"][0] is not None
    return cells.spoken_of(cell, certificate, empty=empty) | {
        "grade": "orbit",
        "separation": {"margin": None if lead is None else printed(math.floor(lead * 10**DIGITS))},
        "orbit": {"states": len(points), "reason": REASON},
    }


def greatest(cell: Cell) -> Iterator[int]:
    """Yield, rounded down, what each sum of a step or of the readout comes to at most, with the most that enters."""
    enters = max(max(entering(cell, letter)) for letter in cell.letters)
    for rows, bias in ((cell.hidden, cell.hidden_bias), (cell.readout, cell.readout_bias)):
        for place, row in enumerate(rows):
            yield math.floor(magnitude(row) + abs(bias.get(place, 0)) + enters)


def magnitude(row: Row) -> Number:
    """Return the sum of absolute values."""
    return sum(map(abs, row.values()))


def entering(cell: Cell, letter: Row) -> list[Number]:
    """Return |W_ih| |v| + |b_ih|."""
    return [
        sum(abs(row[at] * value) for at, value in letter.items() if at in row) + abs(cell.entering_bias.get(place, 0))
        for place, row in enumerate(cell.entering)
    ]


def fit(nodes: Any, points: list[Point], machine: Machine, started: int | None, cell: Cell) -> None:
    """Refuse unless there is one reading and one output per grid state, the first the start, and none out of range."""
    reads, outputs = listed("nodes", nodes["reads"]), listed("nodes", nodes["outputs"])
    one = 2 ** nodes["grid"]
    demand(len(reads) == len(outputs) == len(points) <= MOST_STATES, "nodes: one row per grid state")
    demand(all(plain_int(read) and 0 <= read < len(machine.table) for read in reads), "reads: not machine states")
    demand(reads[0] == machine.start and not any(points[0]), "nodes: the first is not the start, zero")
    demand(len(cell.letters) == len(machine.table[0]), "weights: one letter per symbol")
    demand(all(output is None or plain_int(output) for output in outputs), "nodes: an output is no index")
    first = outputs[0]
    demand(started is None or first in (None, started), "nodes: not the output of the start")
    demand(first is None or 0 <= first < len(cell.readout), "nodes: an output without a logit")
    demand(all(-one <= wall <= one for point in points for wall in point[: cell.size]), "nodes: h beyond 1")
    demand(all(-(2**24) <= wall <= 2**24 for point in points for wall in point), "nodes: c beyond 2^24")


def reach(cell: Cell, points: list[Point], nodes: Any, machine: Machine, answers: list[list[int]]) -> None:
    """Refuse unless letters lead to listed grid states only, and words to all of these."""
    keys = list(zip(points, nodes["reads"], nodes["outputs"], strict=True))
    place = {key: at for at, key in enumerate(keys)}
    demand(len(place) == len(keys), "nodes: a grid state is listed twice")
    letters = [letter_of(cell, letter) for letter in cell.letters]
    after: list[set[int]] = [set() for _ in keys]
    for at, (point, read, _) in enumerate(keys):
        own = kept(cell, cell.boxes[at])
        for letter, *kind in zip(letters, machine.table[read], answers[read], strict=True):
            near, wide = (ranges(step(cell, at, own, letter, slack), nodes["grid"]) for slack in (NONE, KNOTS))
            demand(math.prod(map(len, near)) <= MOST_BRANCHES, "limit: grid states that one step may round to")
            found = [(state, *kind) for state in itertools.product(*near)]
            demand(all(key in place for key in found), f"induction: {point} leads elsewhere")
            after[at] |= set(inside(wide, kind, keys, place))
    demand(len(exact.connected(after)) == len(keys), "nodes: a grid state that no word reaches")


def inside(walls: list[range], kind: list[int], keys: list[Any], place: dict[Any, int]) -> Iterator[int]:
    """Yield the listed grid states within some walls, of a reading and an output."""
    if math.prod(map(len, walls)) <= MOST_BRANCHES:
        found = ((state, *kind) for state in itertools.product(*walls))
        yield from (place[key] for key in found if key in place)
        return
    for at, (state, *other) in enumerate(keys):
        if other == kind and all(wall in near for wall, near in zip(state, walls, strict=True)):
            yield at


def ranges(found: list[Interval], grid: int) -> list[range]:
    """Return the multiples of 2^-grid that numbers of each interval round to, ties to even."""
    ends = [
        [int(EXACT.multiply(end, Decimal(2**grid)).to_integral_value(ROUND_HALF_EVEN)) for end in ends]
        for ends in found
    ]
    return [range(low, high + 1) for low, high in ends]


def summed(terms: int, size: Number) -> Decimal:
    """Return by how much a sum of so many terms errs at most, rounded up far below all that counts."""
    error = terms * U / (1 - terms * U) * size + Fraction(2 * terms, 2**126)
    return decimal_of(Fraction(math.ceil(error * 2**200), 2**200))


def wider(interval: Interval, by: Decimal) -> Interval:
    """Return the interval with as much more at both ends."""
    return EXACT.subtract(interval[0], by), EXACT.add(interval[1], by)


def once(interval: Interval) -> Interval:
    """Return what one rounding, or a flush to zero, makes of the interval."""
    low, high = (EXACT.fma(end.copy_abs(), ULP, TINY) for end in interval)
    return EXACT.subtract(interval[0], low), EXACT.add(interval[1], high)


class Letter(NamedTuple):
    """The sums of a letter by row, with errors: of them, of those of the state, and of both together."""

    sums: list[Interval]
    error: list[Decimal]
    own: list[Decimal]
    together: list[Decimal]


def letter_of(cell: Cell, letter: Row) -> Letter:
    """Return the sums and errors of a letter, those of the state being of any with |h| <= 1."""
    enters, size, features = entering(cell, letter), cell.size, cell.features
    state = [magnitude(row) + abs(cell.hidden_bias.get(place, 0)) for place, row in enumerate(cell.hidden)]
    return Letter(
        entered(cell, letter),
        [summed(features + 1, number) for number in enters],
        [summed(size + 1, number) for number in state],
        [summed(size + features + 2, one + other) for one, other in zip(state, enters, strict=True)],
    )


near_tanh, near_sigmoid = lru_cache(1 << 12)(tanh), lru_cache(1 << 12)(sigmoid)


def squash(interval: Interval, slack: Slack) -> Interval:
    """Return what tanh can come to."""
    low, high = wider(near_tanh(interval), EXACT.fma(ULP, Decimal(2), slack.tanh))
    return max(ONE.copy_negate(), low), min(ONE, high)


def gate(interval: Interval, slack: Slack) -> Interval:
    """Return what sigmoid can come to."""
    low, high = wider(near_sigmoid(interval), EXACT.add(EXACT.fma(ULP, Decimal(4), TINY), slack.sigmoid))
    return max(ZERO, low), min(ONE, high)


def step(cell: Cell, at: int, own: list[Interval], letter: Letter, slack: Slack) -> list[Interval]:
    """Return intervals that hold every coordinate that float32 can compute from one grid state."""
    size, before = cell.size, cell.boxes[at]
    sums = [wider(plus(*both), by) for *both, by in zip(own, letter.sums, letter.together, strict=True)]
    if cell.kind == "elman":
        found = [squash(number, slack) for number in sums]
    elif cell.kind == "gru":
        found = []
        for unit, place in enumerate(range(2 * size, 3 * size)):
            hidden = wider(own[place], letter.own[place])
            enters = wider(letter.sums[place], letter.error[place])
            new = squash(once(plus(once(times(gate(sums[unit], slack), hidden)), enters)), slack)
            mixed = blend(gate(sums[size + unit], slack), new, before[unit])
            found.append(wider(mixed, EXACT.multiply(ULP, Decimal(6))))
    else:
        write, forget, show = ([gate(sums[part * size + unit], slack) for unit in range(size)] for part in (0, 1, 3))
        value = [squash(number, slack) for number in sums[2 * size : 3 * size]]
        held = [once(times(*both)) for both in zip(forget, before[size:], strict=True)]
        added = [once(times(*both)) for both in zip(write, value, strict=True)]
        stored = [once(plus(*both)) for both in zip(held, added, strict=True)]
        found = [once(times(one, squash(other, slack))) for one, other in zip(show, stored, strict=True)] + stored
    return [wider(interval, slack.end) for interval in found]


def least_lead(cell: Cell, points: list[Point], nodes: Any, unit: int) -> Fraction | None:
    """Return the least lead of right logits, less the errors of both, each rounded up to whole parts of a unit."""
    bias = [cell.readout_bias.get(place, 0) for place in range(len(cell.readout))]
    errors = []
    for row, shift in zip(cell.readout, bias, strict=True):
        terms = cell.size + 1
        error = terms * U / (1 - terms * U) * (magnitude(row) + abs(shift)) + Fraction(2 * terms, 2**126)
        errors.append(Fraction(math.ceil(error * unit), unit))
    leads = []
    for point, output in zip(points, nodes["outputs"], strict=True):
        if output is not None:
            logits = [
                Fraction(sum(value * point[at] for at, value in row.items())) / 2 ** nodes["grid"] + shift
                for row, shift in zip(cell.readout, bias, strict=True)
            ]
            others = [at for at in range(len(logits)) if at != output]
            leads += [logits[output] - logits[at] - errors[output] - errors[at] for at in others]
    demand(all(lead > 0 for lead in leads), "margin: another logit may be as great")
    return min(leads, default=None)
