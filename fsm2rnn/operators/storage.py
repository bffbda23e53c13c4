"""Exact parameters to the bits of a float format: rounding to nearest even, then proof of what is stored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat, encode, rounded
from fsm2rnn.exact.sparse import Scalar
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.operator import Operator
from fsm2rnn.proof.certificate import Network
from fsm2rnn.proof.decoder import Decoder
from fsm2rnn.proof.simulation import Simulation
from fsm2rnn.proof.structures import FLOATS
from fsm2rnn.proof.tensor_file import ITEM_SIZES, StoredTensor

DTYPES = {form.name: dtype for dtype, form in FLOATS.items()}


def store(operator: Operator, proof: Simulation, form: FloatFormat, evidence: Mapping[str, str]) -> Network:
    """Return the network whose tensors are operator, initial state and readout rounded to `form`, proved as stored.

    Raises NumericError when a number overflows the format, CertificateError when the rounded weights do
    not carry the proof.
    """
    symbols = len(proof.machine.symbols)
    initial = {"initial_state": _dense_tensor((operator.size,), proof.codes[0], form)}
    match operator:
        case Dense():
            structure = "dense"
            tensors = _store_dense(operator, symbols, form) | _store_readout(proof.decoder, form)
        case ColumnOneHot():
            structure = "column-one-hot"
            tensors = _store_maps(operator, symbols, form) | _store_index_readout(proof.decoder)
        case _:
            message = f"no storage for the structure {type(operator).__name__}"
            raise NumericError(message)
    return Network(proof.machine, proof.contract, proof.codes, proof.reads, structure, tensors | initial, evidence)


def parameters(operator: Operator, symbols: int) -> int:
    """Return how many numbers the structure stores for `symbols` letters, readout and initial state aside."""
    match operator:
        case Dense():
            return operator.size**2 * symbols
        case ColumnOneHot():
            return 2 * operator.size * symbols
        case _:
            message = f"no storage for the structure {type(operator).__name__}"
            raise NumericError(message)


def _store_dense(operator: Dense, symbols: int, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return weight[i, j, x] = (A_x)_ij, the layout of torch.nn.Bilinear."""
    size = operator.size
    entries = (
        ((row * size + column) * symbols + symbol, value)
        for symbol in range(symbols)
        for column, entry in enumerate(operator.matrix(symbol).columns)
        for row, value in entry
    )
    return {"weight": _dense_tensor((size, size, symbols), entries, form)}


def _store_readout(decoder: Decoder, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return the linear readout C h + b."""
    height, width = decoder.readout.height, len(decoder.readout.columns)
    entries = (
        (row * width + column, value) for column, entry in enumerate(decoder.readout.columns) for row, value in entry
    )
    return {
        "readout.weight": _dense_tensor((height, width), entries, form),
        "readout.bias": _dense_tensor((height,), decoder.bias, form),
    }


def _store_maps(operator: ColumnOneHot, symbols: int, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return index[x, j] and diagonal[x, j] of A_x e_j = diagonal[x, j] e_index[x, j]."""
    columns = [column for symbol in range(symbols) for column in operator.matrix(symbol).columns]
    shape = (symbols, operator.size)
    return {
        "index": _index_tensor(shape, [column[0][0] for column in columns]),
        "diagonal": _dense_tensor(shape, ((place, column[0][1]) for place, column in enumerate(columns)), form),
    }


def _store_index_readout(decoder: Decoder) -> dict[str, StoredTensor]:
    """Return index[j], the state for which coordinate j scores."""
    rows = [column[0][0] for column in decoder.readout.columns if [value for _, value in column] == [1]]
    if len(rows) != len(decoder.readout.columns) or decoder.bias:
        message = "a column-one-hot network needs a readout in which each coordinate scores 1 for one state"
        raise NumericError(message)
    return {"readout.index": _index_tensor((len(rows),), rows)}


def _index_tensor(shape: tuple[int, ...], values: list[int]) -> StoredTensor:
    return StoredTensor("I64", shape, b"".join(value.to_bytes(8, "little") for value in values))


def _dense_tensor(shape: tuple[int, ...], entries: Iterable[tuple[int, Scalar]], form: FloatFormat) -> StoredTensor:
    """Return the tensor that is zero but for the given flat positions."""
    dtype = DTYPES[form.name]
    size = ITEM_SIZES[dtype]
    data = bytearray(math.prod(shape) * size)
    known: dict[Scalar, bytes] = {}
    for place, value in entries:
        if value not in known:
            known[value] = encode(rounded(value, form), form).to_bytes(size, "little")
        data[place * size : (place + 1) * size] = known[value]
    return StoredTensor(dtype, shape, bytes(data))
