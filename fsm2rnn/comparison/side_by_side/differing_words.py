"""Two that answer side by side: a shortest word on which they differ, found breadth first, and random long words.

Breadth first, pairs of states that were seen are not followed again; with every pair seen, nothing is left to try. Past
a number of pairs, random words go far, and what fails there is cut down: pieces are left out as long as the rest fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
import torch

from fsm2rnn.cells.auditable import State
from fsm2rnn.comparison.side_by_side.answering import Answering, Numbers, chosen_rows, state_parts
from fsm2rnn.machine.labels import Label

Ids: TypeAlias = tuple[int, ...]
_AT_ONCE: Final = 1 << 16  # symbols of shortened words tried at once


@final
@dataclass(frozen=True)
class Effort:
    """How far is searched: pairs of states seen, then `batch` random words of `length` symbols."""

    pairs: int
    batch: int
    length: int
    seed: int


@final
@dataclass(frozen=True)
class Pair:
    """Two that answer over the same symbols."""

    left: Answering
    right: Answering
    symbols: tuple[Label, ...]

    def differing(self, effort: Effort) -> tuple[Ids, bool] | None:
        """Return a word after which the answers differ and whether it is a shortest one, None where none is found."""
        word, closed = _breadth_first(self, effort.pairs)
        if word is not None:
            return word, True
        if closed or not effort.batch:
            return None
        failing = next(_failing(self, _random_words(len(self.symbols), effort)), None)
        return None if failing is None else (_shortened(self, failing), False)

    def replayed(self, word: Ids) -> Iterator[tuple[int, int]]:
        """Yield both answers after each symbol, read one at a time."""
        left, right = self.left.begin(1), self.right.begin(1)
        for letter in word:
            ids = torch.tensor([letter])
            left, right = self.left.step(ids, left), self.right.step(ids, right)
            yield int(self.left.shown(left)[0]), int(self.right.shown(right)[0])


def differs(left: Numbers, right: Numbers) -> Numbers:
    """Return where two answers are not one certain output."""
    found: Numbers = np.flatnonzero((left != right) | (left < 0))
    return found


def _breadth_first(pair: Pair, limit: int) -> tuple[Ids | None, bool]:
    """Return the first differing word, by length and then by letters, and whether every pair of states was seen."""
    states = pair.left.begin(1), pair.right.begin(1)
    words: list[Ids] = [()]
    seen = set(_keys(states))
    count = len(pair.symbols)
    while words and len(seen) <= limit:
        origin, letters = np.repeat(np.arange(len(words)), count), np.tile(np.arange(count), len(words))
        states = _stepped(pair, states, origin, letters)
        wrong = differs(pair.left.shown(states[0]), pair.right.shown(states[1]))
        if len(wrong):
            return (*words[origin[wrong[0]]], int(letters[wrong[0]])), False
        fresh = []
        for place, key in enumerate(_keys(states)):
            if key not in seen:
                seen.add(key)
                fresh.append(place)
        words = [(*words[origin[place]], int(letters[place])) for place in fresh]
        rows = np.array(fresh, dtype=np.int64)
        states = chosen_rows(states[0], rows), chosen_rows(states[1], rows)
    return None, not words


def _stepped(pair: Pair, states: tuple[State, State], origin: Numbers, letters: Numbers) -> tuple[State, State]:
    ids = torch.from_numpy(letters)
    left, right = states
    return pair.left.step(ids, chosen_rows(left, origin)), pair.right.step(ids, chosen_rows(right, origin))


def _keys(states: tuple[State, State]) -> list[bytes]:
    """Return the bytes of each pair of states; adding zero makes one spelling of zero's two."""
    parts = [(part + 0).contiguous().cpu() for state in states for part in state_parts(state)]
    rows = torch.cat([part.view(torch.uint8).reshape(len(part), -1) for part in parts], 1).numpy()
    return [row.tobytes() for row in rows]


def _random_words(symbols: int, effort: Effort) -> Numbers:
    """Return words (B, T): half uniform, half with shares of the symbols drawn anew for each word."""
    drawn = np.random.default_rng(effort.seed)
    shares = drawn.dirichlet(np.ones(symbols), effort.batch)
    shares[: effort.batch // 2] = 1 / symbols
    bounds = shares.cumsum(1)[:, None, :-1]
    found: Numbers = (drawn.random((effort.batch, effort.length, 1)) >= bounds).sum(-1)
    return found


def _failing(pair: Pair, words: Numbers) -> Iterator[Ids]:
    """Yield, in the order of their lengths, the beginnings of words (B, T) that end in the first differing answer."""
    left, right = pair.left.begin(len(words)), pair.right.begin(len(words))
    for step in range(words.shape[1]):
        ids = torch.from_numpy(np.ascontiguousarray(words[:, step]))
        left, right = pair.left.step(ids, left), pair.right.step(ids, right)
        for place in differs(pair.left.shown(left), pair.right.shown(right)):
            yield tuple(words[place, : step + 1].tolist())


def _shortened(pair: Pair, word: Ids) -> Ids:
    """Return a failing word from which no piece can be left out: halves are tried first, single symbols last."""
    size = len(word) // 2
    while size:
        shorter = _without(pair, word, size)
        word = word if shorter is None else shorter
        size = size // 2 if shorter is None else min(size, len(word) // 2)
    return word


def _without(pair: Pair, word: Ids, size: int) -> Ids | None:
    rest = len(word) - size
    starts = range(rest + 1)
    for part in _portions(starts, max(1, _AT_ONCE // max(1, rest))):
        shorter = np.array([word[:start] + word[start + size :] for start in part], dtype=np.int64)
        found = next(_failing(pair, shorter), None)
        if found is not None:
            return found
    return None


def _portions(places: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (places[start : start + size] for start in range(0, len(places), size))
