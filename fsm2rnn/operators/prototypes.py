"""A readout of the nearest of some points, kept in float64: networks that share it store and judge it once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import final

from fsm2rnn.exact.rounding import FLOAT64, rounded
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.operators.structure_tensors import readout_tensors
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.rounding.readout_rows import ReadoutRows
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.tensor_file import StoredTensor


@final
@dataclass(frozen=True)
class Prototype:
    """A point for one machine state: it scores <point, h> - |point|^2 / 2."""

    point: Vector
    read: int


@final
@dataclass(frozen=True)
class PrototypeReadout:
    """The readout of points in `size` coordinates, that of the start first."""

    points: tuple[Prototype, ...]
    size: int

    def __iter__(self) -> Iterator[Prototype]:
        """Yield the points."""
        return iter(self.points)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.points)

    @property
    def reads(self) -> tuple[int, ...]:
        """The state that each point is read as."""
        return tuple(one.read for one in self.points)

    def read_as(self, image: Sequence[int]) -> PrototypeReadout:
        """Return the same points for the states that a map makes of theirs."""
        return PrototypeReadout(tuple(Prototype(one.point, image[one.read]) for one in self.points), self.size)

    @cached_property
    def tensors(self) -> Mapping[str, StoredTensor]:
        """What is stored; NumericError for an overflow."""
        points = [tuple((place, rounded(entry, FLOAT64)) for place, entry in one.point) for one in self.points]
        return readout_tensors(Decoder.nearest(points, self.reads, self.size), self.size, FLOAT64)

    @cached_property
    def _known(self) -> dict[tuple[int, ...], ReadoutRows]:
        return {}

    def rows(self, stored: Meaning) -> ReadoutRows:
        """Return the rows of the stored readout, with what was decided of them for states in the same blocks.

        Who takes them asks `is_of`.
        """
        blocks = stored.blocks or ()
        if blocks not in self._known:
            self._known[blocks] = ReadoutRows(stored.decoder, stored.readout_form, blocks)
        return self._known[blocks]
