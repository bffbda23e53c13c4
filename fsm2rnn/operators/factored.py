"""A_x = U diag(w_x) V^T: the CP (factored) form with R products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.structure_tensors import Tensors, dense_tensor, matrix_tensor, parameters, structure_tensors
from fsm2rnn.proof.stored.structures import Structure


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


@parameters.register
def _(operator: Factored, symbols: int) -> int:
    return operator.rank * (2 * operator.size + symbols)


@structure_tensors.register
def _(operator: Factored, symbols: int, form: FloatFormat) -> Tensors:
    """Return U, the gates and V^T, so that a step reads rows."""
    del symbols  # the operator has them
    rank = operator.rank
    gates = ((symbol * rank + place, value) for symbol, row in enumerate(operator.gates) for place, value in row)
    return Structure.FACTORED, {
        "output_factor": matrix_tensor(operator.output, rank, form),
        "gates": dense_tensor((len(operator.gates), rank), gates, form),
        "input_factor": matrix_tensor(operator.input.transposed(), operator.size, form),
    }
