"""The exact rows of units: w . h + u_x + b > 0 if and only if the letter x leads from the unit that is on to this one.

Code {0, 1} (relu), unit (q, f), A = the units that f sends to it: where f does not send the start to q, the row is 1 on
A, the letters of f enter with 1, and b = -1, so that the sum is [u in A] + [x is f] - 1; where it does, the row is -1
outside of A and b = 0, so that the sum is [x is f] - [some unit outside of A is on]. Both are 1 or at most 0.

Code {-1, 1} of R = K + 2 units (tanh): K on A less |A| everywhere gives 2K [u in A] of a state with one unit on, since
its coordinates sum to -K, and 0 of the zero vector; 2 more everywhere give -2K of a state and 0 of zero. With letters
2K and b = -3K, or -K where f sends the start to q, the sum is K (2 [u in A] + 2 [x is f] - 3), of magnitude K or more.
A gain g makes that 16 to 32.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, final

from fsm2rnn.exact.activations import UNIT, tanh
from fsm2rnn.exact.sparse import Scalar, absolute
from fsm2rnn.operators.stock_cell import StockCell
from fsm2rnn.proof.claim.cell_kinds import CellKind

SATURATED: Final = 16
"""tanh 16 = 1 - 2.5e-14, which float32 and shorter formats round to 1; 8, half of it, is still 1 - 2.3e-7."""
SHOWN: Final = Fraction(tanh(UNIT)[0], UNIT)
"""tanh 1, the magnitude of h where an LSTM's c is 1."""
ALWAYS: Final = 200
"""sigmoid(200) rounds to 1 in every format, and 200 is a number of each; 1 - sigmoid(200) < 2^-288."""


@final
@dataclass(frozen=True)
class TwoValued:
    """A row that is `inside` on some places and `outside` on all others."""

    places: tuple[int, ...]
    inside: Scalar
    outside: Scalar
    width: int

    @property
    def magnitude(self) -> Scalar:
        """The sum of the magnitudes of the entries."""
        inside, outside = len(self.places), self.width - len(self.places)
        return inside * absolute(self.inside) + outside * absolute(self.outside)


@final
@dataclass(frozen=True)
class UnitRow:
    """What a unit adds up: the row of W_hh, the entry of its letters in W_ih, its bias, its map (None: never on)."""

    hidden: TwoValued
    entering: Scalar
    bias: Scalar
    map: int | None


def unit_rows(cell: StockCell) -> list[UnitRow]:
    """Return the rows of the units, those that are never on last."""
    if cell.kind is CellKind.RELU:
        return list(_zeros_and_ones(cell))
    return list(_signs(cell))


def least_magnitude(cell: StockCell) -> Fraction:
    """Return g K, the least magnitude of the sums of the code {-1, 1}."""
    return _gain(cell.size - 2) * (cell.size - 2)


def readout_rows(cell: StockCell) -> tuple[list[TwoValued], Fraction]:
    """Return the row of each output label, and by how much the right logit leads after a symbol.

    The logit of an output is 2 where its unit is on (code {-1, 1}: a number from 2 to 4) and 0 elsewhere, so that a
    bias of 1 says the output of the empty word.
    """
    letters = cell.letters
    shown: list[list[int]] = [[] for _ in letters.machine.output_labels]
    for place, (state, _) in enumerate(letters.units):
        output = letters.outputs[state]
        if output is not None:
            shown[output].append(place)
    if cell.kind is CellKind.RELU:
        return [TwoValued(tuple(places), 2, 0, cell.size) for places in shown], Fraction(1)
    top = cell.size - 2
    fine = Fraction(1, 1 << (top.bit_length() - 1))
    scale = fine / SHOWN if cell.kind is CellKind.LSTM else fine
    rows = [TwoValued(tuple(places), scale * (top - len(places)), -scale * len(places), cell.size) for places in shown]
    return rows, 2 * top * fine - 1


def _zeros_and_ones(cell: StockCell) -> Iterable[UnitRow]:
    letters = cell.letters
    for (state, number), places in zip(letters.units, letters.sources(), strict=True):
        from_start = letters.maps[number][letters.start] == state
        row = TwoValued(tuple(places), 0 if from_start else 1, -1 if from_start else 0, cell.size)
        yield UnitRow(row, 1, 0 if from_start else -1, number)


def _signs(cell: StockCell) -> Iterable[UnitRow]:
    letters, top = cell.letters, cell.size - 2
    gain = _gain(top)
    shown = SHOWN if cell.kind is CellKind.LSTM else Fraction(1)
    for (state, number), places in zip(letters.units, letters.sources(), strict=True):
        more = 2 if letters.maps[number][letters.start] == state else 0
        outside = more - len(places)
        row = TwoValued(tuple(places), gain * (top + outside) / shown, gain * outside / shown, cell.size)
        yield UnitRow(row, gain * 2 * top, gain * top * (more - 3), number)
    for _ in range(cell.size - len(letters.units)):
        yield UnitRow(TwoValued((), 0, 0, cell.size), 0, -gain * top, None)


def _gain(top: int) -> Fraction:
    """Return the least power of two g with g K >= SATURATED."""
    gain = Fraction(SATURATED)
    while gain * top >= 2 * SATURATED:
        gain /= 2
    return gain
