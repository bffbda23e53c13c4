"""One long word on a group or small monoid: chunks walked in lock step, each from the identity, and then composed.

A chunk's product is an element of the transition monoid, reached by a walk in its right Cayley graph, one load per
symbol; the products of `LANES` chunks take as many look-ups to compose, and no operation rounds or guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.monoid.compiled_monoid import compiled_monoid
from fsm2rnn.errors import LimitError
from fsm2rnn.running.walk.walk import (
    LANES,
    LONG,
    Indices,
    final_states,
    interleaved_walk,
    smallest_type,
    walk,
    walk_block,
)

ELEMENTS = 1 << 16  # elements of a monoid that is walked
IMAGES = 1 << 24  # images listed for them
CACHE = 1 << 17  # bytes of a graph whose loads take less than the second walk saves
LISTED = 1 << 24  # symbols from which it is worth listing the monoid


@final
@dataclass(frozen=True, eq=False)
class TableMonoid:
    """Maps (N, Q) of the states, element 0 the identity, and graph[x, m] = m followed by the letter x, (D, N)."""

    elements: Indices
    graph: Indices

    def products(self, words: Indices) -> list[int]:
        """Return the elements that the chunks of ids (1, T) are, `LANES` of one length, and the rest."""
        chunks, rest = _cut(words)
        found = [final_states(self.graph, part, np.zeros(len(part), self.graph.dtype)) for part in (chunks, rest)]
        return [int(element) for element in np.concatenate(found)]


@final
class TableWalk:
    """The walk through a table of next states (D, Q): one long word in chunks where its monoid is known."""

    def __init__(self, table: Indices, monoid: TableMonoid | None = None) -> None:
        """Take the table, and its monoid if words may be cut."""
        self._table, self._monoid = table, monoid

    @classmethod
    def of(cls, table: Indices, symbols: int) -> TableWalk:
        """Return the walk for about `symbols` symbols; from `LISTED` on with the monoid if it fits the cache."""
        elements = CACHE // (len(table) * table.itemsize)
        return cls(table, table_monoid(table, elements) if symbols >= LISTED else None)

    def block(self, reads: Indices, words: Indices, states: Indices) -> Indices:
        """Return reads[state] after every symbol of one block (B, T); `states` (B,) carries over."""
        if self._monoid is None or len(words) > 1:
            return walk_block(self._table, reads, words, states)
        return chunked_walk(self._table, reads, self._monoid, words, states)


def table_monoid(table: Indices, elements: int = ELEMENTS) -> TableMonoid | None:
    """Return the transition monoid of next states `table` (D, Q), if it has at most that many elements."""
    symbols, states = table.shape
    try:
        monoid = compiled_monoid(table.T, limit=min(elements, ELEMENTS, IMAGES // max(states, symbols)))
    except LimitError:
        return None
    graph = np.ascontiguousarray(monoid.graph.T.astype(smallest_type(len(monoid))))
    return TableMonoid(monoid.elements.astype(table.dtype), graph)


def chunked_final(monoid: TableMonoid, words: Indices, state: int) -> int:
    """Return the state that ids (1, T) lead to from `state`."""
    for element in monoid.products(words):
        state = int(monoid.elements[element, state])
    return state


def chunked_walk(table: Indices, reads: Indices, monoid: TableMonoid, words: Indices, states: Indices) -> Indices:
    """Return reads[state] after every symbol of ids (1, T), as `walk_block` does; `states` (1,) carries over.

    The chunks are walked twice: from the identity, then each from its right start.
    """
    chunks, rest = _cut(words)
    starts = [int(states[0])]
    for element in monoid.products(words)[:LANES]:
        starts.append(int(monoid.elements[element, starts[-1]]))
    found = np.empty(words.shape, dtype=reads.dtype)
    in_chunks, in_rest = _cut(found)
    interleaved_walk(table, reads, chunks, np.array(starts[:LANES], dtype=states.dtype), in_chunks)
    states[0] = starts[LANES]
    walk(table, reads, rest, states, in_rest)
    return found


def _cut(words: Indices) -> tuple[Indices, Indices]:
    """Return ids (1, T) as chunks (LANES, L) and the rest (1, T - LANES L), in place.

    L keeps long chunks on different sets of the cache, see `walk`.
    """
    length = words.shape[1] // LANES
    length -= (length - 64) % 512 if length >= LONG else 0
    return words[:, : LANES * length].reshape(LANES, length), words[:, LANES * length :]
