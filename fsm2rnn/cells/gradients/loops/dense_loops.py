"""h <- A_x h for whole matrices: streams that read one letter are rows of one product.

States (T + 1, B, W) have W columns for panels of L numbers. A letter below 0 is none: the state stays as it is, bit for
bit.
"""

from __future__ import annotations

from typing import Final, no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, fill_with_zeros, keep_in_range, scale_rows
from fsm2rnn.cells.gradients.loops.letter_sort import begin
from fsm2rnn.cells.gradients.loops.prefetch import add_given, ask_for
from fsm2rnn.cells.gradients.loops.tiles import add_outer_sums, add_row_products

# Steps whose gradients are kept: so many that the sums of a letter have some terms, so few that caches hold them. It
# depends on nothing, else would what lies beside a word.
KEPT: Final = 8


@numba.njit(cache=True, nogil=True)
@no_type_check
def order_rows(ids: Places, counts: Places, orders: Places) -> None:
    """Fill, from ids (T, B), orders (3, T B): streams by letter within their steps, then rows by letter over all steps.

    Order 0 has the streams of each step one step after another. Orders 1 and 2 have those of each letter, step after
    step: row t B + b of stream b before step t, and the same counted from the first of each KEPT steps. None has
    streams without a letter. counts (T + 1, D) has how many there are of each letter in every step, and last in all.
    """
    steps, width = ids.shape
    for step in range(steps):
        for stream in range(width):
            if ids[step, stream] >= 0:
                counts[step, ids[step, stream]] += 1
                counts[steps, ids[step, stream]] += 1
    of_step, of_all, first = np.zeros_like(counts[0]), np.zeros_like(counts[0]), 0
    begin(counts[steps], of_all)
    for step in range(steps):
        begin(counts[step], of_step)
        for stream in range(width):
            letter, row = ids[step, stream], step * width + stream
            if letter >= 0:
                here, there = first + of_step[letter], of_all[letter]
                orders[0, here], orders[1, there], orders[2, there] = stream, row, row % (KEPT * width)
                of_step[letter] += 1
                of_all[letter] += 1
        first += counts[step].sum()


@numba.njit(cache=True, nogil=True)
@no_type_check
def multiply(
    every: int, ids: Places, counts: Places, orders: Places, panels: Numbers, states: Numbers, scales: Numbers
) -> None:
    """Fill the states after the first with A_x h, by panels (D, P, H, L) of the transposed matrices."""
    row = 0
    for step in range(len(counts) - 1):
        _multiply_rows(counts[step], orders[0, row:], panels, states[step], states[step + 1])
        row += counts[step].sum()
        for stream in range(states.shape[1]):
            if ids[step, stream] >= 0:
                keep_in_range(every, step, states[step + 1, stream], scales[stream])
            else:
                _add(states[step + 1, stream], states[step, stream])


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def multiply_back(  # noqa: PLR0913, PLR0917  torch hands each tensor over for itself
    every: int,
    ids: Places,
    counts: Places,
    orders: Places,
    panels: Numbers,
    states: Numbers,
    scales: Numbers,
    given: Numbers,
    strides: tuple[int, int],
    carried: Numbers,
    sums: Numbers,
) -> None:
    """Carry the gradients given of states back by panels of the matrices, and add up those of matrices (D, H, W).

    Zeros come in carried (KEPT + 1, B, W), and the gradients of the first states are left in carried[0]; `strides` as
    add_given has them.
    """
    width, columns = states.shape[1:]
    read = states.reshape(-1, columns)
    ends, first = np.zeros_like(counts[-1]), counts[-1].sum()
    begin(counts[-1], ends)
    ends += counts[-1]
    for step in range(len(ids) - 1, -1, -1):
        now, before = carried[step % KEPT + 1], carried[step % KEPT]
        first -= counts[step].sum()
        add_given(step, given, strides, now)
        scale_rows(every, step, scales, now)
        _multiply_rows(counts[step], orders[0, first:], panels, now, before)
        for stream in range(width):
            ask_for(read, (step - 1) * width + stream)
            if ids[step, stream] < 0:
                _add(before[stream], now[stream])
        if step % KEPT == 0:
            after = carried.reshape(-1, columns)[width:]
            _add_sums(counts[step : min(step + KEPT, len(ids))], ends, orders, after, read, sums)
            fill_with_zeros(carried[KEPT].ravel())
            _add(carried[KEPT].ravel(), before.ravel())


@numba.njit(cache=True, nogil=True)
@no_type_check
def _multiply_rows(counts: Places, streams: Places, panels: Numbers, rows: Numbers, out: Numbers) -> None:
    """Fill out (B, W) with the products of rows by the panels of their letters, of which there are counts."""
    fill_with_zeros(out.ravel())
    row = 0
    for letter in range(len(counts)):
        end = row + counts[letter]
        add_row_products(out, streams, rows, streams, row, end, panels[letter])
        row = end


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def _add_sums(counts: Places, ends: Places, orders: Places, after: Numbers, read: Numbers, sums: Numbers) -> None:
    """Add the products of gradients and states of some steps to the sums; rows from the ends on were added before."""
    for letter in range(len(ends)):
        end = ends[letter]
        ends[letter] -= counts[:, letter].sum()
        add_outer_sums(sums[letter], sums.shape[1], after, orders[2], read, orders[1], ends[letter], end)


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def _add(row: Numbers, other: Numbers) -> None:
    for place in range(len(row)):
        row[place] += other[place]
