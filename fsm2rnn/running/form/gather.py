"""A network that only moves numbers runs as an index.

One-hot: h = e_c, A_x e_c = e_index[x, c], read as reads[c]. Signed permutations: h is code number c of those that words
reach, and A_x moves and negates its entries, which rounds in no arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.running.walk.walk import Indices, smallest_type


@final
@dataclass(frozen=True)
class Gather:
    """The index form of stored weights; built from their exact values by `gather_form`, or from codes."""

    index: Indices  # (D, C), the next coordinate or code
    start: int
    reads: Indices  # (C,) machine state per coordinate or code


def gather_form(stored: Meaning) -> Gather | None:
    """Return the index form when every A_x, the initial state and the readout are column-one-hot; None otherwise.

    Then h stays a unit vector in every arithmetic that holds 0 and 1, and the gather is the network's own run.
    """
    columns = [_units(matrix.columns) if isinstance(matrix, SparseMatrix) else None for matrix in stored.matrices]
    start, reads = _units((stored.initial_state,)), _units(stored.decoder.readout.columns)
    complete = [column for column in columns if column is not None]
    if start is None or reads is None or len(complete) != len(columns) or stored.decoder.bias:
        return None
    index: Indices = np.array(complete, dtype=smallest_type(len(reads)))
    states: Indices = np.array(reads, dtype=smallest_type(stored.decoder.readout.height))
    return Gather(index, start[0], states)


def moves_entries(stored: Meaning) -> bool:
    """Return whether every A_x is a signed permutation: one 1 or -1 in each column and each row."""
    for matrix in stored.matrices:
        columns = matrix.columns if isinstance(matrix, SparseMatrix) else ((),)
        if not all(len(column) == 1 and column[0][1] in (1, -1) for column in columns):
            return False
        if len({column[0][0] for column in columns}) < len(columns):
            return False
    return True


def _units(columns: tuple[Vector, ...]) -> list[int] | None:
    """Return the index of every column's 1 when each column is a unit vector."""
    found = [column[0][0] for column in columns if len(column) == 1 and column[0][1] == 1]
    return found if len(found) == len(columns) else None
