"""Numbers that are scaled and moved: number j goes to index_j, times factor_j, and what meets adds up.

Arguments are those of the loops of lines.
"""

from __future__ import annotations

from typing import Final, no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, divide, divide_back, fill_with_zeros, pour
from fsm2rnn.cells.gradients.loops.prefetch import ask_before, rows_of_words

PLACE: Final = np.uint32  # without a sign an entry counts from the first number, and need not be looked at before


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def move(
    ids: Places,
    start: Numbers,
    index: Places,
    factors: Numbers,
    states: Numbers,
    scales: Numbers | None,
) -> None:
    """Scale and move by index and factors (D, H), entries of index in 0..H - 1."""
    index = index.astype(PLACE)
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            symbol, state = ids[stream, step], states[stream, step]
            places, factor = index[symbol], factors[symbol]
            fill_with_zeros(state)
            for place in range(len(state)):
                state[places[place]] += factor[place] * last[place]
            if scales is not None:
                scales[stream, step] = divide(state)
            last = state


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def move_back(  # noqa: PLR0913, PLR0917  as above
    ids: Places,
    start: Numbers,
    index: Places,
    factors: Numbers,
    states: Numbers,
    scales: Numbers | None,
    given: Numbers,
    of_factors: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient d as e = d[index] times the factor; e h is the factor's."""
    part, index = np.zeros_like(factors), index.astype(PLACE)
    brought, nothing = np.empty_like(start[0]), np.zeros_like(start[0])
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
            places, factor, sum_of = index[symbol], factors[symbol], part[symbol]
            for place in range(len(brought)):
                carried[place] += gradient[place]
            for place in range(len(brought)):
                brought[place] = carried[places[place]]
            for place in range(len(brought)):
                sum_of[place] += brought[place] * last[place]
                carried[place] = brought[place] * factor[place]
        pour(stream, ids, part, of_factors)
