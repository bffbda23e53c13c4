"""Where does every state go under a chunk of a word: the map q -> delta*(q, chunk), folded block by block.

A small transition monoid is walked as a machine of its own, one table load per symbol whatever the number of states;
else all start states are walked, and those that have met are walked as one.
"""

from __future__ import annotations

from typing import Any, Protocol, final, no_type_check, runtime_checkable

import numba
import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.transition_monoid import transition_monoid
from fsm2rnn.errors import LimitError
from fsm2rnn.verify.walk import Indices, advance, smallest_type

ELEMENTS = 1 << 16  # elements of a monoid that is walked
IMAGES = 1 << 24  # images listed for them
PIECE = 4096  # symbols after which states that have met are joined


@runtime_checkable
class Fold(Protocol):
    """A map of the states on its way through a word."""

    def read(self, words: Indices) -> None:
        """Follow the next block of ids (1, T)."""

    def map(self) -> Indices:
        """Return where each state goes, (Q,)."""

    def resume(self, images: Indices) -> None:
        """Go on from the map `images` (Q,)."""


@final
class MonoidFold:
    """The map as an element of the transition monoid, walked in its right Cayley graph."""

    def __init__(self, elements: Indices, graph: Indices) -> None:
        """Start at the empty word, with maps (N, Q) and graph (D, N)."""
        self._elements, self._graph = elements, graph
        self._element: Indices = np.zeros(1, dtype=graph.dtype)

    def read(self, words: Indices) -> None:
        """Follow the next block of ids (1, T)."""
        advance(self._graph, words, self._element)

    def map(self) -> Indices:
        """Return where each state goes, (Q,)."""
        images: Indices = self._elements[int(self._element[0])]
        return images

    def resume(self, images: Indices) -> None:
        """Go on from the map `images` (Q,)."""
        place = np.flatnonzero((self._elements == images).all(axis=1))[0]
        self._element = np.array([place], dtype=self._graph.dtype)


@final
class JoiningFold:
    """All states walked at once; `live` are the distinct images, `place` says which is each state's."""

    def __init__(self, table: Indices) -> None:
        """Start at the empty word, with the table (D, Q)."""
        self._table = table
        self._live: Indices = np.arange(table.shape[1], dtype=table.dtype)
        self._place: npt.NDArray[np.integer[Any]] = np.arange(table.shape[1])

    def read(self, words: Indices) -> None:
        """Follow the next block of ids (1, T)."""
        for start in range(0, words.shape[1], PIECE):
            _advance_together(self._table, words[0, start : start + PIECE], self._live)
            self._live, joined = np.unique(self._live, return_inverse=True)
            self._place = joined[self._place]

    def map(self) -> Indices:
        """Return where each state goes, (Q,)."""
        images: Indices = self._live[self._place]
        return images

    def resume(self, images: Indices) -> None:
        """Go on from the map `images` (Q,)."""
        self._live, self._place = np.unique(images.astype(self._table.dtype), return_inverse=True)


def fold_of(table: Indices) -> Fold:
    """Return the fold of the machine with next states `table` (D, Q), at the empty word."""
    symbols, states = table.shape
    limit = min(ELEMENTS, IMAGES // max(states, symbols))
    try:
        monoid = transition_monoid(table.T, limit=limit)
    except LimitError:
        return JoiningFold(table)
    graph = np.ascontiguousarray(monoid.graph.T.astype(smallest_type(len(monoid))))
    return MonoidFold(monoid.elements.astype(table.dtype), graph)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _advance_together(table: Indices, word: Indices, states: Indices) -> None:
    """Walk all `states` (Q,), which it updates, along one word (T,)."""
    for symbol in word:
        row = table[symbol]
        for place in range(states.shape[0]):
            states[place] = row[states[place]]
