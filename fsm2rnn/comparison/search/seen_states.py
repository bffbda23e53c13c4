"""A set of integer rows with open addressing: each new row is found or added, and whole rows are compared.

A hash only says where to look first; two rows are one only where all their numbers agree. So a search that closes has
seen every state, whatever the hash.
"""

from __future__ import annotations

from typing import Final, TypeAlias, final

import numba
import numpy as np
import numpy.typing as npt

Rows: TypeAlias = npt.NDArray[np.int32]  # (N, W)
Places: TypeAlias = npt.NDArray[np.int64]

FIRST: Final = 1 << 12  # rows for which there is room at the start
_EMPTY: Final = -1
_FULL: Final = 2  # the table of places has at least twice as many as rows: chains stay short


@final
class SeenStates:
    """Distinct rows (N, W) in the order of their first appearance."""

    def __init__(self, width: int) -> None:
        """Start with none."""
        self._rows: Rows = np.empty((FIRST, width), dtype=np.int32)
        self._table: Places = np.full(_FULL * FIRST, _EMPTY, dtype=np.int64)
        self.count = 0

    @property
    def rows(self) -> Rows:
        """The rows seen."""
        return self._rows[: self.count]

    def add(self, rows: Rows) -> tuple[Places, npt.NDArray[np.bool_]]:
        """Return the place of each row among those seen, and whether it was new there."""
        self._make_room(self.count + len(rows))
        places = np.empty(len(rows), dtype=np.int64)
        new = np.zeros(len(rows), dtype=np.bool_)
        self.count = int(_add(np.ascontiguousarray(rows), self._rows, self.count, self._table, places, new))
        return places, new

    def _make_room(self, needed: int) -> None:
        size = len(self._rows)
        if needed <= size:
            return
        while size < needed:
            size *= 2
        rows = np.empty((size, self._rows.shape[1]), dtype=np.int32)
        rows[: self.count] = self.rows
        self._rows, self._table = rows, np.full(_FULL * size, _EMPTY, dtype=np.int64)
        _place(self._rows, self.count, self._table)


@numba.njit(cache=True)
def _start(row: npt.NDArray[np.int32], size: int) -> np.int64:
    """Return where a row is looked for first: products with an odd constant spread it (Fowler, Noll, Vo)."""
    found = np.uint64(14695981039346656037)
    for number in row:
        found = (found ^ np.uint64(np.uint32(number))) * np.uint64(1099511628211)
    found ^= found >> np.uint64(29)
    return np.int64(found & np.uint64(size - 1))


@numba.njit(cache=True)
def _place(rows: Rows, count: int, table: Places) -> None:
    """Enter rows that are known to be distinct."""
    for row in range(count):
        place = _start(rows[row], len(table))
        while table[place] >= 0:
            place = (place + 1) & (len(table) - 1)
        table[place] = row


@numba.njit(cache=True)
def _add(asked: Rows, rows: Rows, count: int, table: Places, places: Places, new: npt.NDArray[np.bool_]) -> int:
    width = rows.shape[1]
    for number in range(len(asked)):
        place = _start(asked[number], len(table))
        while True:
            known = table[place]
            if known < 0:
                table[place] = count
                rows[count] = asked[number]
                places[number], new[number] = count, True
                count += 1
                break
            same = True
            for column in range(width):
                if rows[known, column] != asked[number, column]:
                    same = False
                    break
            if same:
                places[number] = known
                break
            place = (place + 1) & (len(table) - 1)
    return count
