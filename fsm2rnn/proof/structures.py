"""What stored tensors mean: for each structure the exact matrices A_x, the initial state, decoder and head.

dense            weight (H, H, D), A_x = weight[:, :, x]
column-one-hot   index (D, H), diagonal (D, H), A_x e_j = diagonal[x, j] e_index[x, j]
factored         output_factor (H, R), gates (D, R), input_factor (R, H), A_x = output diag(gates[x]) input
diagonal         diagonal (D, H), A_x = diag(diagonal[x])
affine-diagonal  diagonal (D, H), offset (D, H), h <- diagonal[x] h + offset[x]: a matrix on (h, 1)
rotation         cosine, sine (D, P) and, with L lines, diagonal (D, L): h is L numbers, each multiplied, then P
                 pairs, each turned by [[cosine, -sine], [sine, cosine]]
all              initial_state (H,); head.weight (O, H) where a linear head gives the outputs
readout          column-one-hot: readout.index (H,), coordinate j scores for state readout.index[j];
                 otherwise readout.weight (K, H) and readout.bias (K,), row k scores for state readout.index[k],
                 for state k where there is no index

Floats are read as the dyadic rationals they are; infinities and NaN are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.factored import ExactMatrix, FactoredMatrix
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, unit
from fsm2rnn.proof.decoder import Decoder, DecoderKind
from fsm2rnn.proof.stored_tensors import (
    indices,
    matrix_of,
    nonzero,
    one_format,
    require_names,
    require_shapes,
    row_vectors,
    shape_of,
    stored_rows,
    stored_vector,
)
from fsm2rnn.proof.tensor_file import StoredTensor

Tensors = Mapping[str, StoredTensor]
COMMON = ("initial_state", "readout.weight", "readout.bias")
OPTIONAL = ("readout.index", "head.weight")


@final
@dataclass(frozen=True)
class Meaning:
    """The exact network that tensors store.

    The first `lines` coordinates are multiplied, each by its own factor, and the rest turned in pairs; None
    where a structure mixes coordinates.
    """

    matrices: tuple[ExactMatrix, ...]
    initial_state: Vector
    decoder: Decoder
    head: SparseMatrix | None
    form: FloatFormat
    readout_form: FloatFormat
    lines: int | None = None

    def columns(self, symbol: int) -> tuple[Vector, ...]:
        """Return the columns of A_x."""
        matrix = self.matrices[symbol]
        return matrix.columns if isinstance(matrix, SparseMatrix) else matrix.product.columns


def meaning(structure: str, tensors: Tensors, states: int) -> Meaning:
    """Return what `tensors` mean under `structure` for a machine of `states` states; CertificateError if nothing."""
    read = STRUCTURES.get(structure)
    if read is None:
        message = f"structure {structure!r:.40} is none of {', '.join(STRUCTURES)}"
        raise CertificateError("operator", message)
    try:
        return read(tensors, states)
    except NumericError as error:
        raise CertificateError("weights", str(error)) from error


def _dense(tensors: Tensors, states: int) -> Meaning:
    require_names(tensors, ("weight", *COMMON), OPTIONAL)
    size, _, symbols = shape_of(tensors, "weight", 3)
    require_shapes(tensors, {"weight": (size, size, symbols)})
    form = one_format([tensors["weight"]])
    columns: list[list[list[tuple[int, Scalar]]]] = [[[] for _ in range(size)] for _ in range(symbols)]
    for place, value in nonzero(tensors["weight"], form):
        row, rest = divmod(place, size * symbols)
        column, symbol = divmod(rest, symbols)
        columns[symbol][column].append((row, value))
    return _with_readout([matrix_of(size, by_symbol) for by_symbol in columns], tensors, form, size, states)


def _column_one_hot(tensors: Tensors, states: int) -> Meaning:
    require_names(tensors, ("index", "diagonal", "initial_state", "readout.index"), ("head.weight",))
    form = one_format([tensors["diagonal"], tensors["initial_state"]])
    symbols, size = shape_of(tensors, "index", 2)
    require_shapes(tensors, {"diagonal": (symbols, size), "initial_state": (size,), "readout.index": (size,)})
    index = indices(tensors, "index", size)
    reads = indices(tensors, "readout.index", states)
    # Equal columns are one object: a machine of 1e5 states and 10 symbols has 1e6 of them.
    known: dict[tuple[int, Scalar], Vector] = {}
    columns: list[Vector] = [()] * (symbols * size)
    for place, value in nonzero(tensors["diagonal"], form):
        entry = (index[place], value)
        columns[place] = known.setdefault(entry, (entry,))
    matrices = (SparseMatrix(size, tuple(columns[symbol * size : (symbol + 1) * size])) for symbol in range(symbols))
    return Meaning(
        tuple(matrices),
        stored_vector(tensors["initial_state"], form),
        Decoder.linear(SparseMatrix(states, tuple(unit(read) for read in reads))),
        _head(tensors, form, size),
        form,
        form,
    )


def _factored(tensors: Tensors, states: int) -> Meaning:
    parts = ("output_factor", "gates", "input_factor")
    require_names(tensors, (*parts, *COMMON), OPTIONAL)
    _, rank = shape_of(tensors, "gates", 2)
    size, _ = shape_of(tensors, "output_factor", 2)
    require_shapes(tensors, {"output_factor": (size, rank), "input_factor": (rank, size)})
    form = one_format([tensors[name] for name in parts])
    left = stored_rows(tensors["output_factor"], form)
    right = SparseMatrix(size, tuple(row_vectors(tensors["input_factor"], form)))
    matrices = [FactoredMatrix(left, gates, right) for gates in row_vectors(tensors["gates"], form)]
    return _with_readout(matrices, tensors, form, size, states)


def _diagonal(tensors: Tensors, states: int) -> Meaning:
    require_names(tensors, ("diagonal", *COMMON), OPTIONAL)
    _, size = shape_of(tensors, "diagonal", 2)
    form = one_format([tensors["diagonal"]])
    matrices = [_diagonal_matrix(row, size) for row in row_vectors(tensors["diagonal"], form)]
    return _with_readout(matrices, tensors, form, size, states, lines=size)


def _affine_diagonal(tensors: Tensors, states: int) -> Meaning:
    require_names(tensors, ("diagonal", "offset", *COMMON), OPTIONAL)
    symbols, size = shape_of(tensors, "diagonal", 2)
    require_shapes(tensors, {"offset": (symbols, size)})
    form = one_format([tensors["diagonal"], tensors["offset"]])
    factors, offsets = row_vectors(tensors["diagonal"], form), row_vectors(tensors["offset"], form)
    matrices = []
    for row, offset in zip(factors, offsets, strict=True):
        columns = _diagonal_matrix(row, size).columns
        # The last coordinate is the constant 1, which the offset multiplies.
        matrices.append(SparseMatrix(size + 1, (*columns, (*offset, (size, 1)))))
    return _with_readout(matrices, tensors, form, size, states, constant=((size, 1),))


def _rotation(tensors: Tensors, states: int) -> Meaning:
    require_names(tensors, ("cosine", "sine", *COMMON), ("diagonal", *OPTIONAL))
    symbols, planes = shape_of(tensors, "cosine", 2)
    lines = shape_of(tensors, "diagonal", 2)[1] if "diagonal" in tensors else 0
    require_shapes(tensors, {"sine": (symbols, planes)} | ({"diagonal": (symbols, lines)} if lines else {}))
    form = one_format([tensors[name] for name in ("cosine", "sine", "diagonal") if name in tensors])
    cosines, sines = row_vectors(tensors["cosine"], form), row_vectors(tensors["sine"], form)
    factors = row_vectors(tensors["diagonal"], form) if lines else [()] * symbols
    size = lines + 2 * planes
    matrices = [
        _turning_matrix(dict(factor), dict(cosine), dict(sine), lines, planes)
        for factor, cosine, sine in zip(factors, cosines, sines, strict=True)
    ]
    return _with_readout(matrices, tensors, form, size, states, lines=lines)


STRUCTURES: dict[str, Callable[[Tensors, int], Meaning]] = {
    "dense": _dense,
    "column-one-hot": _column_one_hot,
    "factored": _factored,
    "diagonal": _diagonal,
    "affine-diagonal": _affine_diagonal,
    "rotation": _rotation,
}


def _with_readout(
    matrices: Sequence[ExactMatrix],
    tensors: Tensors,
    form: FloatFormat,
    size: int,
    states: int,
    *,
    lines: int | None = None,
    constant: Vector = (),
) -> Meaning:
    """Return the meaning with initial state, dense readout and head, on a state that ends in `constant`."""
    rows, _ = shape_of(tensors, "readout.weight", 2)
    indexed = "readout.index" in tensors
    if not indexed and rows != states:
        message = f"{rows} scores without an index are {states} states"
        raise CertificateError("weights", message)
    shapes = {"initial_state": (size,), "readout.weight": (rows, size), "readout.bias": (rows,)}
    require_shapes(tensors, shapes | ({"readout.index": (rows,)} if indexed else {}))
    readout_form = one_format([tensors["readout.weight"], tensors["readout.bias"]])
    if one_format([tensors["initial_state"]]) != form:
        message = "the initial state has another dtype than the weights"
        raise CertificateError("weights", message)
    reads = tuple(indices(tensors, "readout.index", states)) if indexed else tuple(range(states))
    weight = _widened(stored_rows(tensors["readout.weight"], readout_form), constant)
    bias = stored_vector(tensors["readout.bias"], readout_form)
    head = _head(tensors, form, size)
    return Meaning(
        tuple(matrices),
        (*stored_vector(tensors["initial_state"], form), *constant),
        Decoder(DecoderKind.LINEAR, weight, bias, reads),
        None if head is None else _widened(head, constant),
        form,
        readout_form,
        lines,
    )


def _head(tensors: Tensors, form: FloatFormat, size: int) -> SparseMatrix | None:
    if "head.weight" not in tensors:
        return None
    rows, _ = shape_of(tensors, "head.weight", 2)
    require_shapes(tensors, {"head.weight": (rows, size)})
    if one_format([tensors["head.weight"]]) != form:
        message = "the head has another dtype than the weights"
        raise CertificateError("weights", message)
    return stored_rows(tensors["head.weight"], form)


def _widened(matrix: SparseMatrix, constant: Vector) -> SparseMatrix:
    """Return the matrix with a column of zeros for the constant coordinate, if there is one."""
    return SparseMatrix(matrix.height, (*matrix.columns, *(() for _ in constant)))


def _diagonal_matrix(row: Vector, size: int) -> SparseMatrix:
    values = dict(row)
    return SparseMatrix(size, tuple(((place, values[place]),) if place in values else () for place in range(size)))


def _turning_matrix(
    factor: dict[int, Scalar], cosine: dict[int, Scalar], sine: dict[int, Scalar], lines: int, planes: int
) -> SparseMatrix:
    """Return diag(factor) beside the blocks [[c, -s], [s, c]]."""
    columns: list[Vector] = [((line, factor[line]),) if line in factor else () for line in range(lines)]
    for plane in range(planes):
        first, c, s = lines + 2 * plane, cosine.get(plane, 0), sine.get(plane, 0)
        columns.append(tuple((row, value) for row, value in ((first, c), (first + 1, s)) if value))
        columns.append(tuple((row, value) for row, value in ((first, -s), (first + 1, c)) if value))
    return SparseMatrix(lines + 2 * planes, tuple(columns))
