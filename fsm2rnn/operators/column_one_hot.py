"""A_x = P_x D_x: P_x column-one-hot, D_x a diagonal of phases; closed under products, O(H) per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.operators.structure_tensors import Tensors, dense_tensor, index_tensor, parameters, structure_tensors
from fsm2rnn.proof.stored.structures import Structure


@final
@dataclass(frozen=True)
class ColumnOneHot(Operator):
    """One column-one-hot matrix with phases per symbol. NumericError when the sizes differ."""

    maps: tuple[PhaseMatrix, ...]

    def __post_init__(self) -> None:
        """Prove that all matrices have one size."""
        sizes = {len(phases.image) for phases in self.maps}
        if len(sizes) != 1:
            message = f"a column-one-hot operator needs matrices of one size, found {sorted(sizes)}"
            raise NumericError(message)

    @property
    def size(self) -> int:
        """The width H of the state."""
        return len(self.maps[0].image)

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x over Q; NumericError when a phase is not real."""
        return self.maps[symbol].sparse()


@parameters.register
def _(operator: ColumnOneHot, symbols: int) -> int:
    return 2 * operator.size * symbols


@structure_tensors.register
def _(operator: ColumnOneHot, symbols: int, form: FloatFormat) -> Tensors:
    """Return index[x, j] and diagonal[x, j] of A_x e_j = diagonal[x, j] e_index[x, j]."""
    columns = [column for symbol in range(symbols) for column in operator.matrix(symbol).columns]
    shape = (symbols, operator.size)
    return Structure.COLUMN_ONE_HOT, {
        "index": index_tensor(shape, [column[0][0] for column in columns]),
        "diagonal": dense_tensor(shape, ((place, column[0][1]) for place, column in enumerate(columns)), form),
    }
