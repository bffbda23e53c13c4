"""M(A) = {q -> delta(q, w)}: the maps of the states that words are, with the graph w -> wx, breadth first in numba.

An element is the row of its images; the empty word is element 0. Products are found again in an open hash table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, final, no_type_check

import numba
import numpy as np
import numpy.typing as npt

from fsm2rnn.errors import CertificateError, LimitError

Numbers: TypeAlias = npt.NDArray[np.integer[Any]]

SIZE_LIMIT = 1 << 24


@final
@dataclass(frozen=True, eq=False)
class TransitionMonoid:
    """Maps of the states that hold the identity and are closed under every letter, hence under every word.

    elements[graph[m, x], q] = table[elements[m, q], x] is proved for all m, x and q; CertificateError where it
    fails. That no element is listed twice rests on the hash table and on tests.
    """

    table: Numbers  # (Q, D)
    elements: Numbers  # (N, Q)
    graph: Numbers  # (N, D), the right Cayley graph

    def __post_init__(self) -> None:
        """Prove that the elements are closed."""
        if not np.array_equal(self.elements[0], np.arange(len(self.table))):
            message = "element 0 is not the empty word"
            raise CertificateError("monoid.identity", message)
        for symbol, column in enumerate(self.table.T):
            reached = np.take(self.elements, self.graph[:, symbol], axis=0)
            if not np.array_equal(reached, np.take(column, self.elements)):
                message = f"symbol {symbol} leads an element to the wrong one"
                raise CertificateError("monoid.graph", message)

    def __len__(self) -> int:
        """Return N."""
        return len(self.elements)


def transition_monoid(table: Numbers, *, limit: int = SIZE_LIMIT) -> TransitionMonoid:
    """Return the transition monoid of `table` (Q, D); LimitError beyond `limit` elements."""
    narrow = table.astype(np.min_scalar_type(len(table) - 1))
    elements, graph, count = _closure(np.ascontiguousarray(narrow.T), limit)
    if count > limit:
        what = "elements of the transition monoid"
        raise LimitError(what, limit=limit)
    return TransitionMonoid(narrow, elements[:count], graph[:count])


@numba.njit(cache=True, nogil=True)
@no_type_check
def _closure(letters: Numbers, limit: int) -> tuple[Numbers, Numbers, int]:
    """Return the maps (>= N, Q) that the letters (D, Q) generate, their graph (>= N, D) and N (beyond limit: stop)."""
    symbols, states = letters.shape
    elements = np.empty((64, states), dtype=letters.dtype)
    elements[0] = np.arange(states)
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
            for state in range(states):
                elements[count, state] = letters[symbol, elements[done, state]]
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
