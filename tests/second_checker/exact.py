"""Codes: integers that never round. Inequalities in integers, identities modulo primes.

Once all numbers are bounded by 2^53, in units of their last bits, both sides of an identity differ by less than 2^54
such units, so that congruence modulo the first prime, 2^61 - 1, already is equality; two more primes guard against a
slip in one of them.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

from tests.second_checker import scan
from tests.second_checker.formats import FORMATS, ONLY_STORED, worded
from tests.second_checker.machine import Machine, listed, number
from tests.second_checker.structures import Columns, Number, Sparse, Stored, Update
from tests.second_checker.wire import demand, plain_int

PRIMES = (2**61 - 1, 2**89 - 1, 10**18 + 9)
REASON = (
    "every weight, code and bias is an integer of magnitude at most partial_sums, and over all codes so is every "
    "partial sum of A h (factor by factor where A is stored as factors; update by update, counted in units of the last "
    "bit, where it is stored as updates), of the readout and of the head; every such integer is a number of these "
    "formats, so, applied one symbol at a time to operands that are not cut to a shorter format first, no operation "
    "rounds, in any order of summation, with or without fused multiply-add, at any length"
)
FACTORS_IN_UNITS = (
    "every code, bias and weight outside the factors is an integer, and every number of the factors a multiple of a "
    "power of two; all are of magnitude at most partial_sums, and over all codes so is every partial sum of A h, "
    "factor by factor, of the readout and of the head, those of factors counted in units of the last bit; every "
    "such number is one of these formats, so, applied one symbol at a time to operands that are not cut to a "
    "shorter format first, no operation rounds, in any order of summation, with or without fused multiply-add, at "
    "any length"
)


def prove(certificate: dict[str, Any], stored: Stored, machine: Machine, reads: list[int]) -> dict[str, Any]:
    """Refuse unless the codes carry the claim; return the fields that they determine."""
    codes = [sparse(code, stored.size) for code in listed("codes", certificate["codes"])]
    demand(len(reads) == len(codes), "reads: one per code")
    demand(codes[0] == stored.start, "codes: the first is not the stored initial state")
    claim = certificate["claim"]["contract"]
    demand(claim in ("linear", "injective", "cover"), "claim: contract")
    demand(claim == "cover" or len(set(reads)) == len(reads), "reads: two codes of one state")
    demand((claim == "linear") == (stored.head is not None), "claim: a head and contract linear go together")
    demand(stored.snap is None, "snap: codes never round")
    demand_whole(stored)
    bound = largest(stored, codes)
    proved = formats(bound, stored.dtype)
    products = scan.of_integers(stored, codes, proved, largest_of_units(stored))
    for dtype in (stored.dtype, stored.readout_dtype):
        demand(FORMATS[dtype][0] in proved, "float: a stored format does not hold every partial sum")
    induction(stored.stages, codes, reads, machine.table)
    if stored.head is not None:
        for code, read in zip(codes, reads, strict=True):
            shown = {row: 1 for row, states in enumerate(machine.functions) if read in states}
            demand(times(stored.head, code) == shown, "head: not the outputs")
    lead = margin(stored, codes, reads)
    demand(lead is None or lead > 0, "separation: a code scores no higher for its own state")
    return {
        "steps": "all lengths",
        "field": "Z",
        "float": {
            "dtypes": proved,
            "partial_sums": str(bound),
            "reason": worded(stored.dtype, REASON if bits_of_factors(stored) == 0 else FACTORS_IN_UNITS),
            "scan": products,
        },
        "separation": {"decoder": "linear-argmax", "margin": None if lead is None else str(lead)},
    }


def sparse(code: Any, size: int) -> Sparse:
    """Return an integer vector from its [index, text] pairs."""
    demand(isinstance(code, list), "codes: not a list")
    for pair in code:
        demand(isinstance(pair, list) and len(pair) == 2 and type(pair[1]) is str, "codes: not a pair")
        demand(plain_int(pair[0]) and 0 <= pair[0] < size, "codes: an index out of range")
    order = [index for index, _ in code]
    demand(all(low < high for low, high in pairwise(order)), "codes: indices must rise")
    vector: Sparse = {index: number(text) for index, text in code}
    demand(all(vector.values()), "codes: a zero is spelled out")
    return vector


def demand_whole(stored: Stored) -> None:
    """Refuse a weight, bias or start that is no integer; updates and factors are counted in their last bits."""
    plain = [family for family in stored.stages if len(family) == 1] if stored.updates is None else []
    families = [*chain(*plain), stored.readout, stored.head or []]
    entries = (value for family in families for column in family for _, value in column)
    numbers = chain(entries, stored.bias.values(), stored.start.values())
    demand(all(type(value) is int for value in numbers), "float: a weight is no integer")


def times(columns: Columns, state: Sparse) -> Sparse:
    """Return A state, without zeros."""
    total: Sparse = {}
    for index, value in state.items():
        for row, entry in columns[index]:
            total[row] = total.get(row, 0) + entry * value
    return {row: value for row, value in total.items() if value}


def magnitudes(columns: Columns, state: Sparse, offset: Sparse) -> Sparse:
    """Return the sums of magnitudes that A state + offset adds up."""
    sums = dict(offset)
    for index, value in state.items():
        for row, entry in columns[index]:
            sums[row] = sums.get(row, 0) + abs(entry * value)
    return sums


def largest(stored: Stored, codes: list[Sparse]) -> int:
    """Return the bound on every entry and on every sum of magnitudes that a step, readout or head forms.

    Of factors U diag(w) V^T: |V|^T |h|, that times the greatest gate of any letter, and |U| |w| |V|^T |h|.
    """
    families = [*(stored.stages if stored.updates is None else [])]
    families += [[stored.readout], *([[stored.head]] if stored.head else [])]
    bits = bits_of_factors(stored)
    best = max((abs(value) for code in codes for value in code.values()), default=0)
    best = max([best, *(largest_of_updates(steps, best) for steps in stored.updates or [])])
    for family in families:
        inside = (abs(value) for stage in family for column in stage for _, value in column)
        best = max([best, *(value * scale_of(family, bits) for value in inside)])
    best = max(best, 2**bits) if bits else best
    gates = [family[1] for family in families if len(family) > 1]
    gate = max([1, *(abs(value) for columns in gates for column in columns for _, value in column)])
    weight = {row: abs(value) for row, value in stored.bias.items()}
    for code in codes:
        best = max([best, *magnitudes(stored.readout, code, weight).values()])
        for family in families:
            sums = {index: abs(value) for index, value in code.items()}
            for position, stage in enumerate(family):
                sums = magnitudes(stage, sums, {})
                scale = (gate if len(family) > 1 and position == 0 else 1) * scale_of(family, bits)
                best = max([best, *(scale * value for value in sums.values())])
    return int(best)


def largest_of_units(stored: Stored) -> int:
    """Return the bound on what a step of letters that are no matrices forms from a unit vector, in its last bits."""
    if stored.updates is not None:
        return int(max(largest_of_updates(steps, 1) for steps in stored.updates))
    families = [family for family in stored.stages if len(family) > 1]
    gates = [abs(value) for family in families for column in family[1] for _, value in column]
    best: Number = 0
    for family in families:
        for place in range(stored.size):
            sums: Sparse = {place: 1}
            for position, stage in enumerate(family):
                sums = magnitudes(stage, sums, {})
                scale = max([1, *gates]) if position == 0 else 1
                best = max([best, *(scale * value for value in sums.values())])
    return int(best * 2 ** bits_of_factors(stored))


def bits_of_factors(stored: Stored) -> int:
    """Return how many binary digits products of an entry of each factor have after the point, at most."""
    families = [family for family in stored.stages if len(family) > 1] if stored.updates is None else []
    finest = [
        [max((bits_of(value) for column in stage for _, value in column), default=0) for stage in family]
        for family in families
    ]
    return max(map(sum, finest), default=0)


def scale_of(family: list[Columns], bits: int) -> int:
    """Return how many units a number of the family's step is counted in: factors alone are."""
    return 2**bits if len(family) > 1 else 1


