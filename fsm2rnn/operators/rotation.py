"""A_x = diag of real factors and of plane rotations by rational turns, or zero: complex diagonal in real numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, SparseMatrix
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.readout import middle_of_point
from fsm2rnn.operators.structure_tensors import Tensors, parameters, structure_tensors, table_tensor
from fsm2rnn.proof.claim.enclosure import Letter
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import StoredTensor

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


@parameters.register
def _(operator: Rotation, symbols: int) -> int:
    return (operator.lines + 2 * operator.planes) * symbols


@structure_tensors.register
def _(operator: Rotation, symbols: int, form: FloatFormat) -> Tensors:
    """Return cosine and sine of every turn, rounded once from bounds far finer than any format, and the lines."""
    del symbols  # the operator has them
    points = [[middle_of_point(turn) for turn in letter.planes] for letter in operator.letters]
    tensors: dict[str, StoredTensor] = {}
    if operator.planes:
        tensors["cosine"] = table_tensor([[cosine for cosine, _ in row] for row in points], form)
        tensors["sine"] = table_tensor([[sine for _, sine in row] for row in points], form)
    if operator.lines:
        tensors["diagonal"] = table_tensor([letter.lines for letter in operator.letters], form)
    return Structure.ROTATION, tensors
