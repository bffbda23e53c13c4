"""A_x = diag(a_x), and h <- diag(a_x) h + b_x: real factors, coordinate by coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, SparseMatrix
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.structure_tensors import Tensors, parameters, structure_tensors, table_tensor
from fsm2rnn.proof.stored.structures import Structure


@final
@dataclass(frozen=True)
class Diagonal(Operator):
    """One row of H factors per symbol. NumericError when the lengths differ or are zero."""

    factors: tuple[tuple[Scalar, ...], ...]  # (D, H)

    def __post_init__(self) -> None:
        """Prove that all rows have one length."""
        _require_one_length("a diagonal operator", self.factors)

    @property
    def size(self) -> int:
        """The width H of the state."""
        return len(self.factors[0])

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x."""
        row = self.factors[symbol]
        return SparseMatrix(self.size, tuple(((place, value),) if value else () for place, value in enumerate(row)))


@final
@dataclass(frozen=True)
class AffineDiagonal(Operator):
    """h <- diag(a_x) h + b_x as a matrix on (h, 1). NumericError when the lengths differ or are zero."""

    factors: tuple[tuple[Scalar, ...], ...]  # (D, H)
    offsets: tuple[tuple[Scalar, ...], ...]  # (D, H)

    def __post_init__(self) -> None:
        """Prove that all rows have one length."""
        _require_one_length("an affine diagonal operator", (*self.factors, *self.offsets))
        if len(self.factors) != len(self.offsets):
            message = f"{len(self.factors)} rows of factors need as many of offsets, found {len(self.offsets)}"
            raise NumericError(message)

    @property
    def size(self) -> int:
        """The width H of the state, without the constant coordinate."""
        return len(self.factors[0])

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return the matrix on (h, 1) of shape (H + 1, H + 1)."""
        size = self.size
        columns = Diagonal(self.factors).matrix(symbol).columns
        offset = tuple((place, value) for place, value in enumerate(self.offsets[symbol]) if value)
        return SparseMatrix(size + 1, (*columns, (*offset, (size, 1))))


def _require_one_length(name: str, rows: tuple[tuple[Scalar, ...], ...]) -> None:
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or lengths == {0}:
        message = f"{name} needs rows of one length, none empty, found {sorted(lengths)}"
        raise NumericError(message)


@parameters.register
def _(operator: Diagonal, symbols: int) -> int:
    return operator.size * symbols


@parameters.register
def _(operator: AffineDiagonal, symbols: int) -> int:
    return 2 * operator.size * symbols


@structure_tensors.register
def _(operator: Diagonal, symbols: int, form: FloatFormat) -> Tensors:
    del symbols  # one row each
    return Structure.DIAGONAL, {"diagonal": table_tensor(operator.factors, form)}


@structure_tensors.register
def _(operator: AffineDiagonal, symbols: int, form: FloatFormat) -> Tensors:
    del symbols  # one row each
    factors, offsets = table_tensor(operator.factors, form), table_tensor(operator.offsets, form)
    return Structure.AFFINE_DIAGONAL, {"diagonal": factors, "offset": offsets}
