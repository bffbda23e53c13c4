"""One step of diagonal, rotating, moving and updating networks in compiled loops over streams.

All fill found[:, 1:] (S, T + 1, H) from found[:, 0] along words[:, first:], in float32 or float64, every product and
sum rounded by itself, as the torch step of the structure does.
"""

from __future__ import annotations

from typing import no_type_check

import numba

from fsm2rnn.verify.vector_steps import Floats
from fsm2rnn.verify.walk import Indices


@numba.njit(cache=True, nogil=True)
@no_type_check
def diagonal_steps(factors: Floats, offsets: Floats, words: Indices, first: int, found: Floats) -> None:
    """Factors and offsets: h <- a_x * h + b_x, both (D, H)."""
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for place in range(found.shape[2]):
                moved = factors[symbol, place] * found[stream, step, place]
                found[stream, step + 1, place] = moved + offsets[symbol, place]


@numba.njit(cache=True, nogil=True)
@no_type_check
def turning_steps(factors: Floats, cosines: Floats, sines: Floats, words: Indices, first: int, found: Floats) -> None:
    """Multiply L lines by factors (D, L), then turn planes (u, v): c u - s v, s u + c v, cosines and sines (D, P)."""
    lines, planes = factors.shape[1], cosines.shape[1]
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for line in range(lines):
                found[stream, step + 1, line] = factors[symbol, line] * found[stream, step, line]
            for plane in range(planes):
                place = lines + 2 * plane
                c, s = cosines[symbol, plane], sines[symbol, plane]
                u, v = found[stream, step, place], found[stream, step, place + 1]
                found[stream, step + 1, place] = c * u - s * v
                found[stream, step + 1, place + 1] = s * u + c * v


@numba.njit(cache=True, nogil=True)
@no_type_check
def moving_steps(index: Indices, factors: Floats, words: Indices, first: int, found: Floats) -> None:
    """Scale number j and add it into number index[x, j], in the order of j; index and factors (D, H)."""
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for place in range(found.shape[2]):
                found[stream, step + 1, place] = 0
            for place in range(found.shape[2]):
                moved = factors[symbol, place] * found[stream, step, place]
                found[stream, step + 1, index[symbol, place]] += moved


@numba.njit(cache=True, nogil=True)
@no_type_check
def updating_steps(keys: Floats, betas: Floats, values: Floats, words: Indices, first: int, found: Floats) -> None:
    """Updates in turn: h <- h + beta (value - <key, h>) key; keys (D, R, H), betas and values (D, R)."""
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for place in range(found.shape[2]):
                found[stream, step + 1, place] = found[stream, step, place]
            for update in range(keys.shape[1]):
                along = keys[symbol, update, 0] * found[stream, step + 1, 0]
                for place in range(1, found.shape[2]):
                    along += keys[symbol, update, place] * found[stream, step + 1, place]
                scale = betas[symbol, update] * (values[symbol, update] - along)
                for place in range(found.shape[2]):
                    found[stream, step + 1, place] += scale * keys[symbol, update, place]
