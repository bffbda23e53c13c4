"""A matrix over Q as it is stored: sparse, factored, or a product of updates."""

from __future__ import annotations

from typing import TypeAlias

from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.exact.updates import UpdateProduct

ExactMatrix: TypeAlias = SparseMatrix | FactoredMatrix | UpdateProduct


def columns_of(matrix: ExactMatrix) -> tuple[Vector, ...]:
    """Return the columns of A, multiplied out."""
    return matrix.columns if isinstance(matrix, SparseMatrix) else matrix.product.columns
