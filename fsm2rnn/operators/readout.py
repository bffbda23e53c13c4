"""Rows of a readout of regions: a number for each line and a point of the circle for each plane."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from fsm2rnn.exact.circle import UNIT, point_on_circle
from fsm2rnn.exact.sparse import Scalar, Vector, vector
from fsm2rnn.proof.claim.enclosure import Enclosure, Region, Turn


@final
@dataclass(frozen=True)
class RegionRow:
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


def nearest_rows(enclosure: Enclosure) -> tuple[RegionRow, ...]:
    """Return the rows of the nearest prototype, <p, h> - |p|^2 / 2, for regions that are points; sorted by state."""
    pairs = zip(enclosure.regions, enclosure.reads, strict=True)
    return tuple(sorted((_nearest_row(region, read) for region, read in pairs), key=lambda row: row.read))


def _nearest_row(region: Region, read: int) -> RegionRow:
    lines = tuple(low for low, _ in region.lines)
    square = sum(value * value for value in lines) + sum(turn is not None for turn in region.planes)
    return RegionRow(lines, region.planes, -Fraction(square) / 2, read)
