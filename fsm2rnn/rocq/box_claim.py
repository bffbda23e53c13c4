"""What boxes of an Elman cell claim, in integers, with the end points at which tanh has to be known.

On the finest grid of end points, that of the walls, every inclusion that the file's own check proves holds again. A
coarser one has fewer end points, and serves where the images keep their distance from the walls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from fsm2rnn.errors import InputError
from fsm2rnn.exact.activations import BITS, tanh
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.boxes import Boxes
from fsm2rnn.proof.claim.cell import Cell, Row
from fsm2rnn.proof.claim.cell_images import Box, linear_range, spans
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.outputs import output_places
from fsm2rnn.proof.file.cell_network import ProvedCell

GRIDS: Final = (6, 8, 10, 12, 16, 20, 24, 32, 48, 64, BITS)
"""End points are multiples of 2^-g for the first of these that the inclusions allow."""

Ends: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""Per symbol and coordinate, the numbers of two enclosures: below all sums, and above."""


@final
@dataclass(frozen=True)
class Enclosed:
    """low <= tanh(point) <= high, all in units of 2^-grid."""

    point: int
    low: int
    high: int


@final
@dataclass(frozen=True)
class BoxClaim:
    """The integers of a claim. Nothing is checked here: whether they prove it is for the proof assistant to say."""

    machine: StateMachine
    label: tuple[int, ...]  # output, as a logit's number, per state
    cell: Cell
    boxes: tuple[Box, ...]
    reads: tuple[int, ...]
    claimed: tuple[bool, ...]  # whether the greatest logit is claimed on a box
    moves: tuple[tuple[int, ...], ...]
    ends: tuple[Ends, ...]  # per box
    grid: int
    table: tuple[Enclosed, ...]

    @property
    def biases(self) -> tuple[Row, ...]:
        """What a symbol and the biases add to the sums, (D, H)."""
        return tuple(tuple(map(int.__add__, letter, self.cell.hidden_bias)) for letter in self.cell.inputs)


def box_claim_of(network: ProvedCell) -> BoxClaim:
    """Return the claim of a proved Elman cell of grade invariant; InputError names another cell, and Mealy machines."""
    proof = network.proof
    if network.kind is not CellKind.ELMAN or not isinstance(proof, Boxes):
        message = f"a {network.kind.stored} cell of grade {network.grade_name} is not written for Rocq"
        raise InputError(
            message, hint="written are elman cells proved by boxes, and networks h <- A_x h of grade exact"
        )
    machine = proof.machine
    if machine.is_mealy:
        message = "outputs belong to steps, and the library's theorem on boxes is about outputs of states"
        raise InputError(message, hint="convert the machine to a Moore machine")
    grid, table, ends = _least_table(proof)
    places = output_places(machine)
    return BoxClaim(
        machine,
        tuple(places[typed(output)] for output in machine.outputs),
        proof.cell,
        proof.boxes,
        proof.reads,
        tuple(output is not None for output in proof.outputs),
        proof.moves,
        ends,
        grid,
        table,
    )


def _least_table(proof: Boxes) -> tuple[int, tuple[Enclosed, ...], tuple[Ends, ...]]:
    """Return the coarsest grid on which all inclusions hold, its enclosures, and which of them each inclusion takes."""
    found = ((grid, _table(proof, grid)) for grid in GRIDS)
    return next((grid, *one) for grid, one in found if one is not None)  # the last grid is that of the proof


def _table(proof: Boxes, grid: int) -> tuple[tuple[Enclosed, ...], tuple[Ends, ...]] | None:
    """Return the enclosures of a grid, and which of them each inclusion takes; None where some inclusion fails."""
    numbers: dict[int, int] = {}
    rows = []
    for place in range(len(proof.boxes)):
        row = _ends(proof, place, grid, numbers)
        if row is None:
            return None
        rows.append(row)
    return tuple(_enclosed(point, grid) for point in numbers), tuple(rows)


def _ends(proof: Boxes, place: int, grid: int, numbers: dict[int, int]) -> Ends | None:
    """Return which enclosures show each image of a box inside, None where they do not on this grid."""
    found = []
    for sums, move in zip(_sums(proof, proof.boxes[place]), proof.moves[place], strict=True):
        target, chosen = proof.boxes[move], []
        for (least, greatest), low, high in zip(sums, target.low, target.high, strict=True):
            # The sums are over 2^(scale + BITS).
            shift = proof.cell.scale + BITS - grid
            first, last = least >> shift, -(-greatest >> shift)
            if (_enclosed(first, grid).low << (BITS - grid)) < low or (
                _enclosed(last, grid).high << (BITS - grid)
            ) > high:
                return None
            chosen.append((numbers.setdefault(first, len(numbers)), numbers.setdefault(last, len(numbers))))
        found.append(tuple(chosen))
    return tuple(found)


def _sums(proof: Boxes, box: Box) -> Iterator[list[tuple[int, int]]]:
    """Yield for each symbol the exact bounds of all sums over a box, over 2^(scale + BITS)."""
    cell = proof.cell
    middles, widths = spans(box, cell.size)
    ranges = [linear_range(row, middles, widths) for row in cell.hidden]
    for letter in cell.inputs:
        yield [
            ((low >> 1) + ((entry + bias) << BITS), (high >> 1) + ((entry + bias) << BITS))
            for (low, high), entry, bias in zip(ranges, letter, cell.hidden_bias, strict=True)
        ]


def _enclosed(point: int, grid: int) -> Enclosed:
    """Return the nearest bounds of tanh on the grid."""
    low, high = tanh(point << (BITS - grid))
    return Enclosed(point, low >> (BITS - grid), -(-high >> (BITS - grid)))