def largest_of_updates(steps: list[Update], reach: Number) -> Number:
    """Return the bound on what updates of a state of entries up to `reach` form, times 2 to its bits after the point.

    A coordinate grows by the largest row sum of |I - b k k^T| and by |b v k|, v standing for a written value.
    """
    best, bits = max(reach, 1), 0
    for key, beta, value in steps:
        size, width = sum(map(abs, key.values())), max(map(abs, key.values()), default=0)
        push = abs(beta) * (size * reach + abs(value))
        best = max(best, width, abs(beta), size, size * reach + abs(value), push, reach + push * width)
        key_bits = max(map(bits_of, key.values()), default=0)
        bits = max(bits, max(key_bits + bits, bits_of(value)) + bits_of(beta) + key_bits)
        rows = [abs(1 - beta * k * k) + abs(beta * k) * (size - abs(k)) for k in key.values()]
        reach = max([1, *rows]) * reach + abs(beta * value) * width
    return best * 2**bits


def bits_of(value: Number) -> int:
    """Return how many binary digits a number has after the point."""
    return value.denominator.bit_length() - 1


def residue(value: Number, prime: int) -> int:
    """Return a dyadic number modulo a prime."""
    return value % prime if type(value) is int else value.numerator * pow(value.denominator, -1, prime) % prime


