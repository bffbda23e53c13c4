"""What the stored tensors of a nonlinear cell mean: its exact weights, and those of its readout.

weight_ih_l0 (G H, D) and weight_hh_l0 (G H, H), with bias_ih_l0 and bias_hh_l0 (G H,) or neither, in the order of
gates that `cell_kinds` gives; with embedding.weight (D, E) a symbol enters as its row, and weight_ih_l0 is (G H, E);
without, as a one-hot vector. readout.weight (K, H), and readout.bias (K,) or none: row k scores for the machine's
output label k. A cell starts at zero. Floats are read as the dyadic rationals they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import add, mul
from typing import Final

from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.sparse import Scalar, Vector
from fsm2rnn.proof.claim.cell import Cell, Row
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.stored.stored_tensors import (
    one_format,
    require_room,
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
# Of float32 2^28 products, a quarter of a minute; longer numbers take longer.
EMBEDDED_LIMIT: Final = 1 << 36


def stored_cell(kind: CellKind, tensors: Mapping[str, StoredTensor]) -> Cell:
    """Return the cell that `tensors` mean; CertificateError if none, LimitError for one that is too large."""
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
    _require_room(tensors, max(form.exponent_bits, readout_form.exponent_bits))
    entering = row_vectors(tensors["weight_ih_l0"], form)
    hidden = row_vectors(tensors["weight_hh_l0"], form)
    biases = [stored_vector(tensors[name], form) if name in tensors else () for name in BIASES]
    symbols = row_vectors(tensors[EMBEDDING], form) if EMBEDDING in tensors else None
    readout = row_vectors(tensors["readout.weight"], readout_form)
    readout_bias = stored_vector(tensors[READOUT_BIAS], readout_form) if READOUT_BIAS in tensors else ()
    stored = [*entering, *hidden, *biases, *(symbols or []), *readout, readout_bias]
    fine = max((value.denominator.bit_length() - 1 for row in stored for _, value in row), default=0)
    # A product of an embedding's entry and a weight is finer than both.
    scale = fine if symbols is None else 2 * fine
    rows, features = tensors["weight_ih_l0"].shape
    own = [_integers(row, features, fine) for row in entering]
    letters = None if symbols is None else [_integers(symbol, features, fine) for symbol in symbols]
    bias = _integers(biases[0], rows, scale)
    return Cell(
        kind,
        size,
        scale,
        tuple(_integers(row, size, scale) for row in hidden),
        _integers(biases[1], rows, scale),
        tuple(tuple(map(add, letter, bias)) for letter in _products(own, letters)),
        tuple(
            tuple(map(add, letter, map(abs, bias)))
            for letter in _products(_magnitudes(own), None if letters is None else _magnitudes(letters))
        ),
        tuple(_integers(row, size, scale) for row in readout),
        _integers(readout_bias, len(readout), scale),
        features,
        None if fine else max((abs(value.numerator) for row in stored for _, value in row), default=0),
        form,
        readout_form,
    )


def _require_room(tensors: Mapping[str, StoredTensor], exponent_bits: int) -> None:
    """Refuse, before a number is read, what takes too long to multiply or too much memory."""
    rows, features = tensors["weight_ih_l0"].shape
    embedded = EMBEDDING in tensors
    symbols = tensors[EMBEDDING].shape[0] if embedded else features
    numbers = sum(math.prod(tensor.shape) for tensor in tensors.values()) + 2 * symbols * rows
    require_room(numbers, exponent_bits + embedded)
    needed = symbols * rows * features << exponent_bits
    if embedded and needed > EMBEDDED_LIMIT:
        what = "bits of products of an embedding and the weights of its entries"
        raise LimitError(what, limit=EMBEDDED_LIMIT, needed=needed)


def _products(rows: Sequence[Row], letters: Sequence[Row] | None) -> list[Row]:
    """Return W v_x for every symbol x: the columns of W where these are the unit vectors."""
    if letters is None:
        return list(zip(*rows, strict=True))
    return [tuple(sum(map(mul, row, letter)) for row in rows) for letter in letters]


def _magnitudes(rows: Sequence[Row]) -> list[Row]:
    return [tuple(map(abs, row)) for row in rows]


def _integers(entries: Vector, length: int, scale: int) -> Row:
    values = dict(entries)
    return tuple(_integer(values.get(place, 0), scale) for place in range(length))


def _integer(value: Scalar, scale: int) -> int:
    """Return value 2^scale, for values of at most that many binary places."""
    return value.numerator << (scale - (value.denominator.bit_length() - 1))
