"""A cascade whose levels that turn are replaced by several each: the walk over all tuples of the new levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, final

from fsm2rnn.algebra.cascade.contexts import require_few
from fsm2rnn.algebra.cascade.event_cascade import Cascade, CascadeLevel, Prefix
from fsm2rnn.machine.permutations import Permutation


class Split(Protocol):
    """How one level becomes several: new values stand for an old one, and an element turns each of them."""

    @property
    def sizes(self) -> Sequence[int]:
        """The values of each new level."""

    def coordinates(self, value: int) -> Sequence[int]:
        """Return the values of the new levels that stand for a value, as a reset writes them."""

    def value(self, values: Prefix) -> int:
        """Return the value that those of the new levels stand for."""

    def turned(self, values: Prefix, element: Permutation) -> Sequence[Permutation]:
        """Return how each new level is turned where they hold `values` and the old one is turned by an element."""


@final
class _Expansion:
    """The new levels, filled in while their tuples are walked."""

    def __init__(self, cascade: Cascade, splits: Sequence[Split | None]) -> None:
        """Take a cascade, and how each of its levels is split."""
        self.cascade = cascade
        self.splits = splits
        self.sizes: list[int] = []
        self.first: list[int] = []
        for level, split in zip(cascade.levels, splits, strict=True):
            self.first.append(len(self.sizes))
            self.sizes += [level.values] if split is None else split.sizes
        self.writes: list[dict[tuple[Prefix, int], int]] = [{} for _ in self.sizes]
        self.turns: list[dict[tuple[Prefix, int], Permutation]] = [{} for _ in self.sizes]

    def own(self, place: int, values: Prefix) -> Prefix:
        """Return the values of the new levels of an old one."""
        return values[self.first[place] : (*self.first, len(self.sizes))[place + 1]]

    def old(self, values: Prefix) -> Prefix:
        """Return the values of the old levels that new ones stand for."""
        found = []
        for place, split in enumerate(self.splits):
            own = self.own(place, values)
            found.append(own[0] if split is None else split.value(own))
        return tuple(found)

    def step(self, values: Prefix, letter: int) -> Prefix:
        """Return the new levels after a letter, noting what is written and turned on the way."""
        old, after = self.old(values), list(values)
        for place, (level, split) in enumerate(zip(self.cascade.levels, self.splits, strict=True)):
            key, first = (old[:place], letter), self.first[place]
            turn = level.turns.get(key)
            if split is not None and turn is not None:
                for new, moved in enumerate(split.turned(self.own(place, values), turn), first):
                    if moved != tuple(range(len(moved))):
                        self.turns[new][values[:new], letter] = moved
                        after[new] = moved[values[new]]
            elif key in level.writes:
                value = level.writes[key]
                for new, written in enumerate([value] if split is None else split.coordinates(value), first):
                    self.writes[new][values[:new], letter] = written
                    after[new] = written
        return tuple(after)


def expanded(cascade: Cascade, splits: Sequence[Split | None]) -> Cascade:
    """Return the cascade of the new levels, all tuples on which the machine lives walked; a split for each that turns.

    LimitError for more than CONTEXT_LIMIT tuples.
    """
    if not any(splits):
        return cascade
    machine, expansion = cascade.machine, _Expansion(cascade, splits)
    start = (0,) * len(expansion.sizes)
    states = {start: cascade.states[expansion.old(start)]}
    todo = [start]
    for values in todo:
        for letter, target in enumerate(machine.rows[states[values]]):
            if target in machine.absorbing:
                continue
            after = expansion.step(values, letter)
            if after not in states:
                require_few(len(states) + 1)
                states[after] = cascade.states[expansion.old(after)]
                todo.append(after)
    levels = zip(expansion.sizes, expansion.writes, expansion.turns, strict=True)
    return Cascade(machine, tuple(CascadeLevel(*parts) for parts in levels), states)
