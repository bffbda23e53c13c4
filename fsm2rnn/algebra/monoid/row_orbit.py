"""The orbit of a row of states under letter maps, breadth first in numpy, with a shortest word for every member.

The orbit of the row of all states is the transition monoid; the orbit of a base of a permutation group is the
group, since only the identity fixes every point of a base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers, letter_maps
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

ELEMENT_LIMIT: Final = 100_000
BYTE_LIMIT: Final = 1 << 26
"""Most bytes that the rows of an orbit take."""
WORK_LIMIT: Final = 1 << 28
"""Most entries in all products of a row and a letter together."""

_CHUNK: Final = 1 << 20


@final
@dataclass(frozen=True, eq=False)
class RowOrbit:
    """The rows that words make of the first one, in the order of their shortest words (ties: order of letters)."""

    rows: Numbers  # (N, B)
    graph: Numbers  # (N, D), row i under letter x; -1 where a limit came first
    parents: Numbers  # (N,), -1 for the first row
    letters: Numbers  # (N,), the letter that leads from the parent
    complete: bool

    def path(self, member: int) -> Word:
        """Return a shortest word, as letter indices, from the first row to `member`."""
        word = []
        while member:
            word.append(int(self.letters[member]))
            member = int(self.parents[member])
        return tuple(reversed(word))


@final
@dataclass(frozen=True, eq=False)
class SmallMonoid:
    """Maps of the states that words are; element 0 is the empty word. `letters` names the columns of the graph."""

    letters: LetterMaps
    orbit: RowOrbit

    @property
    def elements(self) -> Numbers:
        """Return the maps (N, Q)."""
        return self.orbit.rows

    @property
    def graph(self) -> Numbers:
        """Return the right Cayley graph (N, D') over the distinct letters."""
        return self.orbit.graph

    def __len__(self) -> int:
        """Return N."""
        return len(self.orbit.rows)

    def word(self, element: int) -> Word:
        """Return a shortest word of symbol indices that acts as `element`."""
        return self.letters.word(self.orbit.path(element))


def small_monoid(machine: StateMachine, *, limit: int = ELEMENT_LIMIT) -> SmallMonoid:
    """Return {q -> delta(q, w)}; LimitError past `limit` elements, BYTE_LIMIT or WORK_LIMIT."""
    found = short_elements(machine, limit=limit)
    if not found.orbit.complete:
        what = "elements of the transition monoid"
        raise LimitError(what, limit=len(found))
    return found


def short_elements(machine: StateMachine, *, limit: int = ELEMENT_LIMIT) -> SmallMonoid:
    """Return the elements of the shortest words, all of them where no limit comes first."""
    letters = letter_maps(machine)
    return SmallMonoid(letters, row_orbit(letters.maps, np.arange(letters.maps.shape[1]), limit=limit))


def row_orbit(maps: Numbers, start: Numbers, *, limit: int = ELEMENT_LIMIT) -> RowOrbit:
    """Return the orbit of `start` (B,) under `maps` (D, Q), cut off at `limit` rows, BYTE_LIMIT or WORK_LIMIT."""
    narrow = maps.astype(np.min_scalar_type(maps.shape[1]))
    first = start.astype(narrow.dtype)
    points = max(1, len(start))
    limit = max(1, min(limit, BYTE_LIMIT // (points * first.itemsize), WORK_LIMIT // (points * len(maps))))
    number = {first.tobytes(): 0}
    layers, graph, origins = [first[None]], list[Numbers](), [np.array([-1])]
    before = 0
    while len(layers[-1]) and not (graph and graph[-1].min() < 0):
        fresh, targets, sources = _layer(narrow, layers[-1], number, limit)
        graph.append(targets)
        origins.append(sources + before * len(maps))
        before += len(layers[-1])
        layers.append(fresh)
    rows, edges, targets = np.concatenate(layers), np.concatenate(origins), np.concatenate(graph)
    missing = np.full((len(rows) - len(targets), len(maps)), -1)
    whole = np.concatenate([targets, missing])
    return RowOrbit(rows, whole, edges // len(maps), edges % len(maps), complete=bool((whole >= 0).all()))


def _layer(maps: Numbers, layer: Numbers, number: dict[bytes, int], limit: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the new rows one letter on, where each product leads, and the product that gave each new row.

    It stops soon after the limit; products not looked at lead to -1.
    """
    fresh, targets, sources = [layer[:0]], [], []
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
        sources += [start * len(maps) + position for position in here]
        if -1 in targets[-len(keys) :]:
            targets += [-1] * (len(layer) * len(maps) - len(targets))
            break
    graph = np.array(targets, dtype=np.intp).reshape(-1, len(maps))
    return np.concatenate(fresh), graph, np.array(sources, dtype=np.intp)
