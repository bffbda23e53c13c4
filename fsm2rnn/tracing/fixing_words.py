"""A shortest word that fixes three states: why a linear layer that divides its state keeps them apart by no boxes.

Let the state be divided by its norm after every step, and let a box of directions around each of three states be mapped
into its own interior by one word w. A linear map that sends a convex cone into its interior has there a dominant
eigenvector, whose eigenvalue is greater than the modulus of all others (Perron and Frobenius, for cones by Krein and
Rutman). The map of w has one such line, v, and its cones are those around v and -v: two at most, not three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine

STATES: Final = 3
WORDS: Final = 20_000  # maps of words that are looked at: a second, and far more than short words have


@final
@dataclass(frozen=True)
class FixingWord:
    """A non-empty word, and three reachable states that it fixes."""

    word: tuple[Label, ...]
    states: tuple[Label, ...]

    def __str__(self) -> str:
        """Say the word and the states."""
        word, states = " ".join(map(str, self.word)), ", ".join(map(str, self.states))
        return f"the word {word} fixes the states {states}"


def fixing_word(machine: StateMachine) -> FixingWord | None:
    """Return a shortest non-empty word that fixes three reachable states; None if none is among WORDS maps."""
    states = reachable_states(machine)
    place = {state: index for index, state in enumerate(states)}
    letters = [[place[machine.table[state][letter]] for state in states] for letter in range(len(machine.symbols))]
    identity = tuple(range(len(states)))
    order: list[tuple[tuple[int, ...], tuple[int, ...]]] = [(identity, ())]
    seen: set[tuple[int, ...]] = set()
    for images, word in order:
        for letter, moves in enumerate(letters):
            after, longer = tuple(moves[image] for image in images), (*word, letter)
            fixed = [state for state, image in zip(states, after, strict=True) if states[image] == state]
            if len(fixed) >= STATES:
                named = tuple(machine.states[state] for state in fixed[:STATES])
                return FixingWord(tuple(machine.symbols[one] for one in longer), named)
            if after not in seen and len(seen) < WORDS:
                seen.add(after)
                order.append((after, longer))
    return None
