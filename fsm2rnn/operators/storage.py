"""Exact parameters to the bits of a float format: rounding to nearest even, then proof of what is stored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction

from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.circle import UNIT, point_on_circle
from fsm2rnn.exact.rounding import FLOAT64, FORMATS, FloatFormat, encode, rounded
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.readout import CellRow
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.proof.decoder import Decoder
from fsm2rnn.proof.enclosure import Enclosure, Turn
from fsm2rnn.proof.horizon import Horizon, horizon_of
from fsm2rnn.proof.network import Cells, Network, Orbit
from fsm2rnn.proof.separation import separation
from fsm2rnn.proof.simulation import Simulation
from fsm2rnn.proof.stored_tensors import FLOATS
from fsm2rnn.proof.structures import meaning
from fsm2rnn.proof.tensor_file import ITEM_SIZES, StoredTensor

DTYPES = {form.name: dtype for dtype, form in FLOATS.items()}
Entries = Iterable[tuple[int, Scalar]]


def store(operator: Operator, proof: Simulation, form: FloatFormat, evidence: Mapping[str, str]) -> Network:
    """Return the network whose tensors are operator, initial state and readout rounded to `form`, proved as stored.

    Raises NumericError when a number overflows the format, CertificateError when the rounded weights do
    not carry the proof.
    """
    structure, tensors = _structure(operator, len(proof.machine.symbols), form)
    width = operator.size
    start = [entry for entry in proof.codes[0] if entry[0] < width]
    tensors["initial_state"] = dense_tensor((width,), start, form)
    if structure == "column-one-hot":
        tensors |= _store_index_readout(proof.decoder)
    else:
        tensors |= _store_readout(proof.decoder, width, form)
    if proof.head is not None:
        tensors["head.weight"] = _matrix_tensor(proof.head, width, form)
    orbit = Orbit(proof.codes)
    return Network(proof.machine, proof.contract, orbit, proof.reads, structure, tensors, evidence)


def store_cells(
    operator: Rotation | Diagonal,
    proof: Enclosure,
    rows: tuple[CellRow, ...],
    form: FloatFormat,
    evidence: Mapping[str, str],
) -> Network:
    """Return the network of a proof by cells; the readout is kept in float64, whatever the recurrence's format.

    A short format would round the scores by more than the cells are apart. Errors as for `store`.
    """
    structure, tensors = _cell_tensors(operator, proof, rows, form)
    cells = Cells(proof.letters, proof.cells)
    return Network(proof.machine, proof.contract, cells, proof.reads, structure, tensors, evidence)


def rounded_horizons(operator: Rotation | Diagonal, proof: Enclosure, rows: tuple[CellRow, ...]) -> dict[str, Horizon]:
    """Return the horizons that `store_cells` would prove, by format, without proving the cells again.

    A format in which no step is proved is left out; so are all where the decoder is refused.
    """
    found: dict[str, Horizon] = {}
    separated = None
    for form in FORMATS:
        try:
            structure, tensors = _cell_tensors(operator, proof, rows, form)
            stored = meaning(structure, tensors, len(proof.machine.states))
            # The readout is float64 in all formats, so what it separates is found once.
            separated = separated or separation(proof, stored)
            found[form.name] = horizon_of(proof, stored, separated)
        except (CertificateError, NumericError, LimitError):
            continue
    return found


def _cell_tensors(
    operator: Rotation | Diagonal, proof: Enclosure, rows: tuple[CellRow, ...], form: FloatFormat
) -> tuple[str, dict[str, StoredTensor]]:
    structure, tensors = _structure(operator, len(proof.machine.symbols), form)
    first = proof.cells[0]
    planes = range(len(first.lines), operator.size, 2)
    start = [*((line, high) for line, (_, high) in enumerate(first.lines)), *((place, 1) for place in planes)]
    tensors["initial_state"] = dense_tensor((operator.size,), start, form)
    shape = (len(rows), operator.size)
    weights = ((row * operator.size + place, value) for row, cell in enumerate(rows) for place, value in cell.weights())
    tensors["readout.weight"] = dense_tensor(shape, weights, FLOAT64)
    tensors["readout.bias"] = dense_tensor((len(rows),), ((row, cell.bias) for row, cell in enumerate(rows)), FLOAT64)
    reads = [row.read for row in rows]
    if reads != list(range(len(proof.machine.states))):
        tensors["readout.index"] = index_tensor((len(rows),), reads)
    return structure, tensors


def parameters(operator: Operator, symbols: int) -> int:
    """Return how many numbers the structure stores for `symbols` letters, readout and initial state aside."""
    match operator:
        case Dense():
            return operator.size**2 * symbols
        case ColumnOneHot() | AffineDiagonal():
            return 2 * operator.size * symbols
        case Diagonal():
            return operator.size * symbols
        case Rotation():
            return (operator.lines + 2 * operator.planes) * symbols
        case Factored():
            return operator.rank * (2 * operator.size + symbols)
        case _:
            message = f"no storage for the structure {type(operator).__name__}"
            raise NumericError(message)


def _structure(operator: Operator, symbols: int, form: FloatFormat) -> tuple[str, dict[str, StoredTensor]]:
    """Return the structure's name and the tensors of its matrices."""
    match operator:
        case Dense():
            return "dense", _store_dense(operator, symbols, form)
        case ColumnOneHot():
            return "column-one-hot", _store_maps(operator, symbols, form)
        case Diagonal():
            return "diagonal", {"diagonal": _table(operator.factors, form)}
        case AffineDiagonal():
            factors, offsets = _table(operator.factors, form), _table(operator.offsets, form)
            return "affine-diagonal", {"diagonal": factors, "offset": offsets}
        case Factored():
            return "factored", _store_factors(operator, form)
        case Rotation():
            return "rotation", _store_rotation(operator, form)
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
    return {"weight": dense_tensor((size, size, symbols), entries, form)}


