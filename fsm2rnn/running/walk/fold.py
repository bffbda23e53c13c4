"""Where does every state go under a chunk of a word: the map q -> delta*(q, chunk), folded block by block.

A small transition monoid is walked as a machine of its own, one table load per symbol whatever the number of states,
several chunks in lock step; else all start states are walked, and those that have met are walked as one.
"""

from __future__ import annotations

from typing import Any, Protocol, final, no_type_check, runtime_checkable

import numba
import numpy as np
import numpy.typing as npt

from fsm2rnn.running.walk.chunked_walk import TableMonoid, table_monoid
from fsm2rnn.running.walk.walk import Indices

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
    """The map, with every piece of a word an element of the transition monoid, walked in its right Cayley graph."""

    def __init__(self, monoid: TableMonoid) -> None:
        """Start at the empty word."""
        self._monoid = monoid
        self._images: Indices = monoid.elements[0]

    def read(self, words: Indices) -> None:
        """Follow the next block of ids (1, T)."""
        for element in self._monoid.products(words):
            self._images = self._monoid.elements[element][self._images]

    def map(self) -> Indices:
        """Return where each state goes, (Q,)."""
        return self._images

    def resume(self, images: Indices) -> None:
        """Go on from the map `images` (Q,)."""
        self._images = images.astype(self._monoid.elements.dtype)


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
    monoid = table_monoid(table)
    return JoiningFold(table) if monoid is None else MonoidFold(monoid)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _advance_together(table: Indices, word: Indices, states: Indices) -> None:
    """Walk all `states` (Q,), which it updates, along one word (T,)."""
    for symbol in word:
        row = table[symbol]
        for place in range(states.shape[0]):
            states[place] = row[states[place]]
