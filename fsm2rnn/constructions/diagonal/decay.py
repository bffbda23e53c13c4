"""lambda^t beside exp(2 pi i t / p): letters that commute but never return, counted by a decaying coordinate.

How a letter x of index i and period p acts is determined by how often it was read: exactly while fewer than i times,
modulo p from then on. A line with factor 1/2 (0 where i = 1) holds the first, a turn by 1/p (a sign where p = 2) the
second. Since letters commute, the state is a function of these counts. The orbit is infinite, but from the i-th power
on the line stays in [0, 2^-i], so the regions are finitely many and apart: contract robust. Factor 1/2 is exact in
every float format, and what underflows goes to zero, inside the last region.

The score of the region at 2^-t has slope -3/2 2^t and bias 3/2 + t, a tangent of the convex function -log_2 up to
constants: it leads every other one by at least 1/4, in the last region too, whatever t.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, final

from fsm2rnn.algebra.letters.letter_orders import LetterOrder, letter_orders
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.sparse import Scalar
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.readout import RegionRow
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region, Turn
from fsm2rnn.tracing.orbit import reached_regions

HALF = Fraction(1, 2)
REGION_LIMIT: Final = 1000
"""Most regions: the proof compares the scores of every region's row on every region, 10^6 of them."""


@final
@dataclass(frozen=True)
class _Counter:
    """One coordinate: its factor or turn under the letters `of`, 1 under all others."""

    of: frozenset[int]
    factor: Scalar | None  # None: a plane
    turn: Turn = None


def decay_network(machine: StateMachine) -> Compiled:
    """Return the network under contract robust of a machine whose letters commute.

    Coordinates that the readings do not need are left out, one after the other; the rest is not proved to be the
    least. Raises LimitError beyond REGION_LIMIT regions.
    """
    counters = list(_counters(machine))
    for counter in list(counters):
        fewer = [other for other in counters if other is not counter]
        if fewer and _reads(machine, fewer):
            counters = fewer
    letters, first = _letters(machine, counters)
    found, reads = reached_regions(letters, first, machine, limit=REGION_LIMIT)
    proof = Enclosure(machine, letters, found.regions, reads, Contract.ROBUST)
    operator = Rotation(letters) if letters[0].planes else Diagonal(tuple(letter.lines for letter in letters))
    return Compiled(operator, proof, width_only(operator, BEST), _rows(found.regions, reads))


def _counters(machine: StateMachine) -> Iterator[_Counter]:
    """Yield the coordinates of every distinct letter map; one that is always 1 where no letter moves anything."""
    same: dict[tuple[int, ...], list[int]] = {}
    for symbol, column in enumerate(zip(*machine.table, strict=True)):
        same.setdefault(column, []).append(symbol)
    orders = letter_orders(machine)
    yielded = False
    for symbols in same.values():
        for counter in _counters_of(frozenset(symbols), orders[symbols[0]]):
            yielded = True
            yield counter
    if not yielded:
        yield _Counter(frozenset(), 1)


def _counters_of(symbols: frozenset[int], order: LetterOrder) -> Iterator[_Counter]:
    if order.index:
        yield _Counter(symbols, 0 if order.index == 1 else HALF)
    if order.period == 2:  # a sign
        yield _Counter(symbols, -1)
    elif order.period > 1:
        yield _Counter(symbols, None, Fraction(1, order.period))


def _letters(machine: StateMachine, counters: list[_Counter]) -> tuple[tuple[Letter, ...], Region]:
    lines = [counter for counter in counters if counter.factor is not None]
    planes = [counter for counter in counters if counter.factor is None]
    letters = tuple(
        Letter(
            tuple(line.factor if symbol in line.of and line.factor is not None else 1 for line in lines),
            tuple(plane.turn if symbol in plane.of else Fraction(0) for plane in planes),
        )
        for symbol in range(len(machine.symbols))
    )
    return letters, Region(((1, 1),) * len(lines), (Fraction(0),) * len(planes))


def _reads(machine: StateMachine, counters: list[_Counter]) -> bool:
    """Return whether these coordinates alone tell all readings apart."""
    letters, first = _letters(machine, counters)
    try:
        reached_regions(letters, first, machine, limit=REGION_LIMIT)
    except CertificateError:
        return False
    return True


def _rows(regions: tuple[Region, ...], reads: tuple[int, ...]) -> tuple[RegionRow, ...]:
    """Return one row per region, by state: the sum of every coordinate's score."""
    decays = [
        any(0 < high < 1 for _, high in intervals)
        for intervals in zip(*(region.lines for region in regions), strict=True)
    ]
    rows = []
    for region, read in zip(regions, reads, strict=True):
        scores = [_tangent if decay else _nearest for decay in decays]
        parts = [score(high) for score, (_, high) in zip(scores, region.lines, strict=True)]
        bias = sum((bias for _, bias in parts), Fraction(0))
        rows.append(RegionRow(tuple(weight for weight, _ in parts), region.planes, bias, read))
    return tuple(sorted(rows, key=lambda row: row.read))


def _tangent(high: Scalar) -> tuple[Scalar, Fraction]:
    """Return slope and bias for the region that ends at 2^-t."""
    steps = Fraction(high).denominator.bit_length() - 1
    return -Fraction(3, 2) * 2**steps, Fraction(3, 2) + steps


def _nearest(value: Scalar) -> tuple[Scalar, Fraction]:
    """Return slope and bias for one of the points 0, 1 and -1."""
    return value, -Fraction(value * value) / 2
