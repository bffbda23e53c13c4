"""Permutation-times-phase matrices: A e_j = exp(2 pi i turn_j) e_image_j, a root of unity as a fraction of a turn."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix


@final
@dataclass(frozen=True)
class PhaseMatrix:
    """A column-one-hot matrix with unit-modulus entries, closed under products; `image` need not be a bijection.

    `image[j]` is the row of column j's one entry, exp(2 pi i turns[j]) with 0 <= turns[j] < 1. Raises
    NumericError when the lengths differ, a row lies outside the matrix, or a turn outside [0, 1).
    """

    image: tuple[int, ...]
    turns: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        """Prove the ranges."""
        size = len(self.image)
        if len(self.turns) != size or not all(0 <= row < size for row in self.image):
            message = f"not a column-one-hot matrix of size {size}: {self.image!r:.80}"
            raise NumericError(message)
        if not all(0 <= turn < 1 for turn in self.turns):
            message = "a phase is a fraction of a turn in [0, 1)"
            raise NumericError(message)

    @classmethod
    def map(cls, image: tuple[int, ...]) -> PhaseMatrix:
        """Return the matrix of the map j -> image[j], every phase zero."""
        return cls(image, (Fraction(0),) * len(image))

    def __matmul__(self, other: PhaseMatrix) -> PhaseMatrix:
        """Return A B: first B moves and turns e_j, then A."""
        turns = tuple((turn + self.turns[row]) % 1 for row, turn in zip(other.image, other.turns, strict=True))
        return PhaseMatrix(tuple(self.image[row] for row in other.image), turns)

    def sparse(self) -> SparseMatrix:
        """Return the matrix with signs as rational numbers; NumericError when a phase is neither 1 nor -1."""
        columns = []
        for row, turn in zip(self.image, self.turns, strict=True):
            if turn.denominator > 2:  # 0 and 1/2 turns are the real ones
                message = f"the phase of {turn} turns is not real"
                raise NumericError(message)
            columns.append(((row, -1 if turn else 1),))
        return SparseMatrix(len(self.image), tuple(columns))
