"""Exact parameters as the tensors of their structure, every number rounded once to a float format.

`parameters` and `structure_tensors` are answered for each structure in the file of its operator. An operator that does
not answer is stored by its matrices, as a dense one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import singledispatch
from typing import TypeAlias

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.matrix import columns_of
from fsm2rnn.exact.rounding import FloatFormat, encode, rounded
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector
from fsm2rnn.operators.operator import Operator
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import INDEX, StoredTensor

Entries: TypeAlias = Iterable[tuple[int, Scalar]]
Tensors: TypeAlias = tuple[Structure, dict[str, StoredTensor]]


@singledispatch
def parameters(operator: Operator, symbols: int) -> int:
    """Return how many numbers the structure stores for `symbols` letters, readout and initial state aside."""
    return operator.size**2 * symbols


@singledispatch
def structure_tensors(operator: Operator, symbols: int, form: FloatFormat) -> Tensors:
    """Return the structure and the tensors of its matrices, for `symbols` letters: here weight[:, :, x] = A_x.

    NumericError for a number that overflows the format, and for matrices on (h, 1), which a dense network has not.
    """
    size = operator.size
    columns = [columns_of(operator.matrix(symbol)) for symbol in range(symbols)]
    if any(len(letter) != size for letter in columns):
        message = f"{type(operator).__name__} acts on more than its {size} numbers, and is not stored as dense matrices"
        raise NumericError(message)
    entries = (
        ((row * size + column) * symbols + symbol, value)
        for symbol, letter in enumerate(columns)
        for column, entry in enumerate(letter)
        for row, value in entry
    )
    return Structure.DENSE, {"weight": dense_tensor((size, size, symbols), entries, form)}


def matrix_tensor(matrix: SparseMatrix, width: int, form: FloatFormat) -> StoredTensor:
    """Return the first `width` columns as a tensor of two axes."""
    entries = (
        (row * width + place, value) for place, column in enumerate(matrix.columns[:width]) for row, value in column
    )
    return dense_tensor((matrix.height, width), entries, form)


def readout_tensors(decoder: Decoder, width: int, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return the linear readout C h + b, on the first `width` coordinates."""
    height = decoder.readout.height
    tensors = {
        "readout.weight": matrix_tensor(decoder.readout, width, form),
        "readout.bias": dense_tensor((height,), decoder.bias, form),
    }
    if decoder.reads != tuple(range(height)):
        tensors["readout.index"] = index_tensor((height,), list(decoder.reads))
    return tensors


def table_tensor(rows: Iterable[Iterable[Scalar]], form: FloatFormat) -> StoredTensor:
    """Return dense rows as a tensor of two axes."""
    values = [list(row) for row in rows]
    flat: Vector = tuple(enumerate(value for row in values for value in row))
    return dense_tensor((len(values), len(values[0])), flat, form)


def index_tensor(shape: tuple[int, ...], values: list[int]) -> StoredTensor:
    """Return indices as 64-bit integers."""
    return StoredTensor(INDEX, shape, b"".join(value.to_bytes(8, "little") for value in values))


def dense_tensor(shape: tuple[int, ...], entries: Entries, form: FloatFormat) -> StoredTensor:
    """Return the tensor that is zero but for the given flat positions, each value rounded to `form`."""
    size = form.item_size
    data = bytearray(math.prod(shape) * size)
    known: dict[Scalar, bytes] = {}
    for place, value in entries:
        if value not in known:
            known[value] = encode(rounded(value, form), form).to_bytes(size, "little")
        data[place * size : (place + 1) * size] = known[value]
    return StoredTensor(form.stored, shape, bytes(data))
