"""Exact parameters as the tensors of their structure, every number rounded once to a float format."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import singledispatch
from typing import TypeAlias

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat, encode, rounded
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.readout import middle_of_point
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.proof.stored.stored_tensors import FLOATS
from fsm2rnn.proof.stored.tensor_file import ITEM_SIZES, StoredTensor

DTYPES = {form.name: dtype for dtype, form in FLOATS.items()}
Entries: TypeAlias = Iterable[tuple[int, Scalar]]


@singledispatch
def parameters(operator: Operator, symbols: int) -> int:
    """Return how many numbers the structure stores for `symbols` letters, readout and initial state aside."""
    message = f"no storage for the structure {type(operator).__name__} with {symbols} symbols"
    raise NumericError(message)


@singledispatch
def structure_tensors(operator: Operator, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return the structure's name and the tensors of its matrices, for `symbols` letters."""
    message = f"no storage for the structure {type(operator).__name__} of {symbols} symbols in {form.name}"
    raise NumericError(message)


@parameters.register
def _(operator: Dense, symbols: int) -> int:
    return operator.size**2 * symbols


@parameters.register(ColumnOneHot)
@parameters.register(AffineDiagonal)
def _(operator: ColumnOneHot | AffineDiagonal, symbols: int) -> int:
    return 2 * operator.size * symbols


@parameters.register
def _(operator: Diagonal, symbols: int) -> int:
    return operator.size * symbols


@parameters.register
def _(operator: Rotation, symbols: int) -> int:
    return (operator.lines + 2 * operator.planes) * symbols


@parameters.register
def _(operator: Factored, symbols: int) -> int:
    return operator.rank * (2 * operator.size + symbols)


@parameters.register
def _(operator: BlockDiagonal, symbols: int) -> int:
    return sum(size**2 for size in operator.sizes) * symbols


@parameters.register
def _(operator: Householder, symbols: int) -> int:
    return operator.steps * (operator.size + 1 + operator.written) * symbols


@structure_tensors.register
def _(operator: Diagonal, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    del symbols  # one row each
    return "diagonal", {"diagonal": _table(operator.factors, form)}


@structure_tensors.register
def _(operator: AffineDiagonal, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    del symbols  # one row each
    factors, offsets = _table(operator.factors, form), _table(operator.offsets, form)
    return "affine-diagonal", {"diagonal": factors, "offset": offsets}


@structure_tensors.register
def _(operator: Dense, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return weight[i, j, x] = (A_x)_ij, the layout of torch.nn.Bilinear."""
    size = operator.size
    entries = (
        ((row * size + column) * symbols + symbol, value)
        for symbol in range(symbols)
        for column, entry in enumerate(operator.matrix(symbol).columns)
        for row, value in entry
    )
    return "dense", {"weight": dense_tensor((size, size, symbols), entries, form)}


@structure_tensors.register
def _(operator: ColumnOneHot, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return index[x, j] and diagonal[x, j] of A_x e_j = diagonal[x, j] e_index[x, j]."""
    columns = [column for symbol in range(symbols) for column in operator.matrix(symbol).columns]
    shape = (symbols, operator.size)
    return "column-one-hot", {
        "index": index_tensor(shape, [column[0][0] for column in columns]),
        "diagonal": dense_tensor(shape, ((place, column[0][1]) for place, column in enumerate(columns)), form),
    }


@structure_tensors.register
def _(operator: Factored, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return U, the gates and V^T, so that a step reads rows."""
    del symbols  # the operator has them
    rank = operator.rank
    gates = ((symbol * rank + place, value) for symbol, row in enumerate(operator.gates) for place, value in row)
    return "factored", {
        "output_factor": matrix_tensor(operator.output, rank, form),
        "gates": dense_tensor((len(operator.gates), rank), gates, form),
        "input_factor": matrix_tensor(operator.input.transposed(), operator.size, form),
    }


@structure_tensors.register
def _(operator: Rotation, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return cosine and sine of every turn, rounded once from bounds far finer than any format, and the lines."""
    del symbols  # the operator has them
    points = [[middle_of_point(turn) for turn in letter.planes] for letter in operator.letters]
    tensors: dict[str, StoredTensor] = {}
    if operator.planes:
        tensors["cosine"] = _table([[cosine for cosine, _ in row] for row in points], form)
        tensors["sine"] = _table([[sine for _, sine in row] for row in points], form)
    if operator.lines:
        tensors["diagonal"] = _table([letter.lines for letter in operator.letters], form)
    return "rotation", tensors


@structure_tensors.register
def _(operator: BlockDiagonal, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
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
        tensors[f"block.{place}"] = dense_tensor((len(operator.blocks), size, size), entries, form)
    return "block-diagonal", tensors


@structure_tensors.register
def _(operator: Householder, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return keys and betas, zero where a letter has fewer updates than others, and values where one is written."""
    del symbols  # the operator has them
    symbols, steps, size = len(operator.updates), operator.steps, operator.size
    placed = [
        (symbol * steps + place, update)
        for symbol, updates in enumerate(operator.updates)
        for place, update in enumerate(updates)
    ]
    keys = ((place * size + index, entry) for place, update in placed for index, entry in update.key)
    betas = ((place, update.beta) for place, update in placed)
    tensors = {
        "key": dense_tensor((symbols, steps, size), keys, form),
        "beta": dense_tensor((symbols, steps), betas, form),
    }
    if operator.written:
        values = ((place, update.value) for place, update in placed)
        tensors["value"] = dense_tensor((symbols, steps), values, form)
    return "householder", tensors


def matrix_tensor(matrix: SparseMatrix, width: int, form: FloatFormat) -> StoredTensor:
    """Return the first `width` columns as a tensor of two axes."""
    entries = (
        (row * width + place, value) for place, column in enumerate(matrix.columns[:width]) for row, value in column
    )
    return dense_tensor((matrix.height, width), entries, form)


def _table(rows: Iterable[Iterable[Scalar]], form: FloatFormat) -> StoredTensor:
    """Return dense rows as a tensor of two axes."""
    values = [list(row) for row in rows]
    flat: Vector = tuple(enumerate(value for row in values for value in row))
    return dense_tensor((len(values), len(values[0])), flat, form)


def index_tensor(shape: tuple[int, ...], values: list[int]) -> StoredTensor:
    """Return indices as 64-bit integers."""
    return StoredTensor("I64", shape, b"".join(value.to_bytes(8, "little") for value in values))


def dense_tensor(shape: tuple[int, ...], entries: Entries, form: FloatFormat) -> StoredTensor:
    """Return the tensor that is zero but for the given flat positions, each value rounded to `form`."""
    dtype = DTYPES[form.name]
    size = ITEM_SIZES[dtype]
    data = bytearray(math.prod(shape) * size)
    known: dict[Scalar, bytes] = {}
    for place, value in entries:
        if value not in known:
            known[value] = encode(rounded(value, form), form).to_bytes(size, "little")
        data[place * size : (place + 1) * size] = known[value]
    return StoredTensor(dtype, shape, bytes(data))
