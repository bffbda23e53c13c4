"""The orbit {A_w h_0}: found breadth first beside the machine, so that any stored weights can be proved anew.

This search may be wrong without harm: what it finds is proved by `Simulation`, `Enclosure` and `float_orbit`.
"""

from __future__ import annotations

import math
from fractions import Fraction

from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.sparse import Scalar, Vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Interval, Letter, Region, Turn
from fsm2rnn.proof.file.network import FloatOrbit, Orbit, Prototypes, Regions, Trace
from fsm2rnn.proof.rounding.float_orbit import closed
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.tracing.float_states import closed_float_states

SAMPLED = 64  # states by which weights that leave the integers are told


def traced(stored: Meaning, machine: StateMachine, *, limit: int) -> tuple[Trace, tuple[int, ...]]:
    """Return what words reach and the machine state that each must be read as.

    Codes where the weights can carry the proof themselves; else float states where they round and few are reached;
    else regions where coordinates are turned or decay, prototypes where rounded blocks leave the integers. Float states
    are not looked for where the state is put back. Raises
    CertificateError when one code would have to be read as two states, LimitError when more than `limit` codes are
    reached.
    """
    drifts = stored.blocks is not None and stored.head is None and _leaves_integers(stored)
    if not drifts and (stored.lines is None or not _turns_or_decays(stored, stored.lines)):
        codes, reads = orbit(stored, machine, limit=limit)
        return Orbit(codes), reads
    if stored.snap is None and (drifts or _turns(stored)) and (found := float_orbit(stored, machine)) is not None:
        return found
    return (Prototypes(), stored.decoder.reads) if drifts else regions(stored, machine, limit=limit)


def orbit(stored: Meaning, machine: StateMachine, *, limit: int) -> tuple[tuple[Vector, ...], tuple[int, ...]]:
    """Return the codes that words reach and how each must be read; errors as for `traced`."""
    codes = [stored.initial_state]
    reads = {stored.initial_state: machine.start}
    for code in codes:
        row = machine.table[reads[code]]
        for symbol, matrix in enumerate(stored.matrices):
            reached = matrix.apply(code)
            read = reads.setdefault(reached, row[symbol])
            if read != row[symbol]:
                message = (
                    f"symbol {machine.symbols[symbol]!r} sends the code of {machine.states[reads[code]]!r} to the code "
                    f"of {machine.states[read]!r}, expected that of {machine.states[row[symbol]]!r}"
                )
                raise CertificateError("induction", message)
            if len(reads) > len(codes):
                codes.append(reached)
        if len(codes) > limit:
            what = "codes in the orbit of the stored weights"
            raise LimitError(what, limit=limit)
    return tuple(codes), tuple(reads[code] for code in codes)


def float_orbit(stored: Meaning, machine: StateMachine) -> tuple[FloatOrbit, tuple[int, ...]] | None:
    """Return the float states that words reach and how they are read; None where they do not close soon, or fail."""
    try:
        found = closed_float_states(stored, machine)
        if found is None:
            return None
        trace = FloatOrbit(found.states)
        closed(machine, strongest_contract(trace, found.reads, stored), stored, found.states, found.reads)
    except (CertificateError, NumericError, LimitError):
        return None
    return trace, found.reads


def regions(stored: Meaning, machine: StateMachine, *, limit: int) -> tuple[Regions, tuple[int, ...]]:
    """Return letters with the turns nearest to the stored weights, and the regions that words reach.

    A letter's turns are multiples of 1/p, p the least common multiple of its cycles' lengths in the machine.
    """
    lines = stored.lines or 0
    orders = [_letter_order(column) for column in zip(*machine.table, strict=True)]
    letters = tuple(_letter(stored.columns(symbol), lines, period) for symbol, (_, period) in enumerate(orders))
    return reached_regions(letters, _first_region(stored, lines), machine, limit=limit)


def reached_regions(
    letters: tuple[Letter, ...], first: Region, machine: StateMachine, *, limit: int
) -> tuple[Regions, tuple[int, ...]]:
    """Return the regions that words reach from `first`; a line that decays ends in an interval that starts at zero.

    Errors as for `traced`.
    """
    floors = _floors(letters, [index for index, _ in map(_letter_order, zip(*machine.table, strict=True))])
    found = [_widened(first, floors)]
    reads = {found[0]: machine.start}
    for region in found:
        row = machine.table[reads[region]]
        for symbol, letter in enumerate(letters):
            reached = _widened(region.image(letter), floors)
            if reads.setdefault(reached, row[symbol]) != row[symbol]:
                message = f"one region would be read as {machine.states[row[symbol]]!r} and as another state"
                raise CertificateError("induction", message)
            if len(reads) > len(found):
                found.append(reached)
        if len(found) > limit:
            what = "regions that words reach"
            raise LimitError(what, limit=limit)
    return Regions(letters, tuple(found)), tuple(reads[region] for region in found)


