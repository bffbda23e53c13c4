"""One step of diagonal, rotating, moving and updating networks in compiled loops over streams.

All fill found[:, 1:] (S, T + 1, H) from found[:, 0] along words[:, first:], in float32 or float64, every product and
sum rounded by itself, as the torch step of the structure does; then every number is rounded to the format `kept`.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.running.loops.kept_format import Floats, Kept, keep_numbers, kept_number
from fsm2rnn.running.walk.walk import Indices


@numba.njit(cache=True, nogil=True)
@no_type_check
def diagonal_steps(factors: Floats, offsets: Floats, words: Indices, first: int, found: Floats, kept: Kept) -> None:
    """Factors and offsets: h <- a_x * h + b_x, both (D, H)."""
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for place in range(found.shape[2]):
                moved = factors[symbol, place] * found[stream, step, place]
                found[stream, step + 1, place] = kept_number(moved + offsets[symbol, place], kept)


@numba.njit(cache=True, nogil=True)
@no_type_check
def turning_steps(
    factors: Floats, cosines: Floats, sines: Floats, words: Indices, first: int, found: Floats, kept: Kept
) -> None:
    """Multiply L lines by factors (D, L), then turn planes (u, v): c u - s v, s u + c v, cosines and sines (D, P)."""
    lines, planes = factors.shape[1], cosines.shape[1]
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for line in range(lines):
                found[stream, step + 1, line] = kept_number(factors[symbol, line] * found[stream, step, line], kept)
            for plane in range(planes):
                place = lines + 2 * plane
                c, s = cosines[symbol, plane], sines[symbol, plane]
                u, v = found[stream, step, place], found[stream, step, place + 1]
                found[stream, step + 1, place] = kept_number(c * u - s * v, kept)
                found[stream, step + 1, place + 1] = kept_number(s * u + c * v, kept)


@numba.njit(cache=True, nogil=True)
@no_type_check
def moving_steps(index: Indices, factors: Floats, words: Indices, first: int, found: Floats, kept: Kept) -> None:
    """Scale number j and add it into number index[x, j], in the order of j; index and factors (D, H)."""
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for place in range(found.shape[2]):
                found[stream, step + 1, place] = 0
            for place in range(found.shape[2]):
                moved = factors[symbol, place] * found[stream, step, place]
                found[stream, step + 1, index[symbol, place]] += moved
            keep_numbers(found[stream, step + 1], kept)


@numba.njit(cache=True, nogil=True)
@no_type_check
def updating_steps(
    keys: Floats, betas: Floats, values: Floats, words: Indices, first: int, found: Floats, kept: Kept
) -> None:
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
            keep_numbers(found[stream, step + 1], kept)


@numba.njit(cache=True, nogil=True)
@no_type_check
def factored_steps(
    output: Floats, gates: Floats, source: Floats, words: Indices, first: int, found: Floats, kept: Kept
) -> None:
    """Factors U (H, R), w (D, R), V^T (R, H): h <- U (w_x * V^T h)."""
    inner = np.empty(gates.shape[1], dtype=found.dtype)
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            symbol = words[stream, first + step]
            for product in range(inner.shape[0]):
                total = source[product, 0] * found[stream, step, 0]
                for place in range(1, found.shape[2]):
                    total += source[product, place] * found[stream, step, place]
                inner[product] = gates[symbol, product] * total
            for place in range(found.shape[2]):
                total = output[place, 0] * inner[0]
                for product in range(1, inner.shape[0]):
                    total += output[place, product] * inner[product]
                found[stream, step + 1, place] = kept_number(total, kept)
