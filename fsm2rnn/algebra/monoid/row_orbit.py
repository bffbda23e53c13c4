"""The orbit of a row of states under letter maps, breadth first, with a shortest word for every member.

The orbit of the row of all states is the transition monoid; the orbit of a base of a permutation group is the
group, since only the identity fixes every point of a base.

One value, `RowOrbit`, and two searches that list it in the same order. `row_orbit` here is numpy and a dict of the rows
met: nothing is compiled, so commands that look at small groups start at once, and it may stop at a limit with what it
has. `compiled_monoid` needs numba, which takes half a second to load, and is five times as fast: for the largest
monoids, and where words are walked through them in compiled loops anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.fact import fact
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.errors import CertificateError, LimitError

ELEMENT_LIMIT: Final = 100_000
"""Most rows: each is a key of a dict, some hundred bytes and half a microsecond per letter."""
BYTE_LIMIT: Final = 1 << 26
"""Most bytes that the rows of an orbit take: 64 MB."""
WORK_LIMIT: Final = 1 << 28
"""Most entries in all products of a row and a letter together: seconds in numpy."""

_CHUNK: Final = 1 << 20
"""Entries of products made at once: some megabytes beside the rows."""


@final
@dataclass(frozen=True, eq=False)
class RowOrbit:
    """The rows that words make of the first one, in the order of their shortest words (ties: order of letters).

    maps[x, rows[i]] = rows[graph[i, x]] is proved wherever the graph is known; CertificateError where it fails. That no
    row is listed twice rests on the search and on tests.
    """

    maps: Numbers  # (D, Q)
    rows: Numbers  # (N, B)
    graph: Numbers  # (N, D), row i under letter x; -1 where a limit came first

    def __post_init__(self) -> None:
        """Prove where each letter leads, several letters at once where rows are few."""
        size = max(1, _CHUNK // max(1, self.rows.size))
        for first in range(0, len(self.maps), size):
            edges = self.graph.T[first : first + size]
            wrong = np.take(self.rows, edges, axis=0) != np.take(self.maps[first : first + size], self.rows, axis=1)
            if wrong.any() and wrong[edges >= 0].any():
                message = f"letter {first} or one soon after leads a row to the wrong one"
                raise CertificateError("orbit.graph", message)

    def __len__(self) -> int:
        """Return N."""
        return len(self.rows)

    @fact
    def complete(self) -> bool:
        """Whether the rows are closed under all letters."""
        return bool((self.graph >= 0).all())

    @fact
    def parents(self) -> Numbers:
        """The row (N,) from which each was reached first; -1 for the first row."""
        return self._first_edges // len(self.maps)

    @fact
    def letters(self) -> Numbers:
        """The letter (N,) by which each was reached first, but for the first row."""
        return self._first_edges % len(self.maps)

    def path(self, member: int) -> Word:
        """Return a shortest word, as letter indices, from the first row to `member`."""
        word = []
        while member:
            word.append(int(self.letters[member]))
            member = int(self.parents[member])
        return tuple(reversed(word))

    @fact
    def _first_edges(self) -> Numbers:
        """The number i D + x (N,) of the first edge to each row: the search is breadth first, so its word is short."""
        edges = self.graph.ravel()
        known = np.flatnonzero(edges >= 0)[::-1]
        first = np.full(len(self.rows), -1)
        first[edges[known]] = known  # the last one stays, which is the first edge
        first[0] = -1
        return first


def row_orbit(maps: Numbers, start: Numbers, *, limit: int = ELEMENT_LIMIT, whole: str | None = None) -> RowOrbit:
    """Return the orbit of `start` (B,) under `maps` (D, Q), cut off at `limit` rows, BYTE_LIMIT or WORK_LIMIT.

    LimitError about `whole`, where it is given, instead of a part of the orbit.
    """
    narrow = maps.astype(np.min_scalar_type(maps.shape[1]))
    first = start.astype(narrow.dtype)
    points = max(1, len(start))
    limit = max(1, min(limit, BYTE_LIMIT // (points * first.itemsize), WORK_LIMIT // (points * len(maps))))
    number = {first.tobytes(): 0}
    layers, graph = [first[None]], list[Numbers]()
    while len(layers[-1]) and not (graph and graph[-1].min() < 0):
        fresh, targets = _layer(narrow, layers[-1], number, limit)
        graph.append(targets)
        layers.append(fresh)
        if whole is not None and targets.min(initial=0) < 0:
            raise LimitError(whole, limit=len(number))
    rows, targets = np.concatenate(layers), np.concatenate(graph)
    missing = np.full((len(rows) - len(targets), len(maps)), -1)
    return RowOrbit(narrow, rows, np.concatenate([targets, missing]))


def _layer(maps: Numbers, layer: Numbers, number: dict[bytes, int], limit: int) -> tuple[Numbers, Numbers]:
    """Return the new rows one letter on, and where each product leads.

    It stops soon after the limit; products not looked at lead to -1.
    """
    fresh, targets = [layer[:0]], []
    size = max(1, _CHUNK // max(1, len(maps) * layer.shape[1]))
    for start in range(0, len(layer), size):
        products = np.take(maps, layer[start : start + size], axis=1)  # (D, chunk, B)
        rows = np.ascontiguousarray(np.moveaxis(products, 0, 1)).reshape(-1, layer.shape[1])
        keys: list[bytes] = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel().tolist()  # type: ignore[assignment]
        here = []
        for position, key in enumerate(keys):
            found = number.get(key, -1)
            if found < 0 and len(number) < limit:
                found = number[key] = len(number)
                here.append(position)
            targets.append(found)
        fresh.append(rows[here])
        if -1 in targets[-len(keys) :]:
            targets += [-1] * (len(layer) * len(maps) - len(targets))
            break
    graph = np.array(targets, dtype=np.intp).reshape(-1, len(maps))
    return np.concatenate(fresh), graph
