"""Rows of a readout: of a cell, a number for each line and a point of the circle for each plane; of a prototype."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from fsm2rnn.exact.circle import UNIT, point_on_circle
from fsm2rnn.exact.sparse import Scalar, Vector, vector
from fsm2rnn.proof.claim.enclosure import Cell, Enclosure, Turn


@final
@dataclass(frozen=True)
class CellRow:
    """The score sum_l lines_l h_l + sum_p <point at planes_p, h_p> + bias, for one machine state."""

    lines: tuple[Scalar, ...]
    planes: tuple[Turn, ...]
    bias: Scalar
    read: int

    def weights(self) -> Vector:
        """Return the row as rational numbers, points of the circle to 2^-190."""
        entries: list[tuple[int, Scalar]] = list(enumerate(self.lines))
        for plane, turn in enumerate(self.planes):
            if turn is not None:
                place = len(self.lines) + 2 * plane
                entries += zip((place, place + 1), middle_of_point(turn), strict=True)
        return vector(entries)


def middle_of_point(turn: Turn) -> tuple[Scalar, Scalar]:
    """Return cosine and sine of a turn to 2^-190, zeros for none."""
    if turn is None:
        return 0, 0
    cosine, sine = (Fraction(bounds.low + bounds.high, 2 * UNIT) for bounds in point_on_circle(turn))
    return cosine, sine


def nearest_rows(enclosure: Enclosure) -> tuple[CellRow, ...]:
    """Return the rows of the nearest prototype, <p, h> - |p|^2 / 2, for cells that are points; sorted by state."""
    pairs = zip(enclosure.cells, enclosure.reads, strict=True)
    return tuple(sorted((_nearest_row(cell, read) for cell, read in pairs), key=lambda row: row.read))


def _nearest_row(cell: Cell, read: int) -> CellRow:
    lines = tuple(low for low, _ in cell.lines)
    square = sum(value * value for value in lines) + sum(turn is not None for turn in cell.planes)
    return CellRow(lines, cell.planes, -Fraction(square) / 2, read)


@final
@dataclass(frozen=True)
class Prototype:
    """A point for one machine state: it scores <point, h> - |point|^2 / 2."""

    point: Vector
    read: int
