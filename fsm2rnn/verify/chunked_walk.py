"""One long word on a group or small monoid: chunks walked in lock step, each from the identity, and then composed.

A chunk's product is an element of the transition monoid, reached by a walk in its right Cayley graph, one load per
symbol; the products of `LANES` chunks take as many look-ups to compose, and no operation rounds or guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.transition_monoid import transition_monoid
from fsm2rnn.errors import LimitError
from fsm2rnn.verify.walk import LANES, LONG, Indices, final_states, interleaved_walk, smallest_type, walk

ELEMENTS = 1 << 16  # elements of a monoid that is walked
IMAGES = 1 << 24  # images listed for them


@final
@dataclass(frozen=True, eq=False)
class SmallMonoid:
    """Maps (N, Q) of the states, element 0 the identity, and graph[x, m] = m followed by the letter x, (D, N)."""

    elements: Indices
    graph: Indices

    def products(self, words: Indices) -> list[int]:
        """Return the elements that the chunks of ids (1, T) are, `LANES` of one length, and the rest."""
        chunks, rest = _cut(words)
        found = [final_states(self.graph, part, np.zeros(len(part), self.graph.dtype)) for part in (chunks, rest)]
        return [int(element) for element in np.concatenate(found)]


def small_monoid(table: Indices) -> SmallMonoid | None:
    """Return the transition monoid of next states `table` (D, Q), if it has at most `ELEMENTS` elements."""
    symbols, states = table.shape
    try:
        monoid = transition_monoid(table.T, limit=min(ELEMENTS, IMAGES // max(states, symbols)))
    except LimitError:
        return None
    graph = np.ascontiguousarray(monoid.graph.T.astype(smallest_type(len(monoid))))
    return SmallMonoid(monoid.elements.astype(table.dtype), graph)


def chunked_final(monoid: SmallMonoid, words: Indices, state: int) -> int:
    """Return the state that ids (1, T) lead to from `state`."""
    for element in monoid.products(words):
        state = int(monoid.elements[element, state])
    return state


def chunked_walk(table: Indices, reads: Indices, monoid: SmallMonoid, words: Indices, states: Indices) -> Indices:
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
