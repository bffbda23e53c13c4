"""Theorem R: all float states after short words, level by level, sums in index order; then one longer word, misread.

States are tuples of fractions; rounding is that of `float_orbit`, which keeps leading bits and looks at those dropped.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from tests.second_checker.float_orbit import State, nearest
from tests.second_checker.formats import FORMATS, SHORT, layout, worded
from tests.second_checker.machine import Machine
from tests.second_checker.rounding import DIGITS, printed
from tests.second_checker.structures import Sparse, Stored
from tests.second_checker.wire import demand, plain_int

STEP = (
    "applied one symbol at a time, the products of each row's entries other than zero added up in the order of their "
    "columns, every product and every sum rounded to nearest even with gradual underflow in the accumulating format "
    "(float32 for bfloat16 and float16, otherwise the stored format), none fused, and each new state rounded once to "
    "the stored format: every word "
)
ENDS = "that is shorter than misread leads to a float state that is read right, and misread to one that is not"
NEVER = "leads to one of finitely many float states, and each of them is read right"
ALONE = ", the scores' own rounding in any order included; so much for this one arithmetic and no other"
MOST_STATES, MOST_STEPS, MOST_SCORES, MOST_BITS = 2**20, 2**25, 2**27, 2**32
Reached = dict[State, int]


def prove(certificate: dict[str, Any], stored: Stored, machine: Machine, reads: list[int]) -> dict[str, Any]:
    """Refuse unless the replay carries the claim; return the fields that it determines."""
    contract, word = certificate["claim"]["contract"], certificate["misread"]
    demand(contract in ("injective", "cover"), "claim: contract")
    demand(reads == stored.of, "reads: not those of the readout's rows")
    demand(stored.snap is None, "snap: float states are replayed")
    demand(word is None or isinstance(word, list), "misread: no list")
    letters = range(len(stored.stages))
    demand(word is None or (len(word) > 1 and all(plain_int(x) and x in letters for x in word)), "misread: symbols")
    fields, found = measured(stored, machine.table, machine.start, word)
    demand(contract == "cover" or len(set(found)) == len(found), "reads: two float states of one state")
    return {"misread": word, **fields}


def measured(
    stored: Stored, table: list[list[int]], start: int, word: list[int] | None
) -> tuple[dict[str, Any], list[int]]:
    """Return the fields that weights and word determine, and how float states are read; refuse a false claim."""
    rows = rows_of(stored)
    seen = reached(stored, rows, table, start, None if word is None else len(word) - 1)
    taken = rounding_of_scores(stored, list(seen))
    leads = [lead(stored, state, right) for state, right in seen.items()]
    demand(min(leads) > taken, "separation: a float state is not read as its state")
    if word is not None:
        demand(len(word) <= len(seen), "misread: longer than any shortest way out")
        state, right = start_of(stored), start
        for symbol in word:
            state, right = step(rows[symbol], state, stored.dtype), table[right][symbol]
        scores = [score for score, _ in columns_of_scores(stored, list(state))]
        read = stored.of[scores.index(max(scores))]
        ahead = lead(stored, state, read) > rounding_of_scores(stored, [state])
        demand(read != right and ahead, "misread: read right, or as one of several")
    steps: int | str = "all lengths" if word is None else len(word) - 1
    reason = STEP + (NEVER if word is None else ENDS) + ALONE
    fields = {
        "steps": steps,
        "field": "dyadic rationals",
        "induction": {"equations": len(seen) * len(rows)},
        "float": {
            "dtypes": {FORMATS[stored.dtype][0]: steps},
            "reason": worded(stored.dtype, reason),
            "scan": {"dtypes": {}},
        },
        "separation": {"decoder": "linear-argmax", "margin": printed(math.floor(min(leads) * 10**DIGITS))},
    }
    return fields, list(seen.values())


def rows_of(stored: Stored) -> list[list[Sparse]]:
    """Return each letter row by row, columns rising; refuse what is not one sum of products a coordinate."""
    plain = stored.updates is None and stored.head is None
    demand(plain and (stored.lines is not None or stored.blocks is not None), "operator: another step")
    demand(all(len(stages) == 1 for stages in stored.stages), "operator: another step")
    inner, outer = layout(stored.dtype), layout(stored.readout_dtype)
    wide = outer[0] >= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2]
    demand(wide, "separation: the readout's format does not hold the states")
    demand(len(set(stored.of)) > 1, "separation: one reading")
    letters = []
    for (columns,) in stored.stages:
        rows: list[Sparse] = [{} for _ in range(stored.size)]
        for place, column in enumerate(columns):
            for row, entry in column:
                rows[row][place] = entry
        letters.append(rows)
    return letters


def start_of(stored: Stored) -> State:
    """Return the stored start."""
    return tuple(Fraction(stored.start.get(place, 0)) for place in range(stored.size))


def reached(
    stored: Stored, rows: list[list[Sparse]], table: list[list[int]], start: int, length: int | None
) -> Reached:
    """Return float states after words of at most that length (None: of any), each with the machine's state."""
    most = most_states(stored, rows)
    seen, level = {start_of(stored): start}, {start_of(stored): start}
    while level and length != 0:
        after: Reached = {}
        for state, right in level.items():
            for symbol, letter in enumerate(rows):
                then, following = table[right][symbol], step(letter, state, stored.dtype)
                demand(seen.get(following, then) == then, "float: one float state of two states")
                if following not in seen:
                    seen[following] = after[following] = then
            demand(len(seen) <= most, "limit: float states")
        level, length = after, None if length is None else length - 1
    return seen


