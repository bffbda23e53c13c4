"""Contexts: what the levels built so far hold before a step, and which states of the machine are possible there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from fsm2rnn.algebra.cascade.live_machine import LiveMachine
from fsm2rnn.errors import LimitError

CONTEXT_LIMIT: Final = 5_000
"""Most contexts, and most events told apart by one level: a network has a unit for a few of each."""
FOOTPRINT_LIMIT: Final = 50 * CONTEXT_LIMIT
"""Most pairs (event, context) that the footprints of one level list."""

Event: TypeAlias = tuple[int, int]  # context, class of letters
Written: TypeAlias = Callable[[int, int, int], int]
"""Context, class of letters, value before -> value after, of a new level."""


@final
@dataclass
class Work:
    """Steps that a search may still take, so that it ends by a count and not by a clock."""

    left: int
    limit: int
    what: str

    def spend(self, steps: int) -> None:
        """Count steps; LimitError when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise LimitError(self.what, limit=self.limit, needed=self.limit - self.left)


def work(limit: int, what: str = "steps of the search for a cascade") -> Work:
    """Return so many steps."""
    return Work(limit, limit, what)


@final
@dataclass(frozen=True, eq=False)
class Contexts:
    """Tuples of level values, how letters lead from one to the next, and the live states possible in each.

    Context 0 is that of the empty word. `after[c][x]` is None where every live state of c dies under x.
    """

    values: Sequence[tuple[int, ...]]
    after: Sequence[Sequence[int | None]]
    states: Sequence[int]

    @property
    def total(self) -> int:
        """The states of all contexts together: at least as many contexts are needed in the end."""
        return sum(states.bit_count() for states in self.states)

    @property
    def settled(self) -> bool:
        """Whether each context has one state."""
        return all(states & (states - 1) == 0 for states in self.states)


def first_contexts(machine: LiveMachine) -> Contexts:
    """Return the one context of no level."""
    after = [0 if machine.image(machine.live, letter) else None for letter in range(machine.letters)]
    return Contexts([()], [after], [machine.live])


def refined(contexts: Contexts, machine: LiveMachine, written: Written, spent: Work) -> Contexts:
    """Return the contexts of one level more that words reach, its start value 0, each with exactly its states.

    LimitError for more than CONTEXT_LIMIT.
    """
    number = {(0, 0): 0}
    pairs, states, todo = [(0, 0)], [1], [0]
    after_of: list[list[int | None]] = [[None] * machine.letters]
    while todo:
        place = todo.pop()
        context, value = pairs[place]
        spent.spend(machine.letters)
        for letter, target in enumerate(contexts.after[context]):
            spent.spend(machine.steps_to(states[place], letter))
            image = machine.image(states[place], letter)
            if not image or target is None:
                continue
            pair = target, written(context, letter, value)
            found = number.setdefault(pair, len(pairs))
            if found == len(pairs):
                require_few(found + 1)
                pairs.append(pair)
                states.append(0)
                after_of.append([None] * machine.letters)
            after_of[place][letter] = found
            if image & ~states[found]:
                states[found] |= image
                todo.append(found)
    return Contexts([(*contexts.values[context], value) for context, value in pairs], after_of, states)


def require_few(contexts: int) -> None:
    """Refuse more contexts than the limit, by LimitError."""
    if contexts > CONTEXT_LIMIT:
        what = "contexts of a cascade"
        raise LimitError(what, limit=CONTEXT_LIMIT, needed=contexts)
