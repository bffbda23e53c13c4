"""Updates h <- h + beta (value - <key, h>) key, one after another; states between two of them are found again.

Arguments are those of the loops of lines.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import (
    LOOSE,
    Numbers,
    Places,
    divide,
    divide_back,
    fill_with_zeros,
    inner_product,
    pour,
)
from fsm2rnn.cells.gradients.loops.prefetch import ask_before, rows_of_words


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def add_multiple(state: Numbers, factor: float, key: Numbers, after: Numbers) -> None:
    """Write state + factor * key, into `after`."""
    for place in range(len(state)):
        after[place] = state[place] + factor * key[place]


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def update(
    ids: Places,
    start: Numbers,
    keys: Numbers,
    betas: Numbers,
    values: Numbers,
    states: Numbers,
    scales: Numbers | None,
) -> None:
    """Make the R updates of every step; keys (D, R, H), betas and values (D, R)."""
    for stream in range(ids.shape[0]):
        last = start[stream]
        for step in range(ids.shape[1]):
            symbol, state = ids[stream, step], states[stream, step]
            for place in range(keys.shape[1]):
                key = keys[symbol, place]
                missed = values[symbol, place] - inner_product(key, last)
                add_multiple(last, betas[symbol, place] * missed, key, state)
                last = state
            if scales is not None:
                scales[stream, step] = divide(state)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def update_back(  # noqa: PLR0913, PLR0917  as above
    ids: Places,
    start: Numbers,
    keys: Numbers,
    betas: Numbers,
    values: Numbers,
    states: Numbers,
    scales: Numbers | None,
    given: Numbers,
    of_keys: Numbers,
    of_betas: Numbers,
    of_values: Numbers,
    passed: Numbers,
) -> None:
    """Carry back the gradient D as D - beta <key, D> key, the last update first."""
    before, missed, nothing = np.empty_like(keys[0]), np.empty_like(betas[0]), np.zeros_like(start[0])
    key_part, beta_part, value_part = np.zeros_like(keys), np.zeros_like(betas), np.zeros_like(values)
    all_given, all_states = rows_of_words(given), rows_of_words(states)
    for stream in range(ids.shape[0] - 1, -1, -1):
        carried = passed[stream]
        fill_with_zeros(carried)
        for step in range(ids.shape[1] - 1, -1, -1):
            symbol, last = ids[stream, step], states[stream, step - 1] if step else start[stream]
            updates = keys[symbol], betas[symbol], values[symbol]
            _find_again(*updates, last, before, missed)
            ask_before(stream * ids.shape[1] + step, all_given, all_states)
            gradient = given[stream, step]
            if scales is not None:
                divide_back(gradient, states[stream, step], scales[stream, step], carried)
                gradient = nothing
            for place in range(len(carried)):
                carried[place] += gradient[place]
            sums = key_part[symbol], beta_part[symbol], value_part[symbol]
            _undo(*updates[:2], before, missed, carried, *sums)
        pour(stream, ids, key_part, of_keys)
        pour(stream, ids, beta_part, of_betas)
        pour(stream, ids, value_part, of_values)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def _find_again(
    keys: Numbers, betas: Numbers, values: Numbers, last: Numbers, before: Numbers, missed: Numbers
) -> None:
    """Write the states before every update of a step (R, H), and value - <key, h>, (R,)."""
    for number in range(len(last)):  # as a slice it would take seconds to compile
        before[0, number] = last[number]
    for place in range(len(keys)):
        missed[place] = values[place] - inner_product(keys[place], before[place])
        if place + 1 < len(keys):
            add_multiple(before[place], betas[place] * missed[place], keys[place], before[place + 1])


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def _undo(  # noqa: PLR0913, PLR0917  as above
    keys: Numbers,
    betas: Numbers,
    before: Numbers,
    missed: Numbers,
    carried: Numbers,
    of_keys: Numbers,
    of_betas: Numbers,
    of_values: Numbers,
) -> None:
    """Add to the gradients of a step's updates, and carry back through them.

    With p = beta (value - <key, h>) and d = <key, D>: (value - <key, h>) d is the gradient of beta, beta d of value,
    p D - beta d h of the key.
    """
    for place in range(len(keys) - 1, -1, -1):
        key, sum_of, state = keys[place], of_keys[place], before[place]
        met = inner_product(key, carried)
        of_betas[place] += missed[place] * met
        written, read = betas[place] * missed[place], betas[place] * met
        of_values[place] += read
        for number in range(len(key)):
            sum_of[number] += written * carried[number] - read * state[number]
        add_multiple(carried, -read, key, carried)
