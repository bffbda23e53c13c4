"""A_x = W[:, :, x] with any entries: the full bilinear tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.operators.operator import Operator


@final
@dataclass(frozen=True)
class Dense(Operator):
    """One unrestricted (H, H) matrix per symbol. NumericError when the shapes differ."""

    matrices: tuple[SparseMatrix, ...]

    def __post_init__(self) -> None:
        """Prove that all matrices are square of one size."""
        sizes = {matrix.height for matrix in self.matrices} | {len(matrix.columns) for matrix in self.matrices}
        if len(sizes) != 1:
            message = f"a dense operator needs square matrices of one size, found {sorted(sizes)}"
            raise NumericError(message)

    @property
    def size(self) -> int:
        """The width H of the state."""
        return self.matrices[0].height

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x."""
        return self.matrices[symbol]
