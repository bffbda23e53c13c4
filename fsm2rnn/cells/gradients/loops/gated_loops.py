"""h_t = U y_t, y_t = g_t * z_t, z_1 = V h_0, z_{t+1} = M y_t with M = V U: a step's rows stay near while all is done.

Arrays of states have W columns for panels of L numbers; `rows` are 0 .. B - 1.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, fill_with_zeros, keep_in_range, scale_rows
from fsm2rnn.cells.gradients.loops.prefetch import add_given
from fsm2rnn.cells.gradients.loops.tiles import add_outer_sums, add_row_products


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def open_rows(ids: Places, gates: Numbers, inner: Numbers, opened: Numbers) -> None:
    """Fill opened y (B, W) of one step: each stream's inner z times the gates (D, W) of its letter."""
    for stream in range(len(ids)):
        factors, z, y = gates[ids[stream]], inner[stream], opened[stream]
        for place in range(len(y)):
            y[place] = factors[place] * z[place]


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def gate(  # noqa: PLR0913, PLR0917  torch hands each tensor over for itself
    every: int,
    ids: Places,
    rows: Places,
    start: Numbers,
    gates: Numbers,
    entering: Numbers,
    both: Numbers,
    leaving: Numbers,
    inner: Numbers,
    states: Numbers,
    scales: Numbers,
) -> None:
    """Fill inner z (T, B, W) and states (T, B, W') from ids (T, B) and start (B, H).

    Panels are those of what rows are multiplied by: entering V^T (H, R), both M^T (R, R), leaving U^T (R, H).
    """
    (steps, width), opened = ids.shape, np.empty_like(inner[0])
    for step in range(steps):
        fill_with_zeros(inner[step].ravel())
        fill_with_zeros(states[step].ravel())
        if step:
            add_row_products(inner[step], rows, opened, rows, 0, width, both)
        else:
            add_row_products(inner[0], rows, start, rows, 0, width, entering)
        open_rows(ids[step], gates, inner[step], opened)
        add_row_products(states[step], rows, opened, rows, 0, width, leaving)
        for stream in range(width):
            keep_in_range(every, step, states[step, stream], scales[stream])
        scale_rows(every, step, scales, opened)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def gate_back(  # noqa: PLR0913, PLR0917  torch hands each tensor over for itself
    every: int,
    ids: Places,
    rows: Places,
    gates: Numbers,
    both: Numbers,
    leaving: Numbers,
    inner: Numbers,
    scales: Numbers,
    given: Numbers,
    strides: tuple[int, int],
    of_gates: Numbers,
    of_both: Numbers,
    of_leaving: Numbers,
    later: Numbers,
) -> None:
    """Carry the gradients given of states back, and add up those of gates, M (R, W) and U (H, W).

    Panels are those of M (R, R), both, and of U (H, R), leaving. What is left in later (B, W) is the gradient of the
    first z; `strides` as add_given has them.
    """
    steps, width = ids.shape
    opened, of_opened, gradients = np.empty_like(later), np.empty_like(later), np.empty_like(given[:width])
    for step in range(steps - 1, -1, -1):
        fill_with_zeros(gradients.ravel())
        add_given(step, given, strides, gradients)
        open_rows(ids[step], gates, inner[step], opened)
        scale_rows(every, step, scales, opened)
        fill_with_zeros(of_opened.ravel())
        add_row_products(of_opened, rows, gradients, rows, 0, width, leaving)
        add_outer_sums(of_leaving, len(of_leaving), gradients, rows, opened, rows, 0, width)
        if step < steps - 1:
            add_row_products(of_opened, rows, later, rows, 0, width, both)
            add_outer_sums(of_both, len(of_both), later, rows, opened, rows, 0, width)
        scale_rows(every, step, scales, of_opened)
        open_rows(ids[step], gates, of_opened, later)
        for stream in range(width):
            sum_of, z = of_gates[ids[step, stream]], inner[step, stream]
            for place in range(len(z)):
                sum_of[place] += of_opened[stream, place] * z[place]
