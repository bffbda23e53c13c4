"""Lines and planes: h <- a_x * h, alone and with turned pairs beside them, and h <- a_x * h + b_x.

All loops take ids (B, T), first states (B, H), tables (D, ...) and states (B, T, H), which the first of a pair fills;
the second adds to the sums (D, ...), the tables' gradients in float64, and fills `passed`, the gradient of the first
states. `scales` (B, T // every) are those of the states.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, fill_with_zeros, keep_in_range, pour, scale_of
from fsm2rnn.cells.gradients.loops.prefetch import ask_before, rows_of_words


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def scale(every: int, ids: Places, start: Numbers, factors: Numbers, states: Numbers, scales: Numbers) -> None:
    """Multiply by factors (D, H): what `turn` does without planes, whose slices take as long again."""
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            factor, state = factors[ids[stream, step]], states[stream, step]
            for place in range(len(state)):
                state[place] = factor[place] * last[place]
            keep_in_range(every, step, state, scales[stream])
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def scale_back(  # noqa: PLR0913, PLR0917  compiled loops take arrays
    every: int,
    ids: Places,
    start: Numbers,
    factors: Numbers,
    states: Numbers,
    scales: Numbers,
    given: Numbers,
    of_factors: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient d as a d; d h is that of the factor."""
    part = np.zeros_like(factors)
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient, scaled = given[stream, step], scale_of(every, step, stream, scales)
            factor, sum_of = factors[symbol], part[symbol]
            for place in range(len(carried)):
                d = scaled * (carried[place] + gradient[place])
                sum_of[place] += d * last[place]
                carried[place] = d * factor[place]
        pour(stream, ids, part, of_factors)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def turn(  # noqa: PLR0913, PLR0917  as above
    every: int,
    ids: Places,
    start: Numbers,
    factors: Numbers,
    cosines: Numbers,
    sines: Numbers,
    states: Numbers,
    scales: Numbers,
) -> None:
    """Multiply L lines by factors (D, L), then turn P planes (u, v) into (c u - s v, s u + c v)."""
    lines, planes = factors.shape[1], cosines.shape[1]
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            symbol, state = ids[stream, step], states[stream, step]
            factor = factors[symbol]
            for line in range(lines):
                state[line] = factor[line] * last[line]
            cosine, sine, pairs, moved = cosines[symbol], sines[symbol], last[lines:], state[lines:]
            for plane in range(planes):
                u, v = pairs[2 * plane], pairs[2 * plane + 1]
                moved[2 * plane] = cosine[plane] * u - sine[plane] * v
                moved[2 * plane + 1] = sine[plane] * u + cosine[plane] * v
            keep_in_range(every, step, state, scales[stream])
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def turn_back(  # noqa: PLR0913, PLR0917  as above
    every: int,
    ids: Places,
    start: Numbers,
    factors: Numbers,
    cosines: Numbers,
    sines: Numbers,
    states: Numbers,
    scales: Numbers,
    given: Numbers,
    of_factors: Numbers,
    of_cosines: Numbers,
    of_sines: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient (d, e) of a plane as (c d + s e, c e - s d); (d u + e v, e u - d v) is that of (c, s)."""
    lines = factors.shape[1]
    factor_part, cosine_part, sine_part = np.zeros_like(factors), np.zeros_like(cosines), np.zeros_like(sines)
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient, scale = given[stream, step], scale_of(every, step, stream, scales)
            factor, sum_of = factors[symbol], factor_part[symbol]
            for line in range(lines):
                d = scale * (carried[line] + gradient[line])
                sum_of[line] += d * last[line]
                carried[line] = d * factor[line]
            if cosines.shape[1]:
                tables, sums = (cosines[symbol], sines[symbol]), (cosine_part[symbol], sine_part[symbol])
                _turn_planes_back(tables, last[lines:], gradient[lines:], scale, carried[lines:], sums)
        pour(stream, ids, factor_part, of_factors)
        pour(stream, ids, cosine_part, of_cosines)
        pour(stream, ids, sine_part, of_sines)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def _turn_planes_back(
    tables: tuple[Numbers, Numbers],
    last: Numbers,
    given: Numbers,
    scale: float,
    carried: Numbers,
    sums: tuple[Numbers, Numbers],
) -> None:
    (cosine, sine), (of_cosine, of_sine) = tables, sums
    for plane in range(len(cosine)):
        u, v = last[2 * plane], last[2 * plane + 1]
        d = scale * (carried[2 * plane] + given[2 * plane])
        e = scale * (carried[2 * plane + 1] + given[2 * plane + 1])
        of_cosine[plane] += d * u + e * v
        of_sine[plane] += e * u - d * v
        carried[2 * plane] = cosine[plane] * d + sine[plane] * e
        carried[2 * plane + 1] = cosine[plane] * e - sine[plane] * d


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def shift(
    every: int,
    ids: Places,
    start: Numbers,
    factors: Numbers,
    offsets: Numbers,
    states: Numbers,
    scales: Numbers,
) -> None:
    """Multiply by factors (D, H) and add offsets (D, H); a scaled state would go elsewhere, so `every` is 0."""
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            symbol, state = ids[stream, step], states[stream, step]
            factor, offset = factors[symbol], offsets[symbol]
            for place in range(len(state)):
                state[place] = factor[place] * last[place] + offset[place]
            keep_in_range(every, step, state, scales[stream])
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def shift_back(  # noqa: PLR0913, PLR0917  as above
    every: int,
    ids: Places,
    start: Numbers,
    factors: Numbers,
    offsets: Numbers,  # noqa: ARG001  loops take all tables
    states: Numbers,
    scales: Numbers,
    given: Numbers,
    of_factors: Numbers,
    of_offsets: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient d as a d; d h and d are those of factor and offset."""
    factor_part, offset_part = np.zeros_like(factors), np.zeros_like(factors)
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient, scale = given[stream, step], scale_of(every, step, stream, scales)
            factor, factor_sum, offset_sum = factors[symbol], factor_part[symbol], offset_part[symbol]
            for place in range(len(carried)):
                d = scale * (carried[place] + gradient[place])
                factor_sum[place] += d * last[place]
                offset_sum[place] += d
                carried[place] = d * factor[place]
        pour(stream, ids, factor_part, of_factors)
        pour(stream, ids, offset_part, of_offsets)
