"""f -> f o e for an idempotent word e that keeps two states q and r apart and leaves few others.

Let a space W of functions, kept by all f -> f o x, separate q = qe and r = re. Then f o e in W does for some f in W, so
only functions on the kernel classes of e count, which are functions on its image, the points. On them act the words
that end in e, w -> (p -> p w e): the condensation of W to W o e.

A word that keeps a pair of a minimal class apart leads to a pair of that class. So shortest words that merge two more
states, and keep the pair apart, lead from the states to few of them; then the way back and an idempotent power. Where
every letter merges the pair, or nothing else, e is the empty word.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

import numpy as np

from fsm2rnn.algebra.distinct import occurring
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.algebra.monoid.minimal_pairs import Pair
from fsm2rnn.algebra.monoid.row_orbit import row_orbit

_States: TypeAlias = tuple[int, ...]

MOVES: Final = 256
"""Most images of the points under words that are looked at: their matrices are held together."""


@final
@dataclass(frozen=True, eq=False)
class Condensation:
    """q e = points[ends[q]], an idempotent, and distinct maps p -> p w e of its points."""

    points: Integers  # (m,), states that e keeps
    ends: Integers  # (Q,), places of points
    moves: Integers  # (c, m), places of points

    def spread(self, functions: Numbers) -> Integers:
        """Return the functions (k, m) on the points as functions f o e on the states."""
        return np.asarray(functions[:, self.ends])


def uncondensed(maps: Numbers) -> Condensation:
    """Return that of the empty word: every state is a point."""
    return _condensation(maps, np.arange(maps.shape[1]))


def condensation(maps: Numbers, pairs: Sequence[Pair], steps: int) -> Condensation | None:
    """Return that of a word which keeps the first pair of a minimal class, on as few points as were found.

    At most so many images of two pairs under letters are looked at. None where every letter merges the pair, and where
    nothing else is merged.
    """
    letters = maps.tolist()
    search = _Words(letters, steps)
    states: _States = tuple(range(maps.shape[1]))
    start: _States = pairs[0]
    image, pair = states, start
    if all(letter[start[0]] == letter[start[1]] for letter in letters):
        return None
    while word := search.merging(sorted(set(image)), pair):
        image, pair = search.after(word, image), search.after(word, pair)
    back = _Words(letters, 2 * len(pairs) * len(letters)).shortest(pair, lambda node: set(node) == set(start))
    if image == states or back is None:
        return None
    return _condensation(maps, _idempotent_power(np.array(search.after(back, image))))


def _condensation(maps: Numbers, idempotent: Integers) -> Condensation:
    points, ends = np.unique(idempotent, return_inverse=True)
    moves = ends[row_orbit(maps, points, limit=MOVES).rows.astype(np.int64)]
    _, first = np.unique(moves, axis=0, return_index=True)
    return Condensation(points, ends, moves[np.sort(first)])


def _idempotent_power(ends: Integers) -> Integers:
    """Return the power e e = e of a map of the states: on the states that stay in its image it permutes nothing."""
    power = ends
    for _ in range(len(ends).bit_length()):
        power = power[power]
    back = np.empty_like(ends)
    lasting = occurring(power, len(power))
    back[power[lasting]] = lasting
    return np.asarray(back[power])


@final
@dataclass(eq=False)
class _Words:
    """Shortest words that keep the first two of a row of states apart, until no steps are left."""

    letters: list[list[int]]  # (D, Q)
    steps: int
    hopeless: set[_States] = field(default_factory=set)  # rows whose last two states are never merged

    def after(self, word: Word, states: _States) -> _States:
        """Return where a word leads the states."""
        for letter in word:
            states = tuple([self.letters[letter][state] for state in states])
        return states

    def merging(self, image: Sequence[int], kept: _States) -> Word | None:
        """Return a word that keeps a pair apart and merges two states of the image; None where none was found."""
        for other in itertools.combinations(image, 2):
            row = (*kept, *other)
            if set(other) != set(kept) and row not in self.hopeless:
                word = self.shortest(row, lambda node: node[2] == node[3])
                if word is not None or self.steps < 0:
                    return word
        return None

    # Breadth first over rows of states; the first two are a pair that must stay apart, the order of the rest does not
    # count. Rows from which nothing wanted is reached are remembered, so that no later search enters them.
    def shortest(self, row: _States, reached: Callable[[_States], bool]) -> Word | None:
        """Return a shortest word to a row that is wanted, the states after the second in any order."""
        if reached(row):
            return ()
        words: dict[_States, Word] = {row: ()}
        queue = [row]
        for node in queue:
            self.steps -= len(self.letters)
            if self.steps < 0:
                return None
            for letter, ends in enumerate(self.letters):
                target = (ends[node[0]], ends[node[1]], *sorted([ends[state] for state in node[2:]]))
                if target[0] != target[1] and target not in words:
                    words[target] = (*words[node], letter)
                    if reached(target):
                        return words[target]
                    queue.append(target)
        self.hopeless.update(words)
        return None
