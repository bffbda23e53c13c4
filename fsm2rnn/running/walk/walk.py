"""q <- table[x, q] over many streams: the table walk, compiled by numba, at about one L1 load per symbol.

The table lies symbol-major in the smallest unsigned type, so that only the load of the next state is on the
critical path and the table stays in the L1 cache. One stream waits for each load; `LANES` streams in lock step
fill the wait, at two to four symbols in the time of one load.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, no_type_check

import numba
import numpy as np
import numpy.typing as npt

Indices: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]

LANES = 8  # streams walked in lock step; 16 states no longer fit the registers
LONG = 2048  # symbols from which rows are kept off each other's cache sets


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


@numba.njit(cache=True, nogil=True)
@no_type_check
def interleaved_walk(table: Indices, reads: Indices, words: Indices, states: Indices, trajectory: Indices) -> None:
    """Walk B streams of `words` (B, T) from `states` (B,), 8 in lock step; B % 8 = 0, reads (B, T) or longer rows."""
    for b in range(0, words.shape[0], 8):
        w0, w1, w2, w3 = words[b], words[b + 1], words[b + 2], words[b + 3]
        w4, w5, w6, w7 = words[b + 4], words[b + 5], words[b + 6], words[b + 7]
        t0, t1, t2, t3 = trajectory[b], trajectory[b + 1], trajectory[b + 2], trajectory[b + 3]
        t4, t5, t6, t7 = trajectory[b + 4], trajectory[b + 5], trajectory[b + 6], trajectory[b + 7]
        q0, q1, q2, q3 = states[b], states[b + 1], states[b + 2], states[b + 3]
        q4, q5, q6, q7 = states[b + 4], states[b + 5], states[b + 6], states[b + 7]
        for step in range(words.shape[1]):
            q0 = table[w0[step], q0]
            t0[step] = reads[q0]
            q1 = table[w1[step], q1]
            t1[step] = reads[q1]
            q2 = table[w2[step], q2]
            t2[step] = reads[q2]
            q3 = table[w3[step], q3]
            t3[step] = reads[q3]
            q4 = table[w4[step], q4]
            t4[step] = reads[q4]
            q5 = table[w5[step], q5]
            t5[step] = reads[q5]
            q6 = table[w6[step], q6]
            t6[step] = reads[q6]
            q7 = table[w7[step], q7]
            t7[step] = reads[q7]
        states[b], states[b + 1], states[b + 2], states[b + 3] = q0, q1, q2, q3
        states[b + 4], states[b + 5], states[b + 6], states[b + 7] = q4, q5, q6, q7


@numba.njit(cache=True, nogil=True)
@no_type_check
def advance(table: Indices, words: Indices, states: Indices) -> None:
    """Walk every stream of `words` (B, T) from `states` (B,), which it updates."""
    for stream in range(words.shape[0]):
        state = states[stream]
        for step in range(words.shape[1]):
            state = table[words[stream, step], state]
        states[stream] = state


@numba.njit(cache=True, nogil=True)
@no_type_check
def interleaved_advance(table: Indices, words: Indices, states: Indices) -> None:
    """Replace the states of B streams by those after their words, 8 in lock step; B is a multiple of 8."""
    for b in range(0, words.shape[0], 8):
        w0, w1, w2, w3 = words[b], words[b + 1], words[b + 2], words[b + 3]
        w4, w5, w6, w7 = words[b + 4], words[b + 5], words[b + 6], words[b + 7]
        q0, q1, q2, q3 = states[b], states[b + 1], states[b + 2], states[b + 3]
        q4, q5, q6, q7 = states[b + 4], states[b + 5], states[b + 6], states[b + 7]
        for step in range(words.shape[1]):
            q0 = table[w0[step], q0]
            q1 = table[w1[step], q1]
            q2 = table[w2[step], q2]
            q3 = table[w3[step], q3]
            q4 = table[w4[step], q4]
            q5 = table[w5[step], q5]
            q6 = table[w6[step], q6]
            q7 = table[w7[step], q7]
        states[b], states[b + 1], states[b + 2], states[b + 3] = q0, q1, q2, q3
        states[b + 4], states[b + 5], states[b + 6], states[b + 7] = q4, q5, q6, q7


def walk_block(table: Indices, reads: Indices, words: Indices, states: Indices) -> Indices:
    """Return reads[state] after every symbol of one block, shape (B, T); `states` carries over."""
    batch, steps = words.shape
    full = batch - batch % LANES
    trajectory = np.empty((batch, _row(steps) if full else steps), dtype=reads.dtype)
    if full:
        interleaved_walk(table, reads, words[:full], states[:full], trajectory[:full])
    if full < batch:
        walk(table, reads, words[full:], states[full:], trajectory[full:])
    return trajectory[:, :steps]


def final_states(table: Indices, words: Indices, states: Indices) -> Indices:
    """Return the states (B,) that the words (B, T) lead to from `states` (B,), which stay as they are."""
    found = states.copy()
    full = words.shape[0] - words.shape[0] % LANES
    if full:
        interleaved_advance(table, words[:full], found[:full])
    if full < words.shape[0]:
        advance(table, words[full:], found[full:])
    return found


def _row(steps: int) -> int:
    """Return the row length that keeps 8 rows on different sets of the cache, where a power of two meets one set."""
    return steps if steps < LONG else steps + (64 - steps) % 512


def all_states(table: Indices) -> Indices:
    """Return 0 .. Q - 1 in the table's type: the reading of a state as itself."""
    return np.arange(table.shape[1], dtype=table.dtype)
