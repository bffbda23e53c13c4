"""ProvedCell: stored tensors of a nonlinear cell with the proof that they give their machine's outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.activations import BITS, UNIT
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.boxes import Boxes
from fsm2rnn.proof.claim.cell_images import Box
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.rounding.cell_grade import Invariant, cell_grade
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.stored.cells import stored_cell
from fsm2rnn.proof.stored.stored_tensors import one_format, require_shapes, row_vectors, shape_of
from fsm2rnn.proof.stored.tensor_file import StoredTensor

LOW: Final = "box.low"
HIGH: Final = "box.high"


@final
@dataclass(frozen=True)
class BoxNodes:
    """What the boxes, rows of box.low and box.high, are read as, show, and move to."""

    reads: tuple[int, ...]
    outputs: tuple[int | None, ...]
    moves: tuple[tuple[int, ...], ...]


@final
@dataclass(frozen=True)
class ProvedCell:
    """Stored weights and boxes with the proof that, exactly as stored, the cell gives the machine's outputs.

    `tensors` has the weights under their names in state_dict, and the walls box.low and box.high (N, width), one row
    per node; of LSTM h stands before c. CertificateError, or LimitError, when they do not carry the claim.
    """

    machine: StateMachine
    kind: CellKind
    nodes: BoxNodes
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    proof: Boxes = field(init=False)
    grade: ExactGrade | Invariant = field(init=False)

    def __post_init__(self) -> None:
        """Prove the claim of the tensors as they are stored."""
        cell = stored_cell(self.kind, self.weights)
        nodes = self.nodes
        boxes = Boxes(self.machine, cell, _boxes(self.tensors), nodes.reads, nodes.outputs, nodes.moves)
        object.__setattr__(self, "proof", boxes)
        object.__setattr__(self, "grade", cell_grade(boxes))

    @property
    def weights(self) -> dict[str, StoredTensor]:
        """The tensors of the network: all but the walls."""
        return {name: tensor for name, tensor in self.tensors.items() if name not in {LOW, HIGH}}

    @property
    def form(self) -> FloatFormat:
        """The float format of the recurrence."""
        return self.proof.cell.form

    @property
    def grade_name(self) -> str:
        """Either "exact" or "invariant"."""
        return "exact" if isinstance(self.grade, ExactGrade) else "invariant"


def _boxes(tensors: Mapping[str, StoredTensor]) -> tuple[Box, ...]:
    """Return the boxes between the stored walls; CertificateError if they are none."""
    if not {LOW, HIGH} <= set(tensors):
        message = f"expected the tensors {LOW} and {HIGH}"
        raise CertificateError("boxes", message)
    shape = shape_of(tensors, LOW, 2)
    require_shapes(tensors, {HIGH: shape})
    form = one_format([tensors[LOW], tensors[HIGH]])
    try:
        walls = [_units(row, shape[1]) for name in (LOW, HIGH) for row in row_vectors(tensors[name], form)]
    except NumericError as error:
        raise CertificateError("boxes", str(error)) from error
    return tuple(Box(low, high) for low, high in zip(walls[: shape[0]], walls[shape[0] :], strict=True))


def _units(row: Vector, width: int) -> tuple[int, ...]:
    """Return the walls in units of 2^-BITS; CertificateError for one that is finer."""
    walls = [0] * width
    for place, value in row:
        wall = value * UNIT
        if wall.denominator != 1:
            message = f"a wall is no multiple of 2^-{BITS}"
            raise CertificateError("boxes", message)
        walls[place] = wall.numerator
    return tuple(walls)
