"""Traps: the states after which every answer is one and the same, and the letters that keep a word away from them.

q is a trap when one output o is the answer to the last letter of every non-empty word read from q. Traps are closed
under delta: a word that has entered one says nothing more about the machine. They are the rejecting sink of a
language, but also an accepting one, a group of states that differ in nothing, and every state of a constant machine.

A word avoids traps for ever exactly from the safe states: the greatest set of states, none a trap, of which each has
a letter back into the set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from fsm2rnn.data.answers import Indices

Flags = npt.NDArray[np.bool_]


@final
@dataclass(frozen=True)
class AvoidingLetters:
    """The letters to draw from in each state q: letters[offsets[q] : offsets[q + 1]], never none.

    They are the letters into safe states; where there are none, those into states that are no traps; where there are
    none either, all letters.
    """

    offsets: Indices  # (Q + 1,)
    letters: Indices


def traps(table: Indices, answers: Indices) -> Flags:
    """Return which states are traps, (Q,), from the next states and the answers, both (Q, D)."""
    first = answers[:, 0]
    # A state is none when its own answers differ, or a successor's do from its own, and so is all that leads there.
    alive = (answers != first[:, None]).any(1) | (first[table] != first[:, None]).any(1)
    sources = _sources(table)
    front = np.flatnonzero(alive)
    while front.size:
        before = np.unique(_into(sources, front))
        front = before[~alive[before]]
        alive[front] = True
    trapped: Flags = ~alive
    return trapped


def safe_states(table: Indices, trapped: Flags) -> Flags:
    """Return from which states some infinite word meets no trap, (Q,)."""
    safe = ~trapped
    ways = safe[table].sum(1)
    sources = _sources(table)
    front = np.flatnonzero(safe & (ways == 0))
    while front.size:
        safe[front] = False
        before, lost = np.unique(_into(sources, front), return_counts=True)
        ways[before] -= lost
        front = before[safe[before] & (ways[before] == 0)]
    return safe


def avoiding_letters(table: Indices, answers: Indices) -> AvoidingLetters:
    """Return the letters that keep words out of traps wherever any do."""
    trapped = traps(table, answers)
    allowed = safe_states(table, trapped)[table]
    none = ~allowed.any(1)
    allowed[none] = ~trapped[table[none]]
    allowed[~allowed.any(1)] = True
    return AvoidingLetters(np.concatenate(([0], np.cumsum(allowed.sum(1)))), np.nonzero(allowed)[1])


def _sources(table: Indices) -> tuple[Indices, Indices]:
    """Return the states with a letter into state q, one per letter: second[first[q] : first[q + 1]]."""
    states, symbols = table.shape
    order = np.argsort(table, axis=None, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(table.ravel(), minlength=states))))
    return starts, order // symbols


def _into(sources: tuple[Indices, Indices], targets: Indices) -> Indices:
    """Return the sources of all `targets` together, one per letter."""
    starts, states = sources
    counts = starts[targets + 1] - starts[targets]
    # The k-th place of a target is its first one and k: 0, 1, 2, ... counted anew at each target.
    fresh = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    found: Indices = states[np.repeat(starts[targets], counts) + fresh]
    return found
