"""Streams sorted by the letter that they read, step by step: a sort by counting."""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.cells.gradients.loops.carried import Places


@numba.njit(cache=True, nogil=True)
@no_type_check
def sort_letters(ids: Places, counts: Places, came: Places, continued: Places, places: Places, streams: Places) -> None:
    """Fill, from ids (T, B), counts (T, D) of the rows of each letter, and orders (T, B) of rows and streams.

    Row r of step t has been row came[t, r] of the step before, and row r of the step before becomes continued[t, r];
    before the first step rows are streams. Counting rows step by step and states stream by stream, state b T + t is row
    places[b, t], (B, T), and t B + r is state streams[t, r].
    """
    steps, width = ids.shape
    fill = np.zeros(counts.shape[1], np.int64)
    for step in range(steps):
        for stream in range(width):
            counts[step, ids[step, stream]] += 1
        begin(counts[step], fill)
        for stream in range(width):
            row = fill[ids[step, stream]]
            fill[ids[step, stream]] += 1
            places[stream, step], streams[step, row] = step * width + row, stream * steps + step
        for row in range(width):
            stream = streams[step, row] // steps
            came[step, row] = places[stream, step - 1] - (step - 1) * width if step else stream
            before = streams[step - 1, row] // steps if step else row
            continued[step, row] = places[before, step] - step * width


@numba.njit(cache=True, nogil=True)
@no_type_check
def sort_rows(counts: Places, streams: Places, by_letter: Places, before: Places, first: Places) -> None:
    """Fill the rows letter by letter, by_letter (T B,), and for each the state before it, before (T B,).

    Of the first step there is none, 0 is put, and first (B,) has where its rows lie among those letter by letter.
    """
    steps, letters = counts.shape
    width, row = streams.shape[1], 0
    fill = np.zeros(letters, np.int64)
    begin(counts.sum(0), fill)
    for step in range(steps):
        for letter in range(letters):
            for _ in range(counts[step, letter]):
                place = fill[letter]
                fill[letter] += 1
                by_letter[place] = row
                before[place] = streams[step, row - step * width] - 1 if step else 0
                if step == 0:
                    first[row] = place
                row += 1


@numba.njit(cache=True, nogil=True)
@no_type_check
def begin(counts: Places, starts: Places) -> None:
    """Write how many rows lie before those of each letter."""
    total = 0
    for letter in range(len(counts)):
        starts[letter] = total
        total += counts[letter]
