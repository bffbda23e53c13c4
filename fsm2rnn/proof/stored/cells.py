"""What the stored tensors of a nonlinear cell mean: its exact weights, and those of its readout.

weight_ih_l0 (G H, D) and weight_hh_l0 (G H, H), with bias_ih_l0 and bias_hh_l0 (G H,) or neither, in the order of
gates that `cell_kinds` gives; with embedding.weight (D, E) a symbol enters as its row, and weight_ih_l0 is (G H, E);
without, as a one-hot vector. readout.weight (K, H), and readout.bias (K,) or none: row k scores for the machine's
output label k. A cell starts at zero. Floats are read as the dyadic rationals they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, Vector, absolute
from fsm2rnn.proof.claim.cell import Cell, Row
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.stored.stored_tensors import (
    one_format,
    require_shapes,
    require_tensors,
    row_vectors,
    shape_of,
    stored_vector,
)
from fsm2rnn.proof.stored.tensor_file import StoredTensor

WEIGHTS: Final = ("weight_ih_l0", "weight_hh_l0", "readout.weight")
BIASES: Final = ("bias_ih_l0", "bias_hh_l0")
READOUT_BIAS: Final = "readout.bias"
EMBEDDING: Final = "embedding.weight"


def stored_cell(kind: CellKind, tensors: Mapping[str, StoredTensor]) -> Cell:
    """Return the cell that `tensors` mean; CertificateError if none."""
    biased = any(name in tensors for name in BIASES)
    require_tensors(tensors, (*WEIGHTS, *(BIASES if biased else ())), (READOUT_BIAS, EMBEDDING))
    size = shape_of(tensors, "weight_hh_l0", 2)[1]
    rows = kind.gates * size
    features = shape_of(tensors, "weight_ih_l0", 2)[1]
    labels = shape_of(tensors, "readout.weight", 2)[0]
    shapes: dict[str, tuple[int, ...]] = {
        "weight_ih_l0": (rows, features),
        "weight_hh_l0": (rows, size),
        "readout.weight": (labels, size),
    }
    shapes |= dict.fromkeys(BIASES, (rows,)) if biased else {}
    shapes |= {READOUT_BIAS: (labels,)} if READOUT_BIAS in tensors else {}
    shapes |= {EMBEDDING: (shape_of(tensors, EMBEDDING, 2)[0], features)} if EMBEDDING in tensors else {}
    require_shapes(tensors, shapes)
    try:
        return _exact(kind, size, tensors)
    except NumericError as error:
        raise CertificateError("weights", str(error)) from error


def _exact(kind: CellKind, size: int, tensors: Mapping[str, StoredTensor]) -> Cell:
    form = one_format([tensor for name, tensor in tensors.items() if not name.startswith("readout.")])
    readout_form = one_format([tensor for name, tensor in tensors.items() if name.startswith("readout.")])
    entering = row_vectors(tensors["weight_ih_l0"], form)
    hidden = row_vectors(tensors["weight_hh_l0"], form)
    biases = [stored_vector(tensors[name], form) if name in tensors else () for name in BIASES]
    symbols = _symbols(tensors, form)
    readout = row_vectors(tensors["readout.weight"], readout_form)
    readout_bias = stored_vector(tensors[READOUT_BIAS], readout_form) if READOUT_BIAS in tensors else ()
    stored = [*entering, *hidden, *biases, *symbols, *readout, readout_bias]
    fine = max((value.denominator.bit_length() - 1 for row in stored for _, value in row), default=0)
    # A product of an embedding's entry and a weight is finer than both.
    scale = 2 * fine if EMBEDDING in tensors else fine
    ids, rows = dict(biases[0]), len(hidden)
    products = [
        [[*_products(row, symbol), ids.get(place, 0)] for place, row in enumerate(entering)] for symbol in symbols
    ]
    return Cell(
        kind,
        size,
        scale,
        tuple(_integers(row, size, scale) for row in hidden),
        _integers(biases[1], rows, scale),
        tuple(tuple(_integer(sum(terms), scale) for terms in letter) for letter in products),
        tuple(tuple(_integer(sum(map(absolute, terms)), scale) for terms in letter) for letter in products),
        tuple(_integers(row, size, scale) for row in readout),
        _integers(readout_bias, len(readout), scale),
        tensors["weight_ih_l0"].shape[1],
        not fine,
        form,
        readout_form,
    )


def _symbols(tensors: Mapping[str, StoredTensor], form: FloatFormat) -> list[Vector]:
    """Return the vectors v_x as which symbols enter."""
    if EMBEDDING in tensors:
        return row_vectors(tensors[EMBEDDING], form)
    return [((place, 1),) for place in range(tensors["weight_ih_l0"].shape[1])]


def _products(left: Vector, right: Vector) -> list[Scalar]:
    """Return the products of which left . right is the sum."""
    values = dict(left)
    return [values[place] * value for place, value in right if place in values]


def _integers(entries: Vector, length: int, scale: int) -> Row:
    values = dict(entries)
    return tuple(_integer(values.get(place, 0), scale) for place in range(length))


def _integer(value: Scalar, scale: int) -> int:
    """Return value 2^scale, for values of at most that many binary places."""
    return value.numerator << (scale - (value.denominator.bit_length() - 1))