def formats(bound: int, own: str) -> dict[str, str]:
    """Return the formats whose integers reach the bound; of those that are only stored, the network's own alone."""
    spoken_of = [FORMATS[dtype] for dtype in FORMATS if dtype == own or dtype not in ONLY_STORED]
    return {name: "all lengths" for name, precision in spoken_of if bound <= 1 << precision}


def image(stages: list[Columns], code: Sparse, prime: int) -> frozenset[tuple[int, Number]]:
    """Return the entries of A code modulo a prime that are not zero."""
    state = code
    for columns in stages:
        total: Sparse = {}
        for index, value in state.items():
            for row, entry in columns[index]:
                total[row] = (total.get(row, 0) + entry * value) % prime
        state = total
    return frozenset((row, value) for row, value in state.items() if value)


def induction(matrices: list[list[Columns]], codes: list[Sparse], reads: list[int], table: list[list[int]]) -> None:
    """Refuse unless A_x code_i is a code that reads as delta(reads_i, x), for all i and x, modulo every prime."""
    for prime in PRIMES:
        residues = [frozenset((index, value % prime) for index, value in code.items()) for code in codes]
        number_of = {code: position for position, code in enumerate(residues)}
        demand(len(number_of) == len(codes), "codes: a repeat")
        steps = []
        reduced = [
            [[[(row, residue(entry, prime)) for row, entry in column] for column in columns] for columns in stages]
            for stages in matrices
        ]
        for code, state in zip(codes, reads, strict=True):
            reached = [number_of.get(image(stages, code, prime)) for stages in reduced]
            demand(None not in reached, "induction: a step leaves the codes")
            demand([reads[code] for code in reached] == table[state], "induction: a step reads as the wrong state")
            steps.append(set(reached))
        demand(len(connected(steps)) == len(codes), "codes: no word leads to one of them")


def connected(steps: list[set[int]]) -> set[int]:
    """Return what can be reached from 0."""
    known, fresh = {0}, {0}
    while fresh:
        fresh = set().union(*(steps[place] for place in fresh)) - known
        known |= fresh
    return known


def margin(stored: Stored, codes: list[Sparse], reads: list[int]) -> Number | None:
    """Return the least lead of a code's best right row over the best other row; None when there is no other row."""
    of, bias = stored.of, stored.bias
    rows_of_state: dict[int, list[int]] = {}
    for row, state in enumerate(of):
        rows_of_state.setdefault(state, []).append(row)
    by_bias = sorted(range(len(of)), key=lambda row: -bias.get(row, 0))
    leads = []
    for code, state in zip(codes, reads, strict=True):
        scores: Sparse = {}
        for index, value in code.items():
            for row, entry in stored.readout[index]:
                scores[row] = scores.get(row, bias.get(row, 0)) + entry * value
        own = rows_of_state.get(state, [])
        demand(own, "separation: no row stands for a state that is read")
        right = max(scores.get(row, bias.get(row, 0)) for row in own)
        others = [score for row, score in scores.items() if of[row] != state]
        # A row that no entry touches scores its bias; only the greatest of those can come second.
        rest = next((bias.get(row, 0) for row in by_bias if row not in scores and of[row] != state), None)
        others += [] if rest is None else [rest]
        leads += [right - max(others)] if others else []
    return min(leads, default=None)
