"""Theorem O: every step between listed float states replayed anew, in whole numbers of the least positive float.

A float is an integer of the least positive ones of its format, and a product of two one of both units multiplied.
Rounding keeps the leading bits and looks at those that it drops.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from tests.second_checker.exact import connected
from tests.second_checker.formats import FORMATS, SHORT, flushed, holds_number, layout, worded
from tests.second_checker.machine import Machine, listed
from tests.second_checker.rounding import DIGITS, printed
from tests.second_checker.structures import Number, Sparse, Stored
from tests.second_checker.wire import demand

REASON = (
    "applied one symbol at a time, the one or two products of every coordinate added up in float32, where each product "
    "is exact, their sum rounded to nearest even with gradual underflow, then rounded so to the stored format: every "
    "word leads from the stored start to one of float_states, whatever the order of the two and fused or not, and each "
    "of float_states is read right, the scores' own rounding included"
)
MOST_STATES, MOST_STEPS, MOST_SCORES = 4096, 2**18, 2**22
State = tuple[Fraction, ...]


def prove(certificate: dict[str, Any], stored: Stored, machine: Machine, reads: list[int]) -> dict[str, Any]:
    """Refuse unless the float states carry the claim; return the fields that they determine."""
    contract = certificate["claim"]["contract"]
    demand(stored.snap is None, "snap: float states are closed")
    demand(contract in ("injective", "cover"), "claim: contract")
    demand(contract == "cover" or len(set(reads)) == len(reads), "reads: two float states of one state")
    spelled = listed("float_states", certificate["float_states"])
    demand(len(reads) == len(spelled), "reads: one per float state")
    demand(len(spelled) <= MOST_STATES, "limit: float states")
    demand(len(spelled) * len(stored.stages) * stored.size <= MOST_STEPS, "limit: steps")
    demand(len(spelled) * len(stored.of) * stored.size <= MOST_SCORES, "limit: scores")
    states = [read_state(state, stored) for state in spelled]
    return {"float_states": spelled, **measured(stored, machine.table, states, reads)}


def read_state(value: Any, stored: Stored) -> State:
    """Return a float state from its texts; every number is one of the stored format."""
    demand(isinstance(value, list) and len(value) == stored.size, "float_states: one text per coordinate")
    demand(all(type(text) is str and len(text) <= 100 for text in value), "float_states: no text")
    try:
        state = tuple(map(Fraction, value))
    except (ValueError, ZeroDivisionError):
        state = ()
    demand(list(map(str, state)) == value, "float_states: not in lowest terms")
    demand(all(holds_number(number, stored.dtype) for number in state), "float_states: no float")
    return state


def measured(stored: Stored, table: list[list[int]], states: list[State], reads: list[int]) -> dict[str, Any]:
    """Return the fields that weights and float states determine; refuse where they do not carry the claim."""
    rows = rows_of(stored)
    start = tuple(Fraction(stored.start.get(place, 0)) for place in range(stored.size))
    demand(states[0] == start, "float_states: the first is not the stored initial state")
    demand_range([abs(entry) for letter in rows for row in letter for entry in row.values()], states, stored.dtype)
    place_of = {state: place for place, state in enumerate(states)}
    demand(len(place_of) == len(states), "float_states: a repeat")
    steps = []
    for state, read in zip(states, reads, strict=True):
        reached = [place_of.get(step(letter, state, stored.dtype)) for letter in rows]
        demand(None not in reached, "induction: a step leaves the float states")
        demand([reads[place] for place in reached] == table[read], "induction: a step reads as the wrong state")
        steps.append(set(reached))
    demand(len(connected(steps)) == len(states), "float_states: no word leads to one of them")
    lead = least_lead(stored, states, reads)
    return {
        "steps": "all lengths",
        "field": "dyadic rationals",
        "float": {
            "dtypes": {FORMATS[stored.dtype][0]: "all lengths"},
            "reason": worded(stored.dtype, REASON),
            "scan": {"dtypes": {}},
        },
        "separation": {
            "decoder": "linear-argmax",
            "margin": None if lead is None else printed(math.floor(lead * 10**DIGITS)),
        },
    }


def demand_range(weights: list[Number], states: list[State], dtype: str) -> None:
    """Refuse numbers so small that products may leave float32, or so large that sums may leave the stored format."""
    numbers = [abs(number) for state in states for number in state]
    finest = math.prod(max([1, *(value.denominator for value in values)]) for values in (weights, numbers))
    demand(not flushed(Fraction(1, finest), dtype), "float: a product is too fine")
    sizes = max([Fraction(0), *weights]) * max(numbers)
    demand(2 * sizes <= layout(dtype)[2], "float: a sum may overflow")


def rows_of(stored: Stored) -> list[list[Sparse]]:
    """Return each letter row by row; refuse what is not one sum of two products in float32."""
    demand(stored.dtype in SHORT, "float: products that are rounded")
    plain = stored.updates is None and stored.head is None
    demand(plain and (stored.lines is not None or stored.blocks is not None), "operator: another step")
    inner, outer = layout(stored.dtype), layout(stored.readout_dtype)
    wide = outer[0] >= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2]
    demand(wide, "separation: the readout's format does not hold the states")
    letters = []
    for (columns,) in stored.stages:
        rows: list[Sparse] = [{} for _ in range(stored.size)]
        for place, column in enumerate(columns):
            for row, entry in column:
                rows[row][place] = entry
        demand(all(len(row) <= 2 for row in rows), "float: a sum of more than two products")
        letters.append(rows)
    return letters


def step(rows: list[Sparse], state: State, dtype: str) -> State:
    """Return the float state that follows."""
    found = []
    for row in rows:
        products = [entry * state[place] for place, entry in row.items()]
        demand(all(holds_number(Fraction(product), "F32") for product in products), "float: a product is rounded")
        found.append(nearest(nearest(sum(products, Fraction(0)), "F32"), dtype))
    return tuple(found)


def nearest(value: Number, dtype: str) -> Fraction:
    """Return the float nearest to a dyadic number, of two the even one; refuse an overflow."""
    precision, lowest, largest = layout(dtype)
    size, scale = abs(value.numerator), value.denominator.bit_length() - 1
    # The last bit kept stands for 2^last: `precision` bits from the first one on, but none below the least float.
    last = max(size.bit_length() - scale - precision, lowest)
    dropped = scale + last
    if dropped <= 0:
        return Fraction(value)
    kept, rest = size >> dropped, size & ((1 << dropped) - 1)
    half = 1 << (dropped - 1)
    kept += rest > half or (rest == half and kept & 1)
    result = Fraction(kept) * Fraction(2) ** last
    demand(result <= largest, "float: an overflow")
    return result if value > 0 else -result


def least_lead(stored: Stored, states: list[State], reads: list[int]) -> Fraction | None:
    """Return the least lead of the right score, None for one reading; refuse one that rounding could take."""
    precision, lowest, largest = layout(stored.readout_dtype)
    terms = stored.size + 2
    demand(2 * terms <= 2**precision, "separation: too many terms")
    leads, size = [], Fraction(0)
    for state, read in zip(states, reads, strict=True):
        scores = [Fraction(stored.bias.get(row, 0)) for row in range(len(stored.of))]
        sizes = [abs(score) for score in scores]
        for number, column in zip(state, stored.readout, strict=True):
            for row, entry in column:
                scores[row] += entry * number
                sizes[row] += abs(entry * number)
        size = max([size, *sizes])
        own = [score for score, of in zip(scores, stored.of, strict=True) if of == read]
        others = [score for score, of in zip(scores, stored.of, strict=True) if of != read]
        demand(own, "separation: no row stands for a state that is read")
        leads += [max(own) - max(others)] if others else []
    underflow = terms * Fraction(2) ** lowest
    demand(2 * size + underflow <= largest, "separation: a score may overflow")
    taken = 2 * (Fraction(terms, 2**precision - terms) * size + underflow)
    demand(all(lead > taken for lead in leads), "separation: a float state is not read as its state")
    return min(leads, default=None)
