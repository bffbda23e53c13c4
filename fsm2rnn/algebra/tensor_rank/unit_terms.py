"""M = sum_k l_k r_k + rest: as many terms of rank one as pivots 1 and -1 are found, and a rest of so much smaller rank.

With a pivot M[i, j] = 1 or -1, l the column j and r the row i times the pivot, M - l r has no entry in row i and in
column j, integers elsewhere, and a rank smaller by one (J. H. M. Wedderburn 1934). Short columns come first, and in
each the pivot of the shortest row (H. M. Markowitz 1957), so that what is sparse stays so: letters on differences of
states, less one another, have three or four entries in a column and are taken apart in as many steps as columns.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import Final, TypeAlias

from fsm2rnn.algebra.tensor_rank.pencil import Column, Slice, transpose

Term: TypeAlias = tuple[Column, Column]
"""Column l and row r."""

DENSE_LIMIT: Final = 1 << 14
"""Most entries of a slice that is left as it is: smaller ones have shorter bases of lattices."""
FILL_LIMIT: Final = 1 << 10
"""Most entries that a step may change beside its row and column; denser rests are left."""


def unit_terms(part: Slice) -> tuple[list[Term], Slice]:
    """Return terms and the rest of a slice of many columns; no terms, and the slice, where it is small."""
    if len(part) ** 2 <= DENSE_LIMIT:
        return [], part
    columns = {number: dict(column) for number, column in part.items()}
    holders = defaultdict(set, {row: {number for number, _ in entries} for row, entries in transpose(part).items()})
    waiting = [(len(column), number) for number, column in columns.items()]
    heapq.heapify(waiting)
    terms = list[Term]()
    while waiting:
        length, number = heapq.heappop(waiting)
        column = columns[number]
        if length != len(column):  # it changed, and waits again
            continue
        units = [row for row, entry in column.items() if abs(entry) == 1]
        row = min(units, key=lambda unit: len(holders[unit]), default=None)
        if row is None or (length - 1) * (len(holders[row]) - 1) > FILL_LIMIT:
            continue
        left, pivot = dict(column), column[row]
        right = {other: columns[other][row] * pivot for other in sorted(holders[row])}
        for other, factor in right.items():
            _take(left, factor, columns[other], other, holders)
            heapq.heappush(waiting, (len(columns[other]), other))
        terms.append((tuple(sorted(left.items())), tuple(right.items())))
    return terms, {number: tuple(sorted(column.items())) for number, column in columns.items() if column}


def _take(
    left: dict[int, int], factor: int, column: dict[int, int], number: int, holders: defaultdict[int, set[int]]
) -> None:
    """Take so many times the entries of `left` off a column."""
    for row, entry in left.items():
        value = column.get(row, 0) - factor * entry
        if value:
            column[row] = value
            holders[row].add(number)
        else:
            del column[row]
            holders[row].discard(number)
