"""A_x = diag(B_x1, ..., B_xk): every letter acts on each block of coordinates alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.structure_tensors import Tensors, dense_tensor, parameters, structure_tensors
from fsm2rnn.proof.stored.block_names import block_name
from fsm2rnn.proof.stored.structures import Structure


@final
@dataclass(frozen=True)
class BlockDiagonal(Operator):
    """One tuple of blocks per symbol, each (n_k, n_k). NumericError unless the widths n_k are those of all symbols."""

    blocks: tuple[tuple[SparseMatrix, ...], ...]  # (D, K)

    def __post_init__(self) -> None:
        """Prove that all symbols have square blocks of the same widths."""
        shapes = {tuple((block.height, block.width) for block in row) for row in self.blocks}
        if len(shapes) != 1 or not self.sizes or any(high != wide for shape in shapes for high, wide in shape):
            message = f"a block-diagonal operator needs square blocks of one shape, found {sorted(shapes)}"
            raise NumericError(message)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths n_k of the blocks."""
        return tuple(block.width for block in self.blocks[0])

    @property
    def size(self) -> int:
        """The width H of the state."""
        return sum(self.sizes)

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x."""
        columns: list[Vector] = []
        for block in self.blocks[symbol]:
            first = len(columns)
            columns += [tuple((first + row, entry) for row, entry in column) for column in block.columns]
        return SparseMatrix(len(columns), tuple(columns))


@parameters.register
def _(operator: BlockDiagonal, symbols: int) -> int:
    return sum(size**2 for size in operator.sizes) * symbols


@structure_tensors.register
def _(operator: BlockDiagonal, symbols: int, form: FloatFormat) -> Tensors:
    """Return block.k[x] = the k-th block of A_x."""
    del symbols  # the operator has them
    tensors = {}
    for place, size in enumerate(operator.sizes):
        entries = (
            ((symbol * size + row) * size + column, value)
            for symbol, blocks in enumerate(operator.blocks)
            for column, entry in enumerate(blocks[place].columns)
            for row, value in entry
        )
        tensors[block_name(place)] = dense_tensor((len(operator.blocks), size, size), entries, form)
    return Structure.BLOCK_DIAGONAL, tensors
