"""Networks proved by regions: cycles by turns, a letter that kills a plane, a counter on a line that decays."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT8_E4M3FN, FLOAT16, FLOAT32, FLOAT64, FloatFormat
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.readout import RegionRow, nearest_rows
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.storage import store_regions
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.proof.file.checker import network_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.tracing.orbit import reached_regions

HALF, ONE = Fraction(1, 2), Fraction(1)


def cycle(order: int, letters: range | list[int]) -> StateMachine:
    """Return the cycle of `order` states whose letter k adds k."""
    names = [f"+{letter}" for letter in letters]
    return StateMachine.tracker(range(order), names, [[(q + k) % order for k in letters] for q in range(order)])


def enclosed(
    machine: StateMachine, letters: tuple[Letter, ...], contract: Contract, lines: tuple[Fraction, ...] = ()
) -> Enclosure:
    """Return the regions that words reach from the point of these lines and of planes at turn zero."""
    first = Region(tuple((line, line) for line in lines), (Fraction(0),) * len(letters[0].planes))
    trace, reads = reached_regions(letters, first, machine, limit=1000)
    return Enclosure(machine, trace.letters, trace.regions, reads, contract)


def turning(order: int, letters: range | list[int], parts: int | None = None) -> Enclosure:
    """Return the cycle of `order` states by turns of 1/parts; twice as many regions as states make a cover."""
    parts = parts or order
    turned = tuple(Letter((), (Fraction(k, parts) % 1,)) for k in letters)
    contract = Contract.INJECTIVE if parts == order else Contract.COVER
    return enclosed(cycle(order, letters), turned, contract)


def stored(enclosure: Enclosure, form: FloatFormat, rows: tuple[RegionRow, ...] | None = None) -> ProvedNetwork:
    """Return the network of rotations with these rows, the nearest region's unless given."""
    rows = nearest_rows(enclosure) if rows is None else rows
    return store_regions(Rotation(enclosure.letters), enclosure, rows, form, {"target": "cells"})


def killed(form: FloatFormat) -> ProvedNetwork:
    """Return a cycle of three that a letter ends: the plane is sent to zero for ever."""
    table = [[1, 2, 3], [2, 0, 3], [0, 1, 3], [3, 3, 3]]
    machine = StateMachine.tracker(["a", "b", "c", "dead"], ["on", "back", "kill"], table)
    letters = tuple(Letter((), (turn,)) for turn in (Fraction(1, 3), Fraction(2, 3), None))
    return stored(enclosed(machine, letters, Contract.INJECTIVE), form)


def counting(top: int) -> tuple[StateMachine, tuple[RegionRow, ...]]:
    """Return the counter that stops at `top`, and rows that lead on powers of 1/2 and on the last interval."""
    table = [[min(top, state + 1), state] for state in range(top + 1)]
    rows = tuple(RegionRow((Fraction(-3, 2) * 2**i,), (), Fraction(3, 2) + i, i) for i in range(top + 1))
    return StateMachine.tracker(range(top + 1), ["more", "same"], table), rows


def saturating(form: FloatFormat, top: int = 3) -> ProvedNetwork:
    """Return the counter on one line that is halved: its last region is an interval, contract robust."""
    machine, rows = counting(top)
    enclosure = enclosed(machine, (Letter((HALF,), ()), Letter((ONE,), ())), Contract.ROBUST, (ONE,))
    return store_regions(Diagonal(((HALF,), (ONE,))), enclosure, rows, form, {})


def counting_cycle(form: FloatFormat) -> ProvedNetwork:
    """Return a cycle of three beside a counter to two: a line that is halved and a plane that is turned."""
    counter, slopes = counting(2)
    states = [(turn, count) for turn in range(3) for count in range(3)]
    table = [[states.index(((turn + 1) % 3, counter.table[count][0]))] for turn, count in states]
    machine = StateMachine.tracker(states, ["x"], table)
    enclosure = enclosed(machine, (Letter((HALF,), (Fraction(1, 3),)),), Contract.ROBUST, (ONE,))
    rows = tuple(
        RegionRow(slopes[count].lines, (Fraction(turn, 3),), slopes[count].bias, state)
        for state, (turn, count) in enumerate(states)
    )
    return stored(enclosure, form, rows)


def exact_quarters(form: FloatFormat) -> ProvedNetwork:
    """Return a cycle of four by quarter turns as regions: nothing rounds."""
    return stored(turning(4, range(4)), form)


NETWORKS = {
    "fifths-float32": lambda: stored(turning(5, range(5)), FLOAT32),
    "fifths-bfloat16": lambda: stored(turning(5, [1, 4]), BFLOAT16),
    "sevenths-float64": lambda: stored(turning(7, [2, 3]), FLOAT64),
    "thirds-cover-float16": lambda: stored(turning(3, [1], 6), FLOAT16),
    "thirds-cover-float8": lambda: stored(turning(3, [1], 6), FLOAT8_E4M3FN),
    "quarters-exact": lambda: exact_quarters(FLOAT32),
    "killed-float16": lambda: killed(FLOAT16),
    "saturating-exact": lambda: saturating(BFLOAT16),
    "counting-float32": lambda: counting_cycle(FLOAT32),
}


@cache
def region_network(name: str) -> ProvedNetwork:
    """Return a named network, proved once."""
    return NETWORKS[name]()


@cache
def region_file(name: str) -> bytes:
    """Return the file of a named network."""
    return network_bytes(region_network(name))