def strongest_contract(trace: Trace, reads: tuple[int, ...], stored: Meaning) -> Contract:
    """Return the strongest contract that codes, regions, prototypes or float states with these readings can keep."""
    if isinstance(trace, Regions) and not all(region.is_point for region in trace.regions):
        return Contract.ROBUST
    if len(set(reads)) != len(reads):
        return Contract.COVER
    return Contract.INJECTIVE if stored.head is None or not isinstance(trace, Orbit) else Contract.LINEAR


def _leaves_integers(stored: Meaning) -> bool:
    """Tell whether one of the first few states that words reach is no integer vector."""
    states = [stored.initial_state]
    for state in states:
        if any(entry.denominator != 1 for _, entry in state):
            return True
        if len(states) < SAMPLED:
            reached = dict.fromkeys(matrix.apply(state) for matrix in stored.matrices)
            states += [other for other in reached if other not in states]
    return False


def _turns(stored: Meaning) -> bool:
    """Tell whether a plane is turned otherwise than by quarters: only then a step rounds, see `horizon`."""
    columns = (stored.columns(symbol)[stored.lines :] for symbol in range(len(stored.matrices)))
    return any(value not in (1, -1) for letter in columns for column in letter for _, value in column)


def _turns_or_decays(stored: Meaning, lines: int) -> bool:
    return stored.matrices[0].height > lines or any(
        value not in (1, -1)
        for symbol in range(len(stored.matrices))
        for column in stored.columns(symbol)
        for _, value in column
    )


def _letter(columns: tuple[Vector, ...], lines: int, period: int) -> Letter:
    factors = tuple(column[0][1] if column else 0 for column in columns[:lines])
    return Letter(factors, tuple(_turn(columns[place], place, period) for place in range(lines, len(columns), 2)))


def _turn(column: Vector, place: int, period: int) -> Turn:
    block = dict(column)
    cosine, sine = block.get(place, 0), block.get(place + 1, 0)
    if not cosine and not sine:
        return None
    return Fraction(round(math.atan2(sine, cosine) / math.tau * period), period) % 1


def _first_region(stored: Meaning, lines: int) -> Region:
    start = dict(stored.initial_state)
    points: tuple[Interval, ...] = tuple((start.get(line, 0), start.get(line, 0)) for line in range(lines))
    planes = (stored.matrices[0].height - lines) // 2
    return Region(points, (Fraction(0),) * planes)


def _floors(letters: tuple[Letter, ...], indices: list[int]) -> list[Scalar]:
    """Return for each line the value below which it no longer counts: after the largest index of its letters."""
    floors: list[Scalar] = []
    for line in range(len(letters[0].lines)):
        decays = [letter.lines[line] ** max(1, index) for letter, index in zip(letters, indices, strict=True)]
        floors.append(min((decay for decay in decays if 0 < decay < 1), default=0))
    return floors


def _widened(region: Region, floors: list[Scalar]) -> Region:
    lines: tuple[Interval, ...] = tuple(
        (0, floor) if 0 <= high <= floor and floor else (low, high)
        for (low, high), floor in zip(region.lines, floors, strict=True)
    )
    return Region(lines, region.planes)


def _letter_order(column: tuple[int, ...]) -> tuple[int, int]:
    """Return index and period of a map: the longest way into a cycle, the least common multiple of the cycles."""
    index, period = 0, 1
    known: dict[int, int] = {}
    for state in range(len(column)):
        path: dict[int, int] = {}
        while state not in path and state not in known:
            path[state] = len(path)
            state = column[state]  # noqa: PLW2901  a walk
        if state in path:
            period = math.lcm(period, len(path) - path[state])
            known |= {other: 0 for other, step in path.items() if step >= path[state]}
        tail = [other for other in path if other not in known]
        for steps, other in enumerate(reversed(tail), start=1):
            known[other] = known[state] + steps
            index = max(index, known[other])
    return index, period