def most_states(stored: Stored, rows: list[list[Sparse]]) -> int:
    """Return how many float states may be replayed, by their time and their room."""
    _, lowest, largest = layout(stored.dtype)
    entries = [entry for letter in rows for row in letter for entry in row.values() if entry]
    finest = max((Fraction(entry).denominator for entry in entries), default=1).bit_length() - 1
    bits = int(largest).bit_length() - lowest + finest
    times, work = 1 + bits // 1024, len(entries) + len(rows) * stored.size
    room = MOST_BITS // (stored.size * (512 + bits))
    scores = MOST_SCORES // (len(stored.of) * stored.size * times)
    return min(MOST_STATES, MOST_STEPS // (work * times), scores, room)


def step(rows: list[Sparse], state: State, dtype: str) -> State:
    """Return the float state that follows."""
    wide = "F32" if dtype in SHORT else dtype
    found = []
    for row in rows:
        total = Fraction(0)
        for place in sorted(row):
            total = nearest(total + nearest(row[place] * state[place], wide), wide)
        found.append(nearest(total, dtype))
    return tuple(found)


def columns_of_scores(stored: Stored, numbers: list[Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Return each score C h + b of a state, and the sum of the magnitudes of its terms."""
    biases = [Fraction(stored.bias.get(row, 0)) for row in range(len(stored.of))]
    scores = [(bias, abs(bias)) for bias in biases]
    for number, column in zip(numbers, stored.readout, strict=True):
        for row, entry in column:
            value, size = scores[row]
            scores[row] = value + entry * number, size + abs(entry * number)
    return scores


def lead(stored: Stored, state: State, right: int) -> Fraction:
    """Return by how much a machine state's best score exceeds every other state's."""
    scores = [score for score, _ in columns_of_scores(stored, list(state))]
    own = [score for score, of in zip(scores, stored.of, strict=True) if of == right]
    others = [score for score, of in zip(scores, stored.of, strict=True) if of != right]
    demand(own, "separation: no row stands for a state that is read")
    return max(own) - max(others)


def rounding_of_scores(stored: Stored, states: list[State]) -> Fraction:
    """Return twice the error of a score of H products and a bias at states within the box of these."""
    precision, lowest, largest = layout(stored.readout_dtype)
    terms = stored.size + 2
    demand(2 * terms <= 2**precision, "separation: too many terms")
    corner = [max(abs(state[place]) for state in states) for place in range(stored.size)]
    size = max(size for _, size in columns_of_scores(stored, corner))
    underflow = terms * Fraction(2) ** lowest
    demand(2 * size + underflow <= largest, "separation: a score may overflow")
    return 2 * (Fraction(terms, 2**precision - terms) * size + underflow)
