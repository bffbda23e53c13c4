"""What stored tensors mean: for each structure the exact matrices A_x, the initial state and the decoder.

dense           weight (H, H, D), A_x = weight[:, :, x]; readout.weight (Q, H), readout.bias (Q,)
column-one-hot  index (D, H), diagonal (D, H), A_x e_j = diagonal[x, j] e_index[x, j]; readout.index (H,):
                coordinate j scores for state readout.index[j]
both            initial_state (H,)

Floats are read as the dyadic rationals they are; infinities and NaN are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FloatFormat, decode
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, unit
from fsm2rnn.proof.decoder import Decoder
from fsm2rnn.proof.tensor_file import ITEM_SIZES, StoredTensor

FLOATS: dict[str, FloatFormat] = {"F64": FLOAT64, "F32": FLOAT32, "BF16": BFLOAT16, "F16": FLOAT16}
_NONZERO = re.compile(rb"[^\0]+")


@final
@dataclass(frozen=True)
class Meaning:
    """The exact network that tensors store."""

    matrices: tuple[SparseMatrix, ...]
    initial_state: Vector
    decoder: Decoder
    form: FloatFormat


def meaning(structure: str, tensors: Mapping[str, StoredTensor], states: int) -> Meaning:
    """Return what `tensors` mean under `structure` for a machine of `states` states; CertificateError if nothing."""
    read = STRUCTURES.get(structure)
    if read is None:
        message = f"structure {structure!r:.40} is none of {', '.join(STRUCTURES)}"
        raise CertificateError("operator", message)
    try:
        return read(tensors, states)
    except NumericError as error:
        raise CertificateError("weights", str(error)) from error


def _dense(tensors: Mapping[str, StoredTensor], states: int) -> Meaning:
    _require_names(tensors, ("weight", "initial_state", "readout.weight", "readout.bias"))
    form = _one_format(tensors.values())
    size, _, symbols = _shape(tensors, "weight", 3)
    _require_shapes(
        tensors,
        {
            "weight": (size, size, symbols),
            "initial_state": (size,),
            "readout.weight": (states, size),
            "readout.bias": (states,),
        },
    )
    columns: list[list[list[tuple[int, Scalar]]]] = [[[] for _ in range(size)] for _ in range(symbols)]
    for place, value in _nonzero(tensors["weight"], form):
        row, rest = divmod(place, size * symbols)
        column, symbol = divmod(rest, symbols)
        columns[symbol][column].append((row, value))
    return Meaning(
        tuple(_matrix(size, by_symbol) for by_symbol in columns),
        _vector(tensors["initial_state"], form),
        Decoder.linear(_rows(tensors["readout.weight"], form), _vector(tensors["readout.bias"], form)),
        form,
    )


def _column_one_hot(tensors: Mapping[str, StoredTensor], states: int) -> Meaning:
    _require_names(tensors, ("index", "diagonal", "initial_state", "readout.index"))
    form = _one_format([tensors["diagonal"], tensors["initial_state"]])
    symbols, size = _shape(tensors, "index", 2)
    _require_shapes(tensors, {"diagonal": (symbols, size), "initial_state": (size,), "readout.index": (size,)})
    index = _indices(tensors, "index", size)
    reads = _indices(tensors, "readout.index", states)
    # Equal columns are one object: a machine of 1e5 states and 10 symbols has 1e6 of them.
    known: dict[tuple[int, Scalar], Vector] = {}
    columns: list[Vector] = [()] * (symbols * size)
    for place, value in _nonzero(tensors["diagonal"], form):
        entry = (index[place], value)
        columns[place] = known.setdefault(entry, (entry,))
    matrices = (SparseMatrix(size, tuple(columns[symbol * size : (symbol + 1) * size])) for symbol in range(symbols))
    return Meaning(
        tuple(matrices),
        _vector(tensors["initial_state"], form),
        Decoder.linear(SparseMatrix(states, tuple(unit(read) for read in reads))),
        form,
    )


STRUCTURES: dict[str, Callable[[Mapping[str, StoredTensor], int], Meaning]] = {
    "dense": _dense,
    "column-one-hot": _column_one_hot,
}


def _require_names(tensors: Mapping[str, StoredTensor], names: tuple[str, ...]) -> None:
    if set(tensors) != set(names):
        message = f"expected the tensors {', '.join(names)}, found {sorted(tensors)!r:.200}"
        raise CertificateError("weights", message)


def _one_format(tensors: Iterable[StoredTensor]) -> FloatFormat:
    dtypes = {tensor.dtype for tensor in tensors}
    dtype = dtypes.pop()
    if dtypes or dtype not in FLOATS:
        message = f"float tensors need one float dtype of {', '.join(FLOATS)}"
        raise CertificateError("weights", message)
    return FLOATS[dtype]


def _shape(tensors: Mapping[str, StoredTensor], name: str, axes: int) -> tuple[int, ...]:
    shape = tensors[name].shape
    if len(shape) != axes or 0 in shape:
        message = f"{name} has shape {shape}, expected {axes} axes, none empty"
        raise CertificateError("weights", message)
    return shape


def _require_shapes(tensors: Mapping[str, StoredTensor], shapes: Mapping[str, tuple[int, ...]]) -> None:
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            message = f"{name} has shape {tensors[name].shape}, expected {shape}"
            raise CertificateError("weights", message)


def _indices(tensors: Mapping[str, StoredTensor], name: str, bound: int) -> list[int]:
    tensor = tensors[name]
    if tensor.dtype != "I64":
        message = f"{name} has dtype {tensor.dtype}, expected I64"
        raise CertificateError("weights", message)
    values = memoryview(tensor.data).cast("B").cast("q").tolist()
    if not all(0 <= value < bound for value in values):
        message = f"{name} has an entry outside 0..{bound - 1}"
        raise CertificateError("weights", message)
    return values


def _nonzero(tensor: StoredTensor, form: FloatFormat) -> Iterator[tuple[int, Scalar]]:
    """Yield flat position and exact value of every entry that is not zero; the search skips zero bytes in C."""
    size = ITEM_SIZES[tensor.dtype]
    known: dict[bytes, Scalar] = {}
    done = -1
    for run in _NONZERO.finditer(tensor.data):
        # A run of non-zero bytes may touch several entries, and an entry may hold several runs.
        for place in range(max(run.start() // size, done + 1), (run.end() - 1) // size + 1):
            raw = bytes(tensor.data[place * size : (place + 1) * size])
            value = known[raw] if raw in known else known.setdefault(raw, decode(int.from_bytes(raw, "little"), form))
            done = place
            if value:
                yield place, value


def _vector(tensor: StoredTensor, form: FloatFormat) -> Vector:
    return tuple(_nonzero(tensor, form))


def _matrix(height: int, columns: list[list[tuple[int, Scalar]]]) -> SparseMatrix:
    return SparseMatrix(height, tuple(tuple(column) for column in columns))


def _rows(tensor: StoredTensor, form: FloatFormat) -> SparseMatrix:
    """Return the matrix whose rows the tensor of two axes stores."""
    height, width = tensor.shape
    columns: list[list[tuple[int, Scalar]]] = [[] for _ in range(width)]
    for place, value in _nonzero(tensor, form):
        columns[place % width].append((place // width, value))
    return _matrix(height, columns)
