"""The dimension that sparse integer vectors span: entries that stand alone first, elimination for what is left.

In the graph of vectors and columns, an edge for each entry, take an end with one edge. If it is a vector, elimination
by it clears its column in all others and does nothing else; if it is a column, no other vector needs a multiple of the
one that has it. So both ends count 1 and go (R. M. Karp, M. Sipser 1981 for matchings), which may leave others alone.
What is left of letters of machines is little: M, say, with rank M = rank M^T M = rank M M^T, of which the smaller is
made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeAlias

import flint

Entries: TypeAlias = tuple[tuple[int, int], ...]
"""Columns and the entries there, none of them 0."""

EXACT_LIMIT: Final = 400
"""Largest Gram matrix of what is left whose rank is computed over Q, exactly; beyond, modulo a prime."""
GRAM_LIMIT: Final = 2048
"""Largest Gram matrix that is made, 32 MiB; beyond, one of so many vectors of what is left: a bound from below."""
PRIME: Final = (1 << 61) - 1
"""A prime of one machine word: modulo it a rank is no larger."""


def sparse_rank(vectors: Iterable[Entries]) -> int:
    """Return the dimension over Q, or no more than that where what is left passes a limit."""
    rows = list({vector for vector in vectors if vector})
    edges: dict[int, set[int]] = {}
    for number, row in enumerate(rows):
        edges[-1 - number] = {column for column, _ in row}
        for column, _ in row:
            edges.setdefault(column, set()).add(-1 - number)
    pivots = _pivots(edges)
    left = {
        tuple((column, entry) for column, entry in row if column in edges[-1 - number])
        for number, row in enumerate(rows)
        if edges[-1 - number]
    }
    return pivots + _gram_rank(left)


def _pivots(edges: Mapping[int, set[int]]) -> int:
    """Return how many ends stood alone, and take each away with its other end."""
    alone = [end for end, others in edges.items() if len(others) == 1]
    count = 0
    while alone:
        end = alone.pop()
        if len(edges[end]) == 1:
            (other,) = edges[end]
            count += 1
            for third in edges[other]:
                edges[third].discard(other)
                if len(edges[third]) == 1:
                    alone.append(third)
            edges[other].clear()
    return count


def _gram_rank(rows: Collection[Entries]) -> int:
    columns: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        for column, entry in row:
            columns.setdefault(column, []).append((number, entry))
    gram: dict[int, dict[int, int]] = {}
    for vector in rows if len(columns) < len(rows) else columns.values():
        for left, entry in vector:
            line = gram.setdefault(left, {})
            for right, other in vector:
                line[right] = line.get(right, 0) + entry * other
    if not gram:
        return 0
    kept = sorted(gram)[:GRAM_LIMIT]
    matrix = flint.fmpz_mat([[gram[left].get(right, 0) for right in kept] for left in kept])
    return (matrix if len(kept) <= EXACT_LIMIT else flint.nmod_mat(matrix, PRIME)).rank()
