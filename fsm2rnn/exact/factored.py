"""A = U diag(w) V^T as factors: what is stored and summed is the factors, what is proved is their product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, canonical_vector

TERM_LIMIT = 1 << 24  # products u w v of one matrix, a tenth of a microsecond each: two seconds


@final
@dataclass(frozen=True)
class FactoredMatrix:
    """The sum over r of w_r U[:, r] V[:, r]^T, multiplied out when it is built.

    Raises NumericError unless the shapes fit, LimitError beyond TERM_LIMIT products.
    """

    output: SparseMatrix  # U (H, R)
    gates: Vector  # w, of height R
    input: SparseMatrix  # V (W, R)
    product: SparseMatrix = field(init=False)

    def __post_init__(self) -> None:
        """Prove the shapes, and multiply."""
        if self.output.width != self.input.width:
            message = f"factors of {self.output.width} and {self.input.width} columns have no product"
            raise NumericError(message)
        SparseMatrix(self.output.width, (self.gates,))
        terms = sum(len(self.output.columns[place]) * len(self.input.columns[place]) for place, _ in self.gates)
        if terms > TERM_LIMIT:
            what = "products of a factored matrix"
            raise LimitError(what, limit=TERM_LIMIT, needed=terms)
        object.__setattr__(self, "product", self._multiplied())

    @property
    def height(self) -> int:
        """How many rows the product has."""
        return self.output.height

    @property
    def width(self) -> int:
        """How many columns the product has."""
        return self.input.height

    def apply(self, state: Vector) -> Vector:
        """Return A state."""
        return self.product.apply(state)

    def _multiplied(self) -> SparseMatrix:
        columns: list[dict[int, Scalar]] = [{} for _ in range(self.width)]
        for place, gate in self.gates:
            for column, right in self.input.columns[place]:
                total, scaled = columns[column], gate * right
                for row, left in self.output.columns[place]:
                    total[row] = total.get(row, 0) + left * scaled
        return SparseMatrix(self.height, tuple(canonical_vector(total) for total in columns))
