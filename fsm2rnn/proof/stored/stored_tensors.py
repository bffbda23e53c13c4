"""Stored tensors as exact numbers: their names, shapes, indices and non-zero entries, or CertificateError."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import FORMATS, FloatFormat, decode
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, absolute
from fsm2rnn.proof.stored.tensor_file import INDEX, ITEM_SIZES, StoredTensor

FLOATS: Final = {form.stored: form for form in FORMATS}
# A GiB of integers over one power of two.
BIT_LIMIT: Final = 1 << 33
# Of a Python integer beside its digits, and of the reference to it.
_OBJECT_BITS: Final = 288
_NONZERO = re.compile(rb"[^\0]+")


def require_tensors(tensors: Mapping[str, StoredTensor], names: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Refuse unless all `names` are there, and nothing beside them but `optional` ones."""
    wanted = set(names)
    if not wanted <= set(tensors) <= wanted | set(optional):
        message = f"expected the tensors {', '.join(sorted(wanted))}, found {sorted(tensors)!r:.200}"
        raise CertificateError("weights", message)


def one_format(tensors: Iterable[StoredTensor]) -> FloatFormat:
    """Return the one float format of all `tensors`."""
    dtypes = {tensor.dtype for tensor in tensors}
    dtype = dtypes.pop()
    if dtypes or dtype not in FLOATS:
        message = f"float tensors need one float dtype of {', '.join(FLOATS)}"
        raise CertificateError("weights", message)
    return FLOATS[dtype]


def shape_of(tensors: Mapping[str, StoredTensor], name: str, axes: int) -> tuple[int, ...]:
    """Return the shape of a tensor with that many axes, none of them empty."""
    shape = tensors[name].shape
    if len(shape) != axes or 0 in shape:
        message = f"{name} has shape {shape}, expected {axes} axes, none empty"
        raise CertificateError("weights", message)
    return shape


def require_shapes(tensors: Mapping[str, StoredTensor], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse unless the tensors have these shapes."""
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            message = f"{name} has shape {tensors[name].shape}, expected {shape}"
            raise CertificateError("weights", message)


def require_room(numbers: int, exponent_bits: int) -> None:
    """Refuse, by LimitError, so many integers over one power of two: each has a bit for each exponent at most."""
    needed = numbers * (_OBJECT_BITS + (1 << exponent_bits))
    if needed > BIT_LIMIT:
        what = "bits of weights or walls as integers"
        raise LimitError(what, limit=BIT_LIMIT, needed=needed)


def indices(tensors: Mapping[str, StoredTensor], name: str, bound: int) -> list[int]:
    """Return the entries of an index tensor, all below `bound`."""
    tensor = tensors[name]
    if tensor.dtype != INDEX:
        message = f"{name} has dtype {tensor.dtype}, expected {INDEX}"
        raise CertificateError("weights", message)
    values = memoryview(tensor.data).cast("B").cast("q").tolist()
    if not all(0 <= value < bound for value in values):
        message = f"{name} has an entry outside 0..{bound - 1}"
        raise CertificateError("weights", message)
    return values


def nonzero(tensor: StoredTensor, form: FloatFormat) -> Iterator[tuple[int, Scalar]]:
    """Yield flat position and exact value of every entry that is not zero; the search skips zero bytes in C.

    CertificateError for one that is subnormal where it is computed with: libraries that flush it would compute another.
    """
    size = ITEM_SIZES[tensor.dtype]
    known: dict[bytes, Scalar] = {}
    done = -1
    for run in _NONZERO.finditer(tensor.data):
        # A run of non-zero bytes may touch several entries, and an entry may hold several runs.
        for place in range(max(run.start() // size, done + 1), (run.end() - 1) // size + 1):
            raw = bytes(tensor.data[place * size : (place + 1) * size])
            done = place
            if raw not in known:
                known[raw] = _value(raw, form)
            value = known[raw]
            if value:
                yield place, value


def integer_rows(tensor: StoredTensor, form: FloatFormat, places: int) -> list[tuple[int, ...]]:
    """Return the rows of a tensor of two axes in units of 2^-places; each stored number is decoded once.

    CertificateError for an entry that is finer, or subnormal, NumericError for one that is no number.
    """
    data, size = bytes(tensor.data), ITEM_SIZES[tensor.dtype]
    raw = [data[start : start + size] for start in range(0, len(data), size)]
    known: dict[bytes, int] = {}
    for one in set(raw):
        scaled = _value(one, form) * (1 << places)
        if scaled.denominator != 1:
            message = f"a coordinate of a node is no multiple of 2^-{places}"
            raise CertificateError("nodes", message)
        known[one] = scaled.numerator
    values, width = list(map(known.__getitem__, raw)), tensor.shape[1]
    return [tuple(values[start : start + width]) for start in range(0, len(values), width)]


def _value(raw: bytes, form: FloatFormat) -> Scalar:
    value = decode(int.from_bytes(raw, "little"), form)
    if value and absolute(value) < form.least_normal:
        message = f"an entry is a subnormal number of {form.accumulator.name}, which libraries may flush to 0"
        raise CertificateError("weights", message)
    return value


def stored_vector(tensor: StoredTensor, form: FloatFormat) -> Vector:
    """Return the tensor's entries as one vector."""
    return tuple(nonzero(tensor, form))


def matrix_of(height: int, columns: list[list[tuple[int, Scalar]]]) -> SparseMatrix:
    """Return the matrix with these columns of (row, value), rows rising."""
    return SparseMatrix(height, tuple(tuple(column) for column in columns))


def stored_rows(tensor: StoredTensor, form: FloatFormat) -> SparseMatrix:
    """Return the matrix whose rows the tensor of two axes stores."""
    height, width = tensor.shape
    columns: list[list[tuple[int, Scalar]]] = [[] for _ in range(width)]
    for place, value in nonzero(tensor, form):
        columns[place % width].append((place // width, value))
    return matrix_of(height, columns)


def row_vectors(tensor: StoredTensor, form: FloatFormat) -> list[Vector]:
    """Return each row of a tensor of two axes as a vector."""
    height, width = tensor.shape
    rows: list[list[tuple[int, Scalar]]] = [[] for _ in range(height)]
    for place, value in nonzero(tensor, form):
        rows[place // width].append((place % width, value))
    return [tuple(row) for row in rows]
