"""Hopcroft's partition refinement on arrays, |Sigma| |Q| log |Q| steps, compiled by numba.

One array holds the states block after block, so that marking a state is one swap and splitting a block moves one
bound. The smaller part becomes the new block and waits as a splitter; what is left keeps its number, and waits if
it waited.

Source: J. Hopcroft, An n log n algorithm for minimizing states in a finite automaton, 1971; the array layout is that
of A. Valmari, Fast brief practical DFA minimization, 2012.
"""

from __future__ import annotations

from typing import Any, TypeAlias, no_type_check

import numba
import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.integer[Any]]

BLOCK, PLACE = 0, 1  # columns of `where`, a row per state
FIRST, END, MARKED = 0, 1, 2  # columns of `bounds`, a row per block


@numba.njit(cache=True, nogil=True)
@no_type_check
def breadth_first(table: Numbers, start: int) -> tuple[Numbers, Numbers]:
    """Return the reachable states in breadth-first order, and the place of every state there (-1: none)."""
    place = np.full(table.shape[0], -1, dtype=np.int32)
    order = np.empty(table.shape[0], dtype=np.int32)
    order[0], place[start], count, done = start, 0, 1, 0
    while done < count:
        state = order[done]
        for symbol in range(table.shape[1]):
            reached = table[state, symbol]
            if place[reached] < 0:
                place[reached] = count
                order[count] = reached
                count += 1
        done += 1
    return order[:count].copy(), place


# A counting sort by target: how many states lead to each one, where these begin, then every state into its next free
# place. Two passes over the table, and no lists.
@numba.njit(cache=True, nogil=True)
@no_type_check
def inverse(table: Numbers) -> tuple[Numbers, Numbers]:
    """Return offsets (D, Q + 1) and sources (D, Q): symbol x leads to q from sources[x, offsets[x, q] : ...]."""
    states, symbols = table.shape
    offsets = np.zeros((symbols, states + 1), dtype=np.int32)
    sources = np.empty((symbols, states), dtype=np.int32)
    for state in range(states):
        for symbol in range(symbols):
            offsets[symbol, table[state, symbol] + 1] += 1
    for symbol in range(symbols):
        for state in range(states):
            offsets[symbol, state + 1] += offsets[symbol, state]
    free = offsets[:, :states].copy()
    for state in range(states):
        for symbol in range(symbols):
            reached = table[state, symbol]
            sources[symbol, free[symbol, reached]] = state
            free[symbol, reached] += 1
    return offsets, sources


@numba.njit(cache=True, nogil=True)
@no_type_check
def refine(offsets: Numbers, sources: Numbers, block_of: Numbers, count: int) -> Numbers:
    """Return the blocks 0 .. count - 1 of `block_of` split until every symbol respects them."""
    elements, where, bounds = _lay_out(block_of, count)
    touched, splitter, waiting = np.empty_like(block_of), np.empty_like(block_of), np.empty_like(block_of)
    # All states together split nothing, so one block need not wait: the largest.
    largest = np.argmax(bounds[:count, END] - bounds[:count, FIRST])
    waits = count - 1
    waiting[:largest] = np.arange(largest)
    waiting[largest:waits] = np.arange(largest + 1, count)
    while waits:
        waits -= 1
        first, end = bounds[waiting[waits], FIRST], bounds[waiting[waits], END]
        # A copy, since the splitter may split itself.
        splitter[: end - first] = elements[first:end]
        for symbol in range(offsets.shape[0]):
            touches = _mark_sources(
                splitter[: end - first], offsets[symbol], sources[symbol], elements, where, bounds, touched
            )
            for block in touched[:touches]:
                if bounds[block, MARKED] < bounds[block, END] - bounds[block, FIRST]:
                    _split(block, count, elements, where, bounds)
                    waiting[waits] = count
                    waits, count = waits + 1, count + 1
                bounds[block, MARKED] = 0
    return where[:, BLOCK].copy()


# A counting sort by block: sizes, where each block begins, then every state into its next free place. END runs from
# FIRST to the end on the way.
@numba.njit(cache=True, nogil=True)
@no_type_check
def _lay_out(block_of: Numbers, count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the states block after block, block and place of each state, and the bounds of each block."""
    states = len(block_of)
    bounds = np.zeros((states, 3), dtype=np.int32)
    for block in block_of:
        bounds[block, END] += 1
    for block in range(1, count):
        bounds[block, FIRST] = bounds[block - 1, FIRST] + bounds[block - 1, END]
    bounds[:, END] = bounds[:, FIRST]
    elements, where = np.empty(states, dtype=np.int32), np.empty((states, 2), dtype=np.int32)
    for state in range(states):
        block = block_of[state]
        place = bounds[block, END]
        elements[place] = state
        where[state, BLOCK], where[state, PLACE] = block, place
        bounds[block, END] += 1
    return elements, where, bounds


@numba.njit(cache=True, nogil=True, inline="always")  # a call costs as much as a split
@no_type_check
def _mark_sources(
    splitter: Numbers,
    offsets: Numbers,
    sources: Numbers,
    elements: Numbers,
    where: Numbers,
    bounds: Numbers,
    touched: Numbers,
) -> int:
    """Move what one symbol leads into `splitter` to the front of its blocks; return how many blocks are `touched`."""
    touches = 0
    for reached in splitter:
        for source in sources[offsets[reached] : offsets[reached + 1]]:
            block, at = where[source, BLOCK], where[source, PLACE]
            first, marked = bounds[block, FIRST], bounds[block, MARKED]
            if bounds[block, END] - first == 1:
                continue  # one state cannot be split
            if marked == 0:
                touched[touches] = block
                touches += 1
            other = elements[first + marked]
            elements[at], where[other, PLACE] = other, at
            elements[first + marked], where[source, PLACE] = source, first + marked
            bounds[block, MARKED] = marked + 1
    return touches


@numba.njit(cache=True, nogil=True, inline="always")  # a call costs as much as a split
@no_type_check
def _split(block: int, fresh: int, elements: Numbers, where: Numbers, bounds: Numbers) -> None:
    """Cut `block` after its marked states; the smaller part becomes block `fresh`."""
    first, end, marked = bounds[block, FIRST], bounds[block, END], bounds[block, MARKED]
    if 2 * marked <= end - first:
        end = bounds[block, FIRST] = first + marked
    else:
        first = bounds[block, END] = first + marked
    bounds[fresh, FIRST], bounds[fresh, END] = first, end
    for state in elements[first:end]:
        where[state, BLOCK] = fresh


@numba.njit(cache=True, nogil=True)
@no_type_check
def in_order(block_of: Numbers) -> tuple[Numbers, Numbers]:
    """Return the same partition with blocks numbered in the order of their first state, and those states."""
    number = np.full(len(block_of), -1, dtype=np.int32)
    found, first = np.empty_like(block_of), np.empty_like(block_of)
    count = 0
    for state in range(len(block_of)):
        block = block_of[state]
        if number[block] < 0:
            first[count] = state
            number[block] = count
            count += 1
        found[state] = number[block]
    return found, first[:count].copy()
