"""What stored tensors mean: for each structure the exact matrices A_x, the initial state, decoder and head.

dense            weight (H, H, D), A_x = weight[:, :, x]
column-one-hot   index (D, H), diagonal (D, H), A_x e_j = diagonal[x, j] e_index[x, j]
factored         output_factor (H, R), gates (D, R), input_factor (R, H), A_x = output diag(gates[x]) input
diagonal         diagonal (D, H), A_x = diag(diagonal[x])
affine-diagonal  diagonal (D, H), offset (D, H), h <- diagonal[x] h + offset[x]: a matrix on (h, 1)
rotation         cosine, sine (D, P) and, with L lines, diagonal (D, L): h is L numbers, each multiplied, then P
                 pairs, each turned by [[cosine, -sine], [sine, cosine]]
block-diagonal   block.0, block.1, ... (D, n, n) each, n its own: A_x has the blocks block.k[x] on its diagonal
householder      key (D, R, H), beta (D, R): h <- h - beta[x, j] <key[x, j], h> key[x, j] for j = 0 .. R - 1 in turn;
                 with value (D, R): h <- h + beta[x, j] (value[x, j] - <key[x, j], h>) key[x, j], a matrix on (h, 1)
all              initial_state (H,); head.weight (O, H) where a linear head gives the outputs; snap.every (1,) and
                 snap.prototype (Q, H) where the state is put back, see `snapping`
readout          column-one-hot alone may have readout.index (H,) only: coordinate j scores for state readout.index[j];
                 otherwise readout.weight (K, H) and readout.bias (K,), row k scores for state readout.index[k],
                 for state k where there is no index

Floats are read as the dyadic rationals they are; infinities and NaN are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique
from typing import final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector
from fsm2rnn.exact.updates import Update, UpdateProduct
from fsm2rnn.proof.stored.block_names import block_name, block_names
from fsm2rnn.proof.stored.meaning import SHARED, Matrices, Meaning, Tensors, with_readout
from fsm2rnn.proof.stored.stored_tensors import (
    indices,
    matrix_of,
    nonzero,
    one_format,
    require_shapes,
    require_tensors,
    row_vectors,
    shape_of,
    stored_rows,
)


def _dense(tensors: Tensors) -> Matrices:
    require_tensors(tensors, ("weight",))
    size, _, symbols = shape_of(tensors, "weight", 3)
    require_shapes(tensors, {"weight": (size, size, symbols)})
    form = one_format([tensors["weight"]])
    columns: list[list[list[tuple[int, Scalar]]]] = [[[] for _ in range(size)] for _ in range(symbols)]
    for place, value in nonzero(tensors["weight"], form):
        row, rest = divmod(place, size * symbols)
        column, symbol = divmod(rest, symbols)
        columns[symbol][column].append((row, value))
    return Matrices(tuple(matrix_of(size, by_symbol) for by_symbol in columns), form, blocks=(size,))


def _column_one_hot(tensors: Tensors) -> Matrices:
    require_tensors(tensors, ("index", "diagonal"))
    form = one_format([tensors["diagonal"]])
    symbols, size = shape_of(tensors, "index", 2)
    require_shapes(tensors, {"diagonal": (symbols, size)})
    index = indices(tensors, "index", size)
    # Equal columns are one object: a machine of 1e5 states and 10 symbols has 1e6 of them.
    known: dict[tuple[int, Scalar], Vector] = {}
    columns: list[Vector] = [()] * (symbols * size)
    for place, value in nonzero(tensors["diagonal"], form):
        entry = (index[place], value)
        columns[place] = known.setdefault(entry, (entry,))
    matrices = tuple(
        SparseMatrix(size, tuple(columns[symbol * size : (symbol + 1) * size])) for symbol in range(symbols)
    )
    return Matrices(matrices, form, indexed=True)


def _factored(tensors: Tensors) -> Matrices:
    parts = ("output_factor", "gates", "input_factor")
    require_tensors(tensors, parts)
    _, rank = shape_of(tensors, "gates", 2)
    size, _ = shape_of(tensors, "output_factor", 2)
    require_shapes(tensors, {"output_factor": (size, rank), "input_factor": (rank, size)})
    form = one_format([tensors[name] for name in parts])
    left = stored_rows(tensors["output_factor"], form)
    right = SparseMatrix(size, tuple(row_vectors(tensors["input_factor"], form)))
    matrices = tuple(FactoredMatrix(left, gates, right) for gates in row_vectors(tensors["gates"], form))
    return Matrices(matrices, form, blocks=(size,))


def _diagonal(tensors: Tensors) -> Matrices:
    require_tensors(tensors, ("diagonal",))
    _, size = shape_of(tensors, "diagonal", 2)
    form = one_format([tensors["diagonal"]])
    matrices = tuple(_diagonal_matrix(row, size) for row in row_vectors(tensors["diagonal"], form))
    return Matrices(matrices, form, lines=size)


def _affine_diagonal(tensors: Tensors) -> Matrices:
    require_tensors(tensors, ("diagonal", "offset"))
    symbols, size = shape_of(tensors, "diagonal", 2)
    require_shapes(tensors, {"offset": (symbols, size)})
    form = one_format([tensors["diagonal"], tensors["offset"]])
    factors, offsets = row_vectors(tensors["diagonal"], form), row_vectors(tensors["offset"], form)
    matrices = []
    for row, offset in zip(factors, offsets, strict=True):
        columns = _diagonal_matrix(row, size).columns
        # The last coordinate is the constant 1, which the offset multiplies.
        matrices.append(SparseMatrix(size + 1, (*columns, (*offset, (size, 1)))))
    return Matrices(tuple(matrices), form, constant=((size, 1),))


def _rotation(tensors: Tensors) -> Matrices:
    require_tensors(tensors, ("cosine", "sine"), ("diagonal",))
    symbols, planes = shape_of(tensors, "cosine", 2)
    lines = shape_of(tensors, "diagonal", 2)[1] if "diagonal" in tensors else 0
    require_shapes(tensors, {"sine": (symbols, planes)} | ({"diagonal": (symbols, lines)} if lines else {}))
    form = one_format([tensors[name] for name in ("cosine", "sine", "diagonal") if name in tensors])
    cosines, sines = row_vectors(tensors["cosine"], form), row_vectors(tensors["sine"], form)
    factors = row_vectors(tensors["diagonal"], form) if lines else [()] * symbols
    matrices = tuple(
        _turning_matrix(dict(factor), dict(cosine), dict(sine), lines, planes)
        for factor, cosine, sine in zip(factors, cosines, sines, strict=True)
    )
    return Matrices(matrices, form, lines=lines)


def _block_diagonal(tensors: Tensors) -> Matrices:
    names = block_names(tensors) or [block_name(0)]
    require_tensors(tensors, names)
    form = one_format([tensors[name] for name in names])
    symbols, _, _ = shape_of(tensors, names[0], 3)
    sizes = [shape_of(tensors, name, 3)[1] for name in names]
    require_shapes(tensors, {name: (symbols, size, size) for name, size in zip(names, sizes, strict=True)})
    columns: list[list[list[tuple[int, Scalar]]]] = [[[] for _ in range(sum(sizes))] for _ in range(symbols)]
    first = 0
    for name, size in zip(names, sizes, strict=True):
        for place, value in nonzero(tensors[name], form):
            symbol, rest = divmod(place, size * size)
            row, column = divmod(rest, size)
            columns[symbol][first + column].append((first + row, value))
        first += size
    return Matrices(tuple(matrix_of(first, by_symbol) for by_symbol in columns), form, blocks=tuple(sizes))


def _householder(tensors: Tensors) -> Matrices:
    written = "value" in tensors
    require_tensors(tensors, ("key", "beta"), ("value",))
    symbols, steps, size = shape_of(tensors, "key", 3)
    require_shapes(tensors, dict.fromkeys(("beta", "value") if written else ("beta",), (symbols, steps)))
    form = one_format([tensors[name] for name in ("key", "beta", "value") if name in tensors])
    keys: list[list[tuple[int, Scalar]]] = [[] for _ in range(symbols * steps)]
    for place, entry in nonzero(tensors["key"], form):
        keys[place // size].append((place % size, entry))
    betas = dict(nonzero(tensors["beta"], form))
    values = dict(nonzero(tensors["value"], form)) if written else {}
    updates = [Update(tuple(key), betas.get(place, 0), values.get(place, 0)) for place, key in enumerate(keys)]
    products = [updates[first : first + steps] for first in range(0, len(updates), steps)]
    if written:
        pushing = tuple(UpdateProduct(size + 1, tuple(product), size) for product in products)
        return Matrices(pushing, form, constant=((size, 1),))
    return Matrices(tuple(UpdateProduct(size, tuple(product)) for product in products), form, blocks=(size,))


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


@final
@unique
class Structure(Enum):
    """Every structure that files store: its name there, and how its own tensors are read.

    A structure is added here and nowhere else: what has no faster way of its own runs by the matrices that are read.
    """

    DENSE = ("dense", _dense)
    COLUMN_ONE_HOT = ("column-one-hot", _column_one_hot)
    FACTORED = ("factored", _factored)
    DIAGONAL = ("diagonal", _diagonal)
    AFFINE_DIAGONAL = ("affine-diagonal", _affine_diagonal)
    ROTATION = ("rotation", _rotation)
    BLOCK_DIAGONAL = ("block-diagonal", _block_diagonal)
    HOUSEHOLDER = ("householder", _householder)

    def __init__(self, stored: str, read: Callable[[Tensors], Matrices]) -> None:
        """Take the name in files, and what returns the matrices of a structure's own tensors."""
        self.stored = stored
        self.read = read

    @staticmethod
    def named(stored: str) -> Structure:
        """Return the structure that files call `stored`; CertificateError where there is none."""
        for structure in Structure:
            if structure.stored == stored:
                return structure
        message = f"structure {stored!r:.40} is none of {', '.join(one.stored for one in Structure)}"
        raise CertificateError("operator", message)


def meaning(structure: Structure, tensors: Tensors, states: int) -> Meaning:
    """Return what `tensors` mean under `structure` for a machine of `states` states; CertificateError if nothing."""
    shared = {name: tensor for name, tensor in tensors.items() if name in SHARED}
    try:
        return with_readout(matrices_of(structure, tensors), shared, states)
    except NumericError as error:
        raise CertificateError("weights", str(error)) from error


def matrices_of(structure: Structure, tensors: Tensors) -> Matrices:
    """Return the matrices of a structure's own tensors among `tensors`; CertificateError or NumericError if none."""
    return structure.read({name: tensor for name, tensor in tensors.items() if name not in SHARED})
