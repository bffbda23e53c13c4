"""A machine as a cascade sees it: classes of equal letters, absorbing states apart, sets of states as bits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True, eq=False)
class LiveMachine:
    """delta on classes of equal letters; a set of states is an integer with bit q for state q.

    Absorbing states, all of whose letters loop, are left out of every image: what leads there is told apart last, so
    that no level before has to. A start that is absorbing itself is live. Images are remembered, letter by letter.
    """

    rows: tuple[tuple[int, ...], ...]  # per state the image under each class of letters
    class_of: tuple[int, ...]  # per symbol
    absorbing: tuple[int, ...]
    _images: tuple[dict[int, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Start with no image remembered."""
        object.__setattr__(self, "_images", tuple({} for _ in self.rows[0]))

    @property
    def letters(self) -> int:
        """How many classes of letters there are."""
        return len(self.rows[0])

    @property
    def live(self) -> int:
        """The set of live states; all states of a minimal machine are reached."""
        return (1 << len(self.rows)) - 1 - sum(1 << state for state in self.absorbing)

    def image(self, states: int, letter: int) -> int:
        """Return the live images of a set of states under a class of letters."""
        known = self._images[letter]
        found = known.get(states)
        if found is None:
            reached = {self.rows[state][letter] for state in elements(states)}
            found = known[states] = sum(1 << state for state in reached.difference(self.absorbing))
        return found

    def steps_to(self, states: int, letter: int) -> int:
        """Return the steps of a search that `image` takes, about a microsecond each: none where it is remembered."""
        return 0 if states in self._images[letter] else states.bit_count() // 2


def live_machine(machine: StateMachine) -> LiveMachine:
    """Return the live part of a machine whose start is state 0 and whose states are all reached."""
    classes: dict[tuple[int, ...], int] = {}
    class_of = tuple(classes.setdefault(column, len(classes)) for column in zip(*machine.table, strict=True))
    rows = tuple(zip(*classes, strict=True))
    absorbing = tuple(state for state, row in enumerate(rows) if set(row) == {state} and state != machine.start)
    return LiveMachine(rows, class_of, absorbing)


def elements(states: int) -> list[int]:
    """Return the states of a set, rising."""
    found = []
    while states:
        lowest = states & -states
        found.append(lowest.bit_length() - 1)
        states ^= lowest
    return found
