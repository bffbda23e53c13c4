"""A_x = diag of real factors and of plane rotations by rational turns, or zero: complex diagonal in real numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import Scalar, SparseMatrix
from fsm2rnn.operators.operator import Operator
from fsm2rnn.proof.claim.enclosure import Letter

QUARTERS = ((1, 0), (0, 1), (-1, 0), (0, -1))  # cosine and sine


@final
@dataclass(frozen=True)
class Rotation(Operator):
    """One letter per symbol: L factors, then P turns. NumericError when the numbers of lines or planes differ."""

    letters: tuple[Letter, ...]

    def __post_init__(self) -> None:
        """Prove that all letters have one shape."""
        shapes = {(len(letter.lines), len(letter.planes)) for letter in self.letters}
        if len(shapes) != 1 or shapes == {(0, 0)}:
            message = f"a rotation operator needs letters of one shape, found {sorted(shapes)}"
            raise NumericError(message)

    @property
    def size(self) -> int:
        """The width H = L + 2 P of the real state."""
        return self.lines + 2 * self.planes

    @property
    def lines(self) -> int:
        """The number L of coordinates that are one real number."""
        return len(self.letters[0].lines)

    @property
    def planes(self) -> int:
        """The number P of 2 x 2 blocks."""
        return len(self.letters[0].planes)

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x over Q; NumericError when a turn is no quarter turn, since its cosine or sine is irrational."""
        letter = self.letters[symbol]
        rows: list[list[Scalar]] = [[0] * self.size for _ in range(self.size)]
        for line, factor in enumerate(letter.lines):
            rows[line][line] = factor
        for plane, turn in enumerate(letter.planes):
            if turn is not None and turn.denominator not in (1, 2, 4):
                message = f"the rotation by {turn} turns has no matrix over the rationals in this basis"
                raise NumericError(message)
            cosine, sine = (0, 0) if turn is None else QUARTERS[int(turn * 4)]
            place = self.lines + 2 * plane
            rows[place][place], rows[place][place + 1] = cosine, -sine
            rows[place + 1][place], rows[place + 1][place + 1] = sine, cosine
        return SparseMatrix.from_rows(rows)
