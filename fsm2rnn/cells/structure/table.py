"""The recurrences with steps of their own, by their names and by what files call them; all others by their matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from torch import Tensor

from fsm2rnn.cells.structure.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.cells.structure.column_one_hot import MOVING
from fsm2rnn.cells.structure.dense import FULL
from fsm2rnn.cells.structure.diagonal import AFFINE_DIAGONAL, DIAGONAL
from fsm2rnn.cells.structure.exact_matrices import by_matrices
from fsm2rnn.cells.structure.factored import FACTORED
from fsm2rnn.cells.structure.householder import AFFINE_HOUSEHOLDER, HOUSEHOLDER
from fsm2rnn.cells.structure.recurrence import Recurrence
from fsm2rnn.cells.structure.rotation import ROTATION
from fsm2rnn.choice import choose
from fsm2rnn.proof.stored.structures import Structure

RECURRENCES: Final = (
    FULL,
    MOVING,
    FACTORED,
    DIAGONAL,
    AFFINE_DIAGONAL,
    ROTATION,
    BLOCK_DIAGONAL,
    HOUSEHOLDER,
    AFFINE_HOUSEHOLDER,
)


def find_recurrence(name: str) -> Recurrence:
    """Return the recurrence of that name; InputError otherwise."""
    return choose("structure", name, {recurrence.name: recurrence for recurrence in RECURRENCES})


def stored_recurrence(structure: Structure, tensors: Mapping[str, Tensor]) -> Recurrence:
    """Return the recurrence of stored tensors, `initial_state` aside: with a step of its own, or by its matrices."""
    own = {name: tensor for name, tensor in tensors.items() if name != "initial_state"}
    for recurrence in reversed(RECURRENCES):
        if recurrence.structure is structure and (recurrence.mark is None or recurrence.mark in own):
            return recurrence
    return by_matrices(structure, own)
