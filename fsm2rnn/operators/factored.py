"""A_x = U diag(w_x) V^T: the CP (factored) form with R products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import MatrixProduct, SparseMatrix, Vector
from fsm2rnn.operators.operator import Operator


@final
@dataclass(frozen=True)
class Factored(Operator):
    """Two factors for all symbols and one row of R gates per symbol. NumericError when the shapes do not fit."""

    output: SparseMatrix  # U, (H, R)
    gates: tuple[Vector, ...]  # w_x, (D, R)
    input: SparseMatrix  # V^T, (R, H)

    def __post_init__(self) -> None:
        """Prove the shapes."""
        if self.output.height != self.input.width or self.output.width != self.input.height:
            shapes = [(factor.height, factor.width) for factor in (self.output, self.input)]
            message = f"factors of shapes {shapes} are not (H, R) and (R, H)"
            raise NumericError(message)
        SparseMatrix(self.rank, self.gates)

    @property
    def size(self) -> int:
        """The width H of the state."""
        return self.output.height

    @property
    def rank(self) -> int:
        """The number R of products per step."""
        return self.output.width

    def matrix(self, symbol: int) -> MatrixProduct:
        """Return A_x as its factors."""
        gates = dict(self.gates[symbol])
        middle = tuple(((place, gates[place]),) if place in gates else () for place in range(self.rank))
        return MatrixProduct((self.input, SparseMatrix(self.rank, middle), self.output))
