"""Lines and planes: h <- a_x * h, alone and with turned pairs beside them, and h <- a_x * h + b_x.

All loops take ids (B, T), first states (B, H), tables (D, ...) and states (B, T, H), which the first of a pair fills;
the second adds to the sums (D, ...), the tables' gradients in float64, and fills `passed`, the gradient of the first
states. Where states are divided by their norms, `scales` (B, T) are what each is multiplied by, else None, for which
numba compiles loops of their own.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, divide, divide_back, fill_with_zeros, pour
from fsm2rnn.cells.gradients.loops.prefetch import ask_before, rows_of_words


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def scale(ids: Places, start: Numbers, factors: Numbers, states: Numbers, scales: Numbers | None) -> None:
    """Multiply by factors (D, H): what `turn` does without planes, whose slices take as long again."""
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            factor, state = factors[ids[stream, step]], states[stream, step]
            for place in range(len(state)):
                state[place] = factor[place] * last[place]
            if scales is not None:
                scales[stream, step] = divide(state)
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def scale_back(  # noqa: PLR0913, PLR0917  compiled loops take arrays
    ids: Places,
    start: Numbers,
    factors: Numbers,
    states: Numbers,
    scales: Numbers | None,
    given: Numbers,
    of_factors: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient d as a d; d h is that of the factor."""
    part, nothing = np.zeros_like(factors), np.zeros_like(start[0])
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient, factor, sum_of = given[stream, step], factors[symbol], part[symbol]
            if scales is not None:
                divide_back(gradient, states[stream, step], scales[stream, step], carried)
                gradient = nothing
            for place in range(len(carried)):
                d = carried[place] + gradient[place]
                sum_of[place] += d * last[place]
                carried[place] = d * factor[place]
        pour(stream, ids, part, of_factors)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def turn(
    ids: Places,
    start: Numbers,
    factors: Numbers,
    cosines: Numbers,
    sines: Numbers,
    states: Numbers,
    scales: Numbers | None,
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
            if scales is not None:
                scales[stream, step] = divide(state)
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def turn_back(  # noqa: PLR0913, PLR0917  as above
    ids: Places,
    start: Numbers,
    factors: Numbers,
    cosines: Numbers,
    sines: Numbers,
    states: Numbers,
    scales: Numbers | None,
    given: Numbers,
    of_factors: Numbers,
    of_cosines: Numbers,
    of_sines: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient (d, e) of a plane as (c d + s e, c e - s d); (d u + e v, e u - d v) is that of (c, s)."""
    lines = factors.shape[1]
    factor_part, cosine_part, sine_part = np.zeros_like(factors), np.zeros_like(cosines), np.zeros_like(sines)
    nothing = np.zeros_like(start[0])
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient = given[stream, step]
            if scales is not None:
                divide_back(gradient, states[stream, step], scales[stream, step], carried)
                gradient = nothing
            factor, sum_of = factors[symbol], factor_part[symbol]
            for line in range(lines):
                d = carried[line] + gradient[line]
                sum_of[line] += d * last[line]
                carried[line] = d * factor[line]
            if cosines.shape[1]:
                tables, sums = (cosines[symbol], sines[symbol]), (cosine_part[symbol], sine_part[symbol])
                _turn_planes_back(tables, last[lines:], gradient[lines:], carried[lines:], sums)
        pour(stream, ids, factor_part, of_factors)
        pour(stream, ids, cosine_part, of_cosines)
        pour(stream, ids, sine_part, of_sines)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def _turn_planes_back(
    tables: tuple[Numbers, Numbers],
    last: Numbers,
    given: Numbers,
    carried: Numbers,
    sums: tuple[Numbers, Numbers],
) -> None:
    (cosine, sine), (of_cosine, of_sine) = tables, sums
    for plane in range(len(cosine)):
        u, v = last[2 * plane], last[2 * plane + 1]
        d, e = carried[2 * plane] + given[2 * plane], carried[2 * plane + 1] + given[2 * plane + 1]
        of_cosine[plane] += d * u + e * v
        of_sine[plane] += e * u - d * v
        carried[2 * plane] = cosine[plane] * d + sine[plane] * e
        carried[2 * plane + 1] = cosine[plane] * e - sine[plane] * d


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def shift(
    ids: Places,
    start: Numbers,
    factors: Numbers,
    offsets: Numbers,
    states: Numbers,
    scales: None,  # noqa: ARG001  loops take all arrays
) -> None:
    """Multiply by factors (D, H) and add offsets (D, H); a divided state would go elsewhere, so there are no scales."""
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            symbol, state = ids[stream, step], states[stream, step]
            factor, offset = factors[symbol], offsets[symbol]
            for place in range(len(state)):
                state[place] = factor[place] * last[place] + offset[place]
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def shift_back(  # noqa: PLR0913, PLR0917  as above
    ids: Places,
    start: Numbers,
    factors: Numbers,
    offsets: Numbers,  # noqa: ARG001  loops take all tables
    states: Numbers,
    scales: None,  # noqa: ARG001  loops take all arrays
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
            gradient, factor = given[stream, step], factors[symbol]
            factor_sum, offset_sum = factor_part[symbol], offset_part[symbol]
            for place in range(len(carried)):
                d = carried[place] + gradient[place]
                factor_sum[place] += d * last[place]
                offset_sum[place] += d
                carried[place] = d * factor[place]
        pour(stream, ids, factor_part, of_factors)
        pour(stream, ids, offset_part, of_offsets)
