"""h <- A_x h for whole matrices: streams that read one letter are rows of one product.

Rows of states (T + 1, B, W), W columns for panels of L numbers, are counted through: row t B + b is stream b after t
letters, and leads to row (t + 1) B + b. A letter below 0 is none: the state stays as it is, bit for bit.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers, Places, fill_with_zeros, keep_in_range, scale_of
from fsm2rnn.cells.gradients.loops.letter_sort import begin
from fsm2rnn.cells.gradients.loops.tiles import add_outer_sums, add_row_products


@numba.njit(cache=True, nogil=True)
@no_type_check
def order_rows(ids: Places, counts: Places, orders: Places) -> None:
    """Fill, from ids (T, B), the orders (4, T B) of rows before and after their letters, by step and over all steps.

    Those of each step lie together, in the order of their letters, in orders 0 (before) and 1 (after); in 2 and 3 those
    of each letter, none left out. counts (T + 1, D) has how many there are of each in every step, and last in all.
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
                orders[0, here], orders[1, here] = row, row + width
                orders[2, there], orders[3, there] = row, row + width
                of_step[letter] += 1
                of_all[letter] += 1
        first += counts[step].sum()


@numba.njit(cache=True, nogil=True)
@no_type_check
def multiply(
    every: int, ids: Places, counts: Places, orders: Places, panels: Numbers, states: Numbers, scales: Numbers
) -> None:
    """Fill the states after the first with A_x h, by panels (D, P, H, L) of the transposed matrices."""
    rows, row = states.reshape(-1, states.shape[2]), 0
    for step in range(len(counts) - 1):
        fill_with_zeros(states[step + 1].ravel())
        for letter in range(counts.shape[1]):
            end = row + counts[step, letter]
            add_row_products(rows, orders[1], rows, orders[0], row, end, panels[letter])
            row = end
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
    carried: Numbers,
    sums: Numbers,
) -> None:
    """Carry gradients (T + 1, B, W) of the states back by panels of the matrices, and add up those of matrices."""
    width, columns = states.shape[1:]
    rows, read = carried.reshape(-1, columns), states.reshape(-1, columns)
    first = counts[-1].sum()
    for step in range(len(counts) - 2, -1, -1):
        first -= counts[step].sum()
        for stream in range(width):
            scale = scale_of(every, step, stream, scales)
            if ids[step, stream] < 0:
                _add(carried[step, stream], carried[step + 1, stream])
            elif scale != 1:
                for place in range(columns):
                    carried[step + 1, stream, place] *= scale
        row = first
        for letter in range(counts.shape[1]):
            end = row + counts[step, letter]
            add_row_products(rows, orders[0], rows, orders[1], row, end, panels[letter])
            row = end
    row = 0
    for letter in range(counts.shape[1]):
        end = row + counts[-1, letter]
        add_outer_sums(sums[letter], sums.shape[1], rows, orders[3], read, orders[2], row, end)
        row = end


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def _add(row: Numbers, other: Numbers) -> None:
    for place in range(len(row)):
        row[place] += other[place]
