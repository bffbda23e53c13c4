"""Numbers that are scaled and moved: number j goes to index_j, times factor_j, and what meets adds up.

Arguments are those of the loops of lines.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, fill_with_zeros, keep_in_range, pour, scale_of
from fsm2rnn.cells.gradients.loops.prefetch import ask_before, rows_of_words


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def move(
    every: int,
    ids: Places,
    start: Numbers,
    index: Places,
    factors: Numbers,
    states: Numbers,
    scales: Numbers,
) -> None:
    """Scale and move by index and factors (D, H), entries of index in 0..H - 1."""
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            symbol, state = ids[stream, step], states[stream, step]
            places, factor = index[symbol], factors[symbol]
            fill_with_zeros(state)
            for place in range(len(state)):
                state[places[place]] += factor[place] * last[place]
            keep_in_range(every, step, state, scales[stream])
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def move_back(  # noqa: PLR0913, PLR0917  as above
    every: int,
    ids: Places,
    start: Numbers,
    index: Places,
    factors: Numbers,
    states: Numbers,
    scales: Numbers,
    given: Numbers,
    of_factors: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient d as e = d[index] times the factor; e h is the factor's."""
    part, brought = np.zeros_like(factors), np.empty_like(start[0])
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient, scale = given[stream, step], scale_of(every, step, stream, scales)
            places, factor, sum_of = index[symbol], factors[symbol], part[symbol]
            for place in range(len(brought)):
                brought[place] = scale * (carried[place] + gradient[place])
            for place in range(len(brought)):
                d = brought[places[place]]
                sum_of[place] += d * last[place]
                carried[place] = d * factor[place]
        pour(stream, ids, part, of_factors)
