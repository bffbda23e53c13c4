"""The transition monoid of a table of next states, breadth first in numba: for monoids of up to millions of elements.

The same value in the same order as `transition_monoid.transition_monoid`; `row_orbit` says why there are two searches.
"""

from __future__ import annotations

from typing import no_type_check

import numba
import numpy as np

from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers
from fsm2rnn.algebra.monoid.row_orbit import RowOrbit
from fsm2rnn.algebra.monoid.transition_monoid import TransitionMonoid
from fsm2rnn.errors import LimitError

SIZE_LIMIT = 1 << 24
"""Most elements: the graph of as many takes 64 MB a letter."""


def compiled_monoid(table: Numbers, *, limit: int = SIZE_LIMIT) -> TransitionMonoid:
    """Return the transition monoid of `table` (Q, D), a letter per column; LimitError beyond `limit` elements."""
    states, symbols = table.shape
    maps = np.ascontiguousarray(table.T.astype(np.min_scalar_type(states - 1)))
    elements, graph, count = _closure(maps, np.arange(states, dtype=maps.dtype), limit)
    if count > limit:
        what = "elements of the transition monoid"
        raise LimitError(what, limit=limit)
    orbit = RowOrbit(maps, elements[:count], graph[:count])
    return TransitionMonoid(LetterMaps(maps, tuple(range(symbols))), orbit)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _closure(letters: Numbers, start: Numbers, limit: int) -> tuple[Numbers, Numbers, int]:
    """Return the rows (>= N, B) that the letters (D, Q) make of one, their graph (>= N, D), and N (beyond limit: stop).

    Every row is looked up once per letter in an open hash table of row numbers, at most half full.
    """
    symbols, points = len(letters), len(start)
    elements = np.empty((64, points), dtype=letters.dtype)
    elements[0] = start
    graph = np.empty((64, symbols), dtype=np.int32)
    slots = np.full(256, -1, dtype=np.int32)
    slots[_slot(elements, 0, slots)] = 0
    count, done = 1, 0
    while done < count <= limit:
        if count + symbols > elements.shape[0]:
            elements, graph = _doubled(elements, symbols), _doubled(graph, symbols)
            slots = np.full(4 * slots.shape[0], -1, dtype=np.int32) if 2 * elements.shape[0] > slots.shape[0] else slots
            for element in range(count):
                slots[_slot(elements, element, slots)] = element
        for symbol in range(symbols):
            for point in range(points):
                elements[count, point] = letters[symbol, elements[done, point]]
            slot = _slot(elements, count, slots)
            if slots[slot] < 0:
                slots[slot] = count
                count += 1
            graph[done, symbol] = slots[slot]
        done += 1
    return elements, graph, count


@numba.njit(cache=True, nogil=True)
@no_type_check
def _doubled(rows: Numbers, room: int) -> Numbers:
    """Return the rows with at least as many free ones, and `room` of them, behind."""
    longer = np.empty((2 * rows.shape[0] + room, rows.shape[1]), dtype=rows.dtype)
    longer[: rows.shape[0]] = rows
    return longer


@numba.njit(cache=True, nogil=True)
@no_type_check
def _slot(elements: Numbers, element: int, slots: Numbers) -> int:
    """Return the slot that holds a row equal to that of `element`, or the free one where it belongs."""
    key = np.uint64(14695981039346656037)
    for value in elements[element]:
        key = (key ^ np.uint64(value)) * np.uint64(1099511628211)
    key ^= key >> np.uint64(32)
    mask = slots.shape[0] - 1
    slot = np.int64(key & np.uint64(mask))
    while slots[slot] >= 0 and not _equal(elements, slots[slot], element):
        slot = (slot + 1) & mask
    return slot


@numba.njit(cache=True, nogil=True)
@no_type_check
def _equal(elements: Numbers, left: int, right: int) -> bool:
    """Whether two rows are equal."""
    for state in range(elements.shape[1]):  # noqa: SIM110  numba compiles the loop, not any()
        if elements[left, state] != elements[right, state]:
            return False
    return True
