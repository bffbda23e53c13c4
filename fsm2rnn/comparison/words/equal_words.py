"""Words that a machine cannot tell apart: u = v in its transition monoid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fsm2rnn.machine.state_machine import StateMachine

Word = tuple[int, ...]
ELEMENTS: Final = 4_000
"""Most maps of the states that are followed: in milliseconds, and words get longer than what short training says."""


def equal_words(machine: StateMachine, *, elements: int = ELEMENTS) -> Iterator[tuple[Word, Word]]:
    """Yield pairs of different words that act alike on every state, by length: u the first that acts so, v = w x.

    They are the edges of the right Cayley graph of the monoid that close a circle, so all equalities follow from them,
    as far as the first `elements` maps go.
    """
    identity = tuple(range(len(machine.states)))
    first: dict[Word, Word] = {identity: ()}
    for element in (queue := [identity]):
        for letter in range(len(machine.symbols)):
            reached = tuple(machine.table[state][letter] for state in element)
            word = (*first[element], letter)
            if reached in first:
                yield first[reached], word
            elif len(first) < elements:
                first[reached] = word
                queue.append(reached)
