"""One line of the table: a figure, what it is held against, and whether the goal is met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import final


@final
class Met(Enum):
    """Whether a goal is met; a peer or a bound has none."""

    YES = "yes"
    NO = "no"
    NO_GOAL = ""


@final
@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of the rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        """Write three digits of each."""
        return f"{_digits(self.median)} [{_digits(self.low)}-{_digits(self.high)}]"


@final
@dataclass(frozen=True)
class Row:
    """A figure of goal P1, P4, ...; `ratio` is to `peer`, `wanted` is the goal in words, `note` what bounds it."""

    goal: str
    what: str
    measured: Spread | None
    unit: str
    peer: str = ""
    ratio: Spread | None = None
    wanted: str = ""
    met: Met = Met.NO_GOAL
    note: str = ""


def at_least(row: Row, ratios: Sequence[float], factor: float) -> Row:
    """Return the row with the ratios of its rounds to its peer, whose median must reach `factor`."""
    ratio = Spread.of(ratios)
    met = Met.YES if ratio.median >= factor else Met.NO
    return Row(
        row.goal, row.what, row.measured, row.unit, row.peer, ratio, f">= {_digits(factor)}x {row.peer}", met, row.note
    )


def reaches(row: Row, rate: float) -> Row:
    """Return the row with the goal that its median reaches `rate`."""
    met = Met.YES if row.measured is not None and row.measured.median >= rate else Met.NO
    wanted = f">= {_digits(rate)} {row.unit}"
    return Row(row.goal, row.what, row.measured, row.unit, row.peer, row.ratio, wanted, met, row.note)


def at_most(row: Row, limit: float) -> Row:
    """Return the row with the goal that its median stays at or below `limit`."""
    met = Met.YES if row.measured is not None and row.measured.median <= limit else Met.NO
    wanted = f"<= {_digits(limit)} {row.unit}"
    return Row(row.goal, row.what, row.measured, row.unit, row.peer, row.ratio, wanted, met, row.note)


def _digits(value: float) -> str:
    """Write a number with three digits, or all of its whole part."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
