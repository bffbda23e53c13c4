"""q <- table[x, q] over many streams: the table walk, compiled by numba, at about one L1 load per symbol.

The table lies symbol-major in the smallest unsigned type, so that only the load of the next state is on the
critical path and the table stays in the L1 cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, no_type_check

import numba
import numpy as np
import numpy.typing as npt

Indices: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]


def smallest_type(count: int) -> type[np.uint8 | np.uint16 | np.uint32]:
    """Return the smallest unsigned type that holds 0 .. count - 1."""
    if count <= 1 << 8:
        return np.uint8
    return np.uint16 if count <= 1 << 16 else np.uint32


def symbol_major(table: Sequence[Sequence[int]]) -> Indices:
    """Return the table of rows per state as an array (D, Q) of next states."""
    return np.ascontiguousarray(np.array(table, dtype=smallest_type(len(table))).T)


@numba.njit(cache=True, nogil=True)
@no_type_check
def walk(table: Indices, reads: Indices, words: Indices, states: Indices, trajectory: Indices) -> None:
    """Walk every stream of `words` (B, T) from `states` (B,), which it updates; write reads[state] (B, T)."""
    for stream in range(words.shape[0]):
        state = states[stream]
        for step in range(words.shape[1]):
            state = table[words[stream, step], state]
            trajectory[stream, step] = reads[state]
        states[stream] = state


def walk_block(table: Indices, reads: Indices, words: Indices, states: Indices) -> Indices:
    """Return reads[state] after every symbol of one block, shape (B, T); `states` carries over."""
    trajectory = np.empty(words.shape, dtype=reads.dtype)
    walk(table, reads, words, states, trajectory)
    return trajectory


def all_states(table: Indices) -> Indices:
    """Return 0 .. Q - 1 in the table's type: the reading of a state as itself."""
    return np.arange(table.shape[1], dtype=table.dtype)
