"""A_x = U diag(w_x) V^T: the CP (factored) form with R products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.operators.operator import Operator


@final
@dataclass(frozen=True)
class Factored(Operator):
    """Two factors for all symbols and one row of R gates per symbol. NumericError when the shapes do not fit."""

    output: SparseMatrix  # U, (H, R)
    gates: tuple[Vector, ...]  # w_x, (D, R)
    input: SparseMatrix  # V, (H, R)

    def __post_init__(self) -> None:
        """Prove the shapes."""
        if (self.output.height, self.output.width) != (self.input.height, self.input.width):
            shapes = [(factor.height, factor.width) for factor in (self.output, self.input)]
            message = f"factors have the shapes {shapes}, expected (H, R) twice"
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

    def matrix(self, symbol: int) -> FactoredMatrix:
        """Return A_x."""
        return FactoredMatrix(self.output, self.gates[symbol], self.input)
