"""What a comparison has found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, final


@final
@dataclass(frozen=True)
class Place:
    """Where two states disagree: see `Mismatch`, with ids and state numbers in place of labels."""

    stream: int
    position: int
    symbols: tuple[int, ...]
    offset: int
    expected: int
    found: int  # the number of states where the network's is no longer finite


@final
@dataclass(frozen=True)
class Tally:
    """What was found so far, and how many symbols the network read in how many seconds."""

    mismatches: int = 0
    first: Place | None = None
    counted: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Tally:
        """Return the tally with these fields; others are ignored."""
        first = fields["first"]
        place = None if first is None else Place(**{**first, "symbols": tuple(first["symbols"])})
        return cls(fields["mismatches"], place, fields["counted"], fields["seconds"])
