"""h <- A_x h in floats, one symbol at a time over many streams, each state compared with the code it should be.

Sums run over columns from the first to the last, every product and sum rounded by itself.
"""

from __future__ import annotations

from typing import Any, TypeAlias, no_type_check

import numba
import numpy as np
import numpy.typing as npt

from fsm2rnn.verify.walk import Indices

Floats: TypeAlias = npt.NDArray[np.floating[Any]]

NARROW = 4  # numbers of a state that stays in registers
PAIR = 2  # streams in lock step: more no longer fit the registers


def padded(columns: Floats, states: Floats) -> tuple[Floats, Floats]:
    """Return columns (D, H, H), [x, j, i] = (A_x)_ij, and states (C, H), with zeros up to H = `NARROW`."""
    more = max(0, NARROW - states.shape[1])
    wide = np.pad(columns, ((0, 0), (0, more), (0, more)))
    return np.ascontiguousarray(wide), np.ascontiguousarray(np.pad(states, ((0, 0), (0, more))))


def count_departures(columns: Floats, codes: Floats, words: Indices, trace: Indices, starts: Indices) -> int:
    """Return how many states of the streams `words` (S, T), from codes[starts], differ from codes[trace]."""
    states = codes[starts]
    pairs = len(words) - len(words) % PAIR if codes.shape[1] == NARROW else 0
    count = _narrow_pairs(columns, codes, words[:pairs], trace[:pairs], states[:pairs])
    return int(count + _any_width(columns, codes, words[pairs:], trace[pairs:], states[pairs:]))


@numba.njit(cache=True, nogil=True)
@no_type_check
def _narrow_pairs(columns: Floats, codes: Floats, words: Indices, trace: Indices, states: Floats) -> int:
    """Count departures of states of four numbers, two streams in lock step; S is even."""
    count = 0
    for s in range(0, words.shape[0], 2):
        a0, a1, a2, a3 = states[s, 0], states[s, 1], states[s, 2], states[s, 3]
        b0, b1, b2, b3 = states[s + 1, 0], states[s + 1, 1], states[s + 1, 2], states[s + 1, 3]
        for step in range(words.shape[1]):
            x, c = words[s, step], trace[s, step]
            n0 = columns[x, 0, 0] * a0 + columns[x, 1, 0] * a1 + columns[x, 2, 0] * a2 + columns[x, 3, 0] * a3
            n1 = columns[x, 0, 1] * a0 + columns[x, 1, 1] * a1 + columns[x, 2, 1] * a2 + columns[x, 3, 1] * a3
            n2 = columns[x, 0, 2] * a0 + columns[x, 1, 2] * a1 + columns[x, 2, 2] * a2 + columns[x, 3, 2] * a3
            n3 = columns[x, 0, 3] * a0 + columns[x, 1, 3] * a1 + columns[x, 2, 3] * a2 + columns[x, 3, 3] * a3
            if n0 != codes[c, 0] or n1 != codes[c, 1] or n2 != codes[c, 2] or n3 != codes[c, 3]:
                count += 1
            a0, a1, a2, a3 = n0, n1, n2, n3
            x, c = words[s + 1, step], trace[s + 1, step]
            n0 = columns[x, 0, 0] * b0 + columns[x, 1, 0] * b1 + columns[x, 2, 0] * b2 + columns[x, 3, 0] * b3
            n1 = columns[x, 0, 1] * b0 + columns[x, 1, 1] * b1 + columns[x, 2, 1] * b2 + columns[x, 3, 1] * b3
            n2 = columns[x, 0, 2] * b0 + columns[x, 1, 2] * b1 + columns[x, 2, 2] * b2 + columns[x, 3, 2] * b3
            n3 = columns[x, 0, 3] * b0 + columns[x, 1, 3] * b1 + columns[x, 2, 3] * b2 + columns[x, 3, 3] * b3
            if n0 != codes[c, 0] or n1 != codes[c, 1] or n2 != codes[c, 2] or n3 != codes[c, 3]:
                count += 1
            b0, b1, b2, b3 = n0, n1, n2, n3
    return count


@numba.njit(cache=True, nogil=True)
@no_type_check
def _any_width(columns: Floats, codes: Floats, words: Indices, trace: Indices, states: Floats) -> int:
    """Count departures of states of any width, one stream after another."""
    width, count = codes.shape[1], 0
    moved = np.empty_like(codes[0])
    for stream in range(words.shape[0]):
        state = states[stream]
        for step in range(words.shape[1]):
            matrix, code = columns[words[stream, step]], codes[trace[stream, step]]
            for row in range(width):
                moved[row] = matrix[0, row] * state[0]
            for column in range(1, width):
                for row in range(width):
                    moved[row] += matrix[column, row] * state[column]
            left = False
            for row in range(width):
                left |= moved[row] != code[row]
                state[row] = moved[row]
            count += left
    return count