def _store_maps(operator: ColumnOneHot, symbols: int, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return index[x, j] and diagonal[x, j] of A_x e_j = diagonal[x, j] e_index[x, j]."""
    columns = [column for symbol in range(symbols) for column in operator.matrix(symbol).columns]
    shape = (symbols, operator.size)
    return {
        "index": index_tensor(shape, [column[0][0] for column in columns]),
        "diagonal": dense_tensor(shape, ((place, column[0][1]) for place, column in enumerate(columns)), form),
    }


def _store_factors(operator: Factored, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return U, the gates and V^T, so that a step reads rows."""
    rank = operator.rank
    gates = ((symbol * rank + place, value) for symbol, row in enumerate(operator.gates) for place, value in row)
    return {
        "output_factor": _matrix_tensor(operator.output, rank, form),
        "gates": dense_tensor((len(operator.gates), rank), gates, form),
        "input_factor": _matrix_tensor(operator.input.transposed(), operator.size, form),
    }


def _store_rotation(operator: Rotation, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return cosine and sine of every turn, rounded once from bounds far finer than any format, and the lines."""
    points = [[_point(turn) for turn in letter.planes] for letter in operator.letters]
    tensors: dict[str, StoredTensor] = {}
    if operator.planes:
        tensors["cosine"] = _table([[cosine for cosine, _ in row] for row in points], form)
        tensors["sine"] = _table([[sine for _, sine in row] for row in points], form)
    if operator.lines:
        tensors["diagonal"] = _table([letter.lines for letter in operator.letters], form)
    return tensors


def _point(turn: Turn) -> tuple[Scalar, Scalar]:
    if turn is None:
        return 0, 0
    cosine, sine = (Fraction(bounds.low + bounds.high, 2 * UNIT) for bounds in point_on_circle(turn))
    return cosine, sine


def _store_readout(decoder: Decoder, width: int, form: FloatFormat) -> dict[str, StoredTensor]:
    """Return the linear readout C h + b, on the first `width` coordinates."""
    height = decoder.readout.height
    tensors = {
        "readout.weight": _matrix_tensor(decoder.readout, width, form),
        "readout.bias": dense_tensor((height,), decoder.bias, form),
    }
    if decoder.reads != tuple(range(height)):
        tensors["readout.index"] = index_tensor((height,), list(decoder.reads))
    return tensors


def _store_index_readout(decoder: Decoder) -> dict[str, StoredTensor]:
    """Return index[j], the state for which coordinate j scores."""
    rows = [column[0][0] for column in decoder.readout.columns if [value for _, value in column] == [1]]
    if len(rows) != len(decoder.readout.columns) or decoder.bias:
        message = "a column-one-hot network needs a readout in which each coordinate scores 1 for one state"
        raise NumericError(message)
    return {"readout.index": index_tensor((len(rows),), rows)}


def _matrix_tensor(matrix: SparseMatrix, width: int, form: FloatFormat) -> StoredTensor:
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
