"""The grid points that a float32 step from a grid state can round to, whatever the order of its sums.

An Elman cell needs no tanh: its sums are compared with the walls between roundings (`tanh_walls`). The gates of GRU and
LSTM multiply, so their steps are bounded as those of boxes are, with the errors of `cell_arithmetic`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final, TypeAlias, final

from fsm2rnn.exact.activations import BITS
from fsm2rnn.proof.claim.cell import Cell, Row
from fsm2rnn.proof.claim.cell_arithmetic import FLOAT32, Interval, sum_errors
from fsm2rnn.proof.claim.cell_images import STEPS, outward, parts
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.packed_rows import PackedRows
from fsm2rnn.proof.claim.tanh_walls import certain_walls

Ends: TypeAlias = tuple[Row, Row]
"""The first and the last grid point of each coordinate."""
_FINE: Final = 64  # binary places, at least, in which sums are compared with walls


def point_steps(cell: Cell, grid: int) -> ElmanSteps | GatedSteps:
    """Return the steps of a cell with |h| <= 1 on the multiples of 2^-grid, for states in units of it."""
    return ElmanSteps(cell, grid) if cell.kind is CellKind.ELMAN else GatedSteps(cell, grid)


@final
class ElmanSteps:
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), rounded."""

    def __init__(self, cell: Cell, grid: int) -> None:
        """Take weights, letters, errors and walls in the same units, 2^-fine."""
        fine = max(cell.scale + grid, _FINE)
        lift = fine - cell.scale
        self._one = 1 << grid
        hidden = [[entry << (lift - grid) for entry in row] for row in cell.hidden]
        self._rows = PackedRows(hidden, [bias << lift for bias in cell.hidden_bias], self._one)
        self._above = [_up(wall, fine) for wall in certain_walls(grid)]
        self._below = [-wall for wall in reversed(self._above)]
        self._letters = [
            tuple(zip(*(_around(entry << lift, _up(error, fine)) for entry, error in each), strict=True))
            for each in (zip(*both, strict=True) for both in zip(cell.inputs, sum_errors(cell)[1], strict=True))
        ]

    def ends(self, state: Row) -> Iterator[Ends]:
        """Yield what the state may become, for each symbol in turn."""
        sums, above, below, one = self._rows.sums(state), self._above, self._below, self._one
        for least, most in self._letters:
            first = tuple([bisect_left(above, total + low) - one for total, low in zip(sums, least, strict=True)])
            last = tuple([bisect_right(below, total + high) - one for total, high in zip(sums, most, strict=True)])
            yield first, last


@final
class GatedSteps:
    """The step of GRU or LSTM by intervals in units of 2^-BITS, rounded."""

    def __init__(self, cell: Cell, grid: int) -> None:
        """Take the errors of all sums, which hold for every state with |h| <= 1."""
        self._cell, self._grid = cell, grid
        self._rows = PackedRows(cell.hidden, [bias << grid for bias in cell.hidden_bias], 1 << grid)
        self._own, errors = sum_errors(cell)
        self._letters = [
            [(low - error, high + error) for (low, high), error in zip(parts(letter, cell), own, strict=True)]
            for letter, own in zip(cell.inputs, errors, strict=True)
        ]

    def images(self, state: Row) -> Iterator[list[Interval]]:
        """Yield an interval per coordinate that holds all that can be computed, for each symbol in turn."""
        cell, finer = self._cell, BITS - self._grid
        totals = [total << finer for total in self._rows.sums(state[: cell.size])]
        wide = (outward(total, total, cell.scale) for total in totals)
        sums = [(low - error, high + error) for (low, high), error in zip(wide, self._own, strict=True)]
        old = [(wall << finer, wall << finer) for wall in state]
        for letter in self._letters:
            yield STEPS[cell.kind](FLOAT32, cell, sums, letter, old)

    def ends(self, state: Row) -> Iterator[Ends]:
        """Yield what the state may become, for each symbol in turn."""
        for intervals in self.images(state):
            pairs = [grid_ends(low, high, self._grid) for low, high in intervals]
            yield tuple([low for low, _ in pairs]), tuple([high for _, high in pairs])


def grid_ends(low: int, high: int, grid: int) -> tuple[int, int]:
    """Return the first and the last multiple of 2^-grid that numbers between the ends round to, ties to even."""
    finer = BITS - grid
    half = 1 << (finer - 1)
    first, last = (low + half) >> finer, (high + half) >> finer
    # Half a step up and down: a tie rounds to the even one of its two neighbours.
    if first % 2 and first << finer == low + half:
        first -= 1
    if last % 2 and last << finer == high + half:
        last -= 1
    return first, last


def _around(number: int, error: int) -> tuple[int, int]:
    return number - error, number + error


def _up(number: int, fine: int) -> int:
    """Return a number of units of 2^-BITS in those of 2^-fine, rounded up."""
    return -(-(number << fine) >> BITS)
