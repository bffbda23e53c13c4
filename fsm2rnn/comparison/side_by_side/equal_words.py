"""Words that a machine cannot tell apart: u = v in its transition monoid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from fsm2rnn.machine.state_machine import StateMachine

Word = tuple[int, ...]
WORDS: Final = 2_000
"""Shortest words among which equal ones are looked for, in milliseconds: lengths up to 10 over two letters."""
LONGEST: Final = 12
"""Letters of a word, as of those that networks are read on; it binds where there is one letter."""


def equal_words(machine: StateMachine, *, words: int = WORDS) -> Iterator[tuple[Word, Word]]:
    """Yield pairs u, v of different words that act alike on every state, by the length of v: u the first that acts so.

    They are all such pairs among the `words` shortest words of at most 12 letters; none where no two act alike.
    """
    table = np.array(machine.table).T
    first: dict[bytes, Word] = {}
    waiting: list[tuple[Word, npt.NDArray[np.int64]]] = [((), np.arange(len(machine.states)))]
    for word, image in waiting:
        known = first.setdefault(image.tobytes(), word)
        if known != word:
            yield known, word
        if len(waiting) < words and len(word) < LONGEST:
            waiting += [((*word, letter), row[image]) for letter, row in enumerate(table)]
