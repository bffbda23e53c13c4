"""A_x e_j = exp(2 pi i t_xj) e_map(x, j) on complex coordinates, some of which stay real: in real numbers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix, Vector, vector
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.operators.readout import middle_of_point
from fsm2rnn.operators.rotation import QUARTERS

REAL: Final = 2
"""Largest denominator of a turn that keeps a real number real."""


@final
@dataclass(frozen=True)
class PhasedPermutation(Operator):
    """One permutation with phases per symbol; a coordinate that is `real` is one number, each other one two.

    It is stored as dense matrices. NumericError where sizes differ, or a letter moves or turns a real number out.
    """

    maps: tuple[PhaseMatrix, ...]
    real: tuple[bool, ...]

    def __post_init__(self) -> None:
        """Prove that real coordinates stay real."""
        for letter in self.maps:
            if len(letter.image) != len(self.real):
                message = f"{len(letter.image)} coordinates are moved, expected {len(self.real)}"
                raise NumericError(message)
            for source, (target, turn) in enumerate(zip(letter.image, letter.turns, strict=True)):
                if self.real[source] != self.real[target] or (self.real[source] and turn.denominator > REAL):
                    message = f"coordinate {source} is moved to {target} by {turn} turns, and does not stay real"
                    raise NumericError(message)

    @property
    def size(self) -> int:
        """The real numbers of the state."""
        return self.places[-1]

    @property
    def complex_size(self) -> int:
        """The complex numbers of the state, those that stay real included."""
        return len(self.real)

    @property
    def places(self) -> tuple[int, ...]:
        """The first real number of every coordinate, and the end."""
        return tuple(itertools.accumulate((1 if real else 2 for real in self.real), initial=0))

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x, cosines and sines of other than quarter turns to 2^-190."""
        columns, letter, places = list[Vector](), self.maps[symbol], self.places
        for source, (target, turn) in enumerate(zip(letter.image, letter.turns, strict=True)):
            cosine, sine = QUARTERS[int(4 * turn)] if turn.denominator in (1, 2, 4) else middle_of_point(turn)
            row = places[target]
            if self.real[source]:
                columns.append(((row, cosine),))
            else:
                columns += [vector([(row, cosine), (row + 1, sine)]), vector([(row, -sine), (row + 1, cosine)])]
        return SparseMatrix(self.size, tuple(columns))
