"""ProvedCell: stored tensors of a nonlinear cell with the proof that they give their machine's outputs.

The nodes of the proof are tensors too, one row each, of LSTM h before c: the walls box.low and box.high (N, width) of
boxes, or the grid states grid.states (N, width).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.activations import BITS
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.boxes import Boxes
from fsm2rnn.proof.claim.cell_images import Box
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.cell_orbit import GRIDS, CellOrbit
from fsm2rnn.proof.rounding.cell_grade import Invariant, OrbitGrade, cell_grade
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.stored.cells import stored_cell
from fsm2rnn.proof.stored.stored_tensors import integer_rows, one_format, require_room, require_shapes, shape_of
from fsm2rnn.proof.stored.tensor_file import StoredTensor

LOW: Final = "box.low"
HIGH: Final = "box.high"
GRID_STATES: Final = "grid.states"


@final
@dataclass(frozen=True)
class BoxNodes:
    """What the boxes, rows of box.low and box.high, are read as, show, and move to."""

    reads: tuple[int, ...]
    outputs: tuple[int | None, ...]
    moves: tuple[tuple[int, ...], ...]


@final
@dataclass(frozen=True)
class GridNodes:
    """What the grid states, rows of grid.states in multiples of 2^-grid, are read as and show."""

    grid: int
    reads: tuple[int, ...]
    outputs: tuple[int | None, ...]


@final
@dataclass(frozen=True)
class ProvedCell:
    """Stored weights and nodes with the proof that, exactly as stored, the cell gives the machine's outputs.

    `tensors` has the weights under their names in state_dict, and those of the nodes. CertificateError, or LimitError,
    when they do not carry the claim.
    """

    machine: StateMachine
    kind: CellKind
    nodes: BoxNodes | GridNodes
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    proof: Boxes | CellOrbit = field(init=False)
    grade: ExactGrade | Invariant | OrbitGrade = field(init=False)

    def __post_init__(self) -> None:
        """Prove the claim of the tensors as they are stored."""
        cell = stored_cell(self.kind, self.weights)
        match self.nodes:
            case BoxNodes(reads, outputs, moves):
                boxes = Boxes(self.machine, cell, _boxes(self.tensors), reads, outputs, moves)
                object.__setattr__(self, "proof", boxes)
                object.__setattr__(self, "grade", cell_grade(boxes))
            case GridNodes(grid, reads, outputs):
                orbit = CellOrbit(self.machine, cell, grid, _grid_states(self.tensors, grid), reads, outputs)
                object.__setattr__(self, "proof", orbit)
                object.__setattr__(self, "grade", OrbitGrade(grid, len(reads)))

    @property
    def weights(self) -> dict[str, StoredTensor]:
        """The tensors of the network: all but those of the nodes."""
        own = (LOW, HIGH) if isinstance(self.nodes, BoxNodes) else (GRID_STATES,)
        return {name: tensor for name, tensor in self.tensors.items() if name not in own}

    @property
    def state_format(self) -> str | None:
        """The format to which the state is rounded after each symbol, as a Tracker takes it; None for none."""
        return f"grid{self.nodes.grid}" if isinstance(self.nodes, GridNodes) else None

    @property
    def form(self) -> FloatFormat:
        """The float format of the recurrence."""
        return self.proof.cell.form

    @property
    def grade_name(self) -> str:
        """Either "exact", "invariant" or "orbit"."""
        match self.grade:
            case ExactGrade():
                return "exact"
            case Invariant():
                return "invariant"
            case OrbitGrade():
                return "orbit"


def _boxes(tensors: Mapping[str, StoredTensor]) -> tuple[Box, ...]:
    """Return the boxes between the stored walls; CertificateError if they are none."""
    if not {LOW, HIGH} <= set(tensors):
        message = f"expected the tensors {LOW} and {HIGH}"
        raise CertificateError("boxes", message)
    require_shapes(tensors, {HIGH: shape_of(tensors, LOW, 2)})
    walls = [_in_units(tensors[name], BITS) for name in (LOW, HIGH)]
    return tuple(Box(low, high) for low, high in zip(*walls, strict=True))


def _grid_states(tensors: Mapping[str, StoredTensor], grid: int) -> tuple[tuple[int, ...], ...]:
    """Return the stored grid states; CertificateError if they are none."""
    if GRID_STATES not in tensors or grid not in GRIDS:
        message = f"expected the tensor {GRID_STATES}, and a grid between {GRIDS[0]} and {GRIDS[-1]}"
        raise CertificateError("nodes", message)
    shape_of(tensors, GRID_STATES, 2)
    return tuple(_in_units(tensors[GRID_STATES], grid))


def _in_units(tensor: StoredTensor, places: int) -> list[tuple[int, ...]]:
    """Return the rows of a tensor in units of 2^-places; CertificateError for an entry that is finer."""
    try:
        form = one_format([tensor])
        require_room(math.prod(tensor.shape), form.exponent_bits)
        return integer_rows(tensor, form, places)
    except NumericError as error:
        raise CertificateError("nodes", str(error)) from error
