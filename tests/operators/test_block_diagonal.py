"""Block-diagonal operators: their matrix, what is stored of them, and shapes that are refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.structure_tensors import dense_tensor, parameters, structure_tensors
from fsm2rnn.proof.stored.structures import Structure, meaning

WHOLE = st.integers(-3, 3)


@st.composite
def operators(draw):
    """Draw one to three blocks of widths one to three for up to three symbols, with their rows."""
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    blocks = [
        [draw(st.lists(st.lists(WHOLE, min_size=n, max_size=n), min_size=n, max_size=n)) for n in widths]
        for _ in range(draw(st.integers(1, 3)))
    ]
    return BlockDiagonal(tuple(tuple(map(SparseMatrix.from_rows, row)) for row in blocks)), blocks


@given(operators())
def test_the_matrix_has_the_blocks_on_its_diagonal(drawn):
    operator, blocks = drawn
    assert operator.size == sum(operator.sizes) == sum(map(len, blocks[0]))
    for symbol, row in enumerate(blocks):
        rows = [[0] * operator.size for _ in range(operator.size)]
        first = 0
        for block in row:
            for place, entries in enumerate(block):
                rows[first + place][first : first + len(block)] = entries
            first += len(block)
        assert operator.matrix(symbol) == SparseMatrix.from_rows(rows)


@given(operators(), st.sampled_from(FORMATS))
def test_what_is_stored_means_the_same_matrices(drawn, form):
    operator, blocks = drawn
    name, tensors = structure_tensors(operator, len(blocks), form)
    assert name is Structure.BLOCK_DIAGONAL
    assert parameters(operator, len(blocks)) == sum(math.prod(tensor.shape) for tensor in tensors.values())
    tensors["initial_state"] = dense_tensor((operator.size,), [(0, 1)], form)
    tensors["readout.weight"] = dense_tensor((1, operator.size), (), form)
    tensors["readout.bias"] = dense_tensor((1,), (), form)
    stored = meaning(name, tensors, 1)
    assert list(stored.matrices) == [operator.matrix(symbol) for symbol in range(len(blocks))]
    assert (stored.blocks, stored.lines, stored.initial_state) == (operator.sizes, None, ((0, 1),))


ONE, TWO = SparseMatrix.identity(1), SparseMatrix.identity(2)


@pytest.mark.parametrize(
    "blocks",
    [
        ((),),
        ((ONE, TWO), (TWO, ONE)),
        ((ONE,), (ONE, ONE)),
        ((SparseMatrix(2, (((0, 1),),)),),),
        ((ONE, SparseMatrix(1, ((), ()))),),
    ],
)
def test_blocks_that_are_not_square_or_differ_are_refused(blocks):
    with pytest.raises(NumericError, match="square blocks of one shape"):
        BlockDiagonal(blocks)
