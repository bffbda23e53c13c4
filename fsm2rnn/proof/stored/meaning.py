"""The exact network that tensors store, and the parts that most structures share: initial state, readout and head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.matrix import ExactMatrix, columns_of
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix, Vector, unit
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.stored.stored_tensors import (
    indices,
    one_format,
    require_shapes,
    require_tensors,
    row_vectors,
    shape_of,
    stored_rows,
    stored_vector,
)
from fsm2rnn.proof.stored.tensor_file import StoredTensor

LONGEST = 1 << 62  # steps between two snaps: I64 holds it, and no word is longer
Tensors: TypeAlias = Mapping[str, StoredTensor]
COMMON = ("initial_state", "readout.weight", "readout.bias")
SNAP = ("snap.every", "snap.prototype")
OPTIONAL = ("readout.index", "head.weight", *SNAP)
SHARED = (*COMMON, *OPTIONAL)


@final
@dataclass(frozen=True)
class StoredSnap:
    """After `every` symbols the state is replaced by prototypes[q], q being the machine state that it is read as."""

    every: int
    prototypes: tuple[Vector, ...]


@final
@dataclass(frozen=True)
class Matrices:
    """The exact matrices A_x that a structure's own tensors mean, on a state that ends in `constant`.

    `lines` and `blocks` as in `Meaning`; where `indexed`, readout.index alone may read the state.
    """

    matrices: tuple[ExactMatrix, ...]
    form: FloatFormat
    lines: int | None = None
    blocks: tuple[int, ...] | None = None
    constant: Vector = ()
    indexed: bool = False

    @property
    def size(self) -> int:
        """The numbers H of the stored state, the constant aside."""
        return self.matrices[0].height - len(self.constant)


@final
@dataclass(frozen=True)
class Meaning:
    """The exact network that tensors store.

    The first `lines` coordinates are multiplied, each by its own factor, and the rest turned in pairs; None
    where a structure mixes coordinates. No letter mixes coordinates of two `blocks`, given by their widths; None
    where theorem D of `drift` does not speak of the structure.
    """

    matrices: tuple[ExactMatrix, ...]
    initial_state: Vector
    decoder: Decoder
    head: SparseMatrix | None
    form: FloatFormat
    readout_form: FloatFormat
    lines: int | None = None
    blocks: tuple[int, ...] | None = None
    snap: StoredSnap | None = None

    def columns(self, symbol: int) -> tuple[Vector, ...]:
        """Return the columns of A_x."""
        return columns_of(self.matrices[symbol])


def with_readout(own: Matrices, tensors: Tensors, states: int) -> Meaning:
    """Return the meaning of matrices with the tensors that all structures share: initial state, readout and head."""
    if own.indexed and "readout.weight" not in tensors:
        return _with_index(own, tensors, states)
    require_tensors(tensors, COMMON, OPTIONAL)
    form, size, constant = own.form, own.size, own.constant
    rows, _ = shape_of(tensors, "readout.weight", 2)
    indexed = "readout.index" in tensors
    if not indexed and rows != states:
        message = f"{rows} scores without an index are {states} states"
        raise CertificateError("weights", message)
    shapes = {"initial_state": (size,), "readout.weight": (rows, size), "readout.bias": (rows,)}
    require_shapes(tensors, shapes | ({"readout.index": (rows,)} if indexed else {}))
    readout_form = one_format([tensors["readout.weight"], tensors["readout.bias"]])
    _require_form(tensors, "initial_state", form)
    reads = tuple(indices(tensors, "readout.index", states)) if indexed else tuple(range(states))
    weight = _widened(stored_rows(tensors["readout.weight"], readout_form), constant)
    bias = stored_vector(tensors["readout.bias"], readout_form)
    head = _stored_head(tensors, form, size)
    return Meaning(
        own.matrices,
        (*stored_vector(tensors["initial_state"], form), *constant),
        Decoder(DecoderKind.LINEAR, weight, bias, reads),
        None if head is None else _widened(head, constant),
        form,
        readout_form,
        own.lines,
        own.blocks,
        _stored_snap(tensors, form, states, size),
    )


def _with_index(own: Matrices, tensors: Tensors, states: int) -> Meaning:
    """Return the meaning where coordinate j scores 1 for state readout.index[j]."""
    form, size = own.form, own.size
    require_tensors(tensors, ("initial_state", "readout.index"), ("head.weight",))
    require_shapes(tensors, {"initial_state": (size,), "readout.index": (size,)})
    _require_form(tensors, "initial_state", form)
    reads = indices(tensors, "readout.index", states)
    decoder = Decoder.linear(SparseMatrix(states, tuple(unit(read) for read in reads)))
    start = stored_vector(tensors["initial_state"], form)
    return Meaning(own.matrices, start, decoder, _stored_head(tensors, form, size), form, form)


def _stored_snap(tensors: Tensors, form: FloatFormat, states: int, size: int) -> StoredSnap | None:
    """Return how the state is put back, None where it is not."""
    if not any(name in tensors for name in SNAP):
        return None
    require_tensors(tensors, SNAP, tensors)
    require_shapes(tensors, {"snap.every": (1,), "snap.prototype": (states, size)})
    _require_form(tensors, "snap.prototype", form)
    (every,) = indices(tensors, "snap.every", LONGEST)
    if not every:
        message = "the state is put back after one symbol at the earliest"
        raise CertificateError("weights", message)
    return StoredSnap(every, tuple(row_vectors(tensors["snap.prototype"], form)))


def _stored_head(tensors: Tensors, form: FloatFormat, size: int) -> SparseMatrix | None:
    """Return the linear head on `size` coordinates, None where there is none."""
    if "head.weight" not in tensors:
        return None
    rows, _ = shape_of(tensors, "head.weight", 2)
    require_shapes(tensors, {"head.weight": (rows, size)})
    _require_form(tensors, "head.weight", form)
    return stored_rows(tensors["head.weight"], form)


def _widened(matrix: SparseMatrix, constant: Vector) -> SparseMatrix:
    """Return the matrix with a column of zeros for the constant coordinate, if there is one."""
    return SparseMatrix(matrix.height, (*matrix.columns, *(() for _ in constant)))


def _require_form(tensors: Tensors, name: str, form: FloatFormat) -> None:
    if one_format([tensors[name]]) != form:
        message = f"{name} has another dtype than the weights"
        raise CertificateError("weights", message)
