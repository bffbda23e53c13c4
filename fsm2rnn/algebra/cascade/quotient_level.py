"""A level that is a quotient: classes of the states of each context that every letter permutes or resets.

A congruence of contexts has classes of states in each, and a letter leads all live states of a class into one class. If
between any two contexts with k classes a letter is a bijection of them or leads all into one, and other contexts have
one class, then a level of k values tells the class: the classes of each context are numbered so that few bijections
move numbers; these turn the level, and the other letters write it. Its value is a function of the state, and fewer
states are left in every context: what a machine feeds forward is found, though its words never permute all states.

The finest such congruence that joins two states comes of them by joining what has to be: images of what is joined, and
of each map that is neither injective nor constant all classes that have one image.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, final

from fsm2rnn.algebra.cascade.contexts import Contexts, Event, Work, refined
from fsm2rnn.algebra.cascade.event_level import EventLevel
from fsm2rnn.algebra.cascade.live_machine import LiveMachine, elements
from fsm2rnn.machine.permutations import Permutation

STATE_LIMIT: Final = 64
"""Most states of a context any two of which are joined in turn."""


@final
@dataclass(frozen=True)
class _Edge:
    """A context and a letter, the context after it, and the places (context, state) that live by those after it."""

    event: Event
    target: int
    moved: tuple[tuple[int, int], ...]


@final
@dataclass(frozen=True, eq=False)
class _Places:
    """The pairs of a context and a state that is possible there, numbered."""

    first: int  # that of the start
    of: tuple[tuple[int, ...], ...]  # per context
    edges: tuple[_Edge, ...]


@final
@dataclass(frozen=True, eq=False)
class _Quotient:
    """How many classes a context has, what resets write, and how bijections move the numbers of classes."""

    values: int
    writes: Mapping[Event, int]
    turns: Mapping[Event, Permutation]


@final
@dataclass(eq=False)
class _Classes:
    """Classes of places: each is the class of its parent, the least of a class has none."""

    places: _Places
    spent: Work
    parent: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Start with each place alone."""
        self.parent = list(range(sum(map(len, self.places.of))))

    def top(self, place: int) -> int:
        """Return the place that stands for a class."""
        while self.parent[place] != place:
            self.parent[place] = place = self.parent[self.parent[place]]
        return place

    def join(self, left: int, right: int) -> bool:
        """Join two classes; False where they are one."""
        one, other = sorted((self.top(left), self.top(right)))
        self.parent[other] = one
        return one != other

    def close(self) -> None:
        """Join what has to be: images first, since a map may become constant by that."""
        while sum(map(self._images_joined, self.places.edges)) or any(map(self._sources_joined, self.places.edges)):
            pass

    def _images_joined(self, edge: _Edge) -> int:
        """Join images of what is joined; return how often."""
        self.spent.spend(len(edge.moved))
        image_of: dict[int, int] = {}
        return sum(self.join(image_of.setdefault(self.top(one), image), image) for one, image in edge.moved)

    def _sources_joined(self, edge: _Edge) -> int:
        """Join what has one image, unless all do; return how often."""
        tops = [(one, self.top(image)) for one, image in edge.moved]
        one_of = {image: one for one, image in tops}
        return 0 if len(one_of) == 1 else sum(self.join(one_of[image], one) for one, image in tops)

    def tops(self, context: int) -> list[int]:
        """Return the classes of a context."""
        return sorted({self.top(place) for place in self.places.of[context]})

    def map(self, edge: _Edge) -> dict[int, int]:
        """Return where the classes that live are led."""
        return {self.top(one): self.top(image) for one, image in edge.moved}


def quotient_level(contexts: Contexts, machine: LiveMachine, spent: Work) -> EventLevel | None:
    """Return a level of the fewest values, and of these of the fewest events, None where there is no quotient.

    LimitError as `refined`.
    """
    places = _places(contexts, machine)
    largest = max(places.of, key=len)
    found = []
    for left, right in combinations(largest, 2) if len(largest) <= STATE_LIMIT else ():
        classes = _Classes(places, spent)
        classes.join(left, right)
        classes.close()
        quotient = _quotient(classes)
        if quotient is not None:
            found.append(quotient)
    if not found:
        return None
    best = min(found, key=lambda one: (one.values, len(one.turns) + len(one.writes)))

    def written(context: int, letter: int, value: int) -> int:
        turn = best.turns.get((context, letter))
        return best.writes.get((context, letter), value) if turn is None else turn[value]

    return EventLevel(best.values, best.writes, refined(contexts, machine, written, spent), best.turns)


def _places(contexts: Contexts, machine: LiveMachine) -> _Places:
    number: dict[tuple[int, int], int] = {}
    of = []
    for context, states in enumerate(contexts.states):
        of.append(tuple(number.setdefault((context, state), len(number)) for state in elements(states)))
    edges = []
    for context, row in enumerate(contexts.after):
        for letter, target in enumerate(row):
            if target is not None:
                images = ((state, machine.rows[state][letter]) for state in elements(contexts.states[context]))
                moved = [
                    (number[context, one], number[target, image]) for one, image in images if (target, image) in number
                ]
                edges.append(_Edge((context, letter), target, tuple(moved)))
    return _Places(number[0, 0], tuple(of), tuple(edges))


def _quotient(classes: _Classes) -> _Quotient | None:
    """Return the quotient by closed classes, None where letters do not permute or reset those of every context."""
    sizes = [len(classes.tops(context)) for context in range(len(classes.places.of))]
    values = max(sizes)
    maps = {edge: classes.map(edge) for edge in classes.places.edges}
    bijections = [moved for moved in maps.values() if len(set(moved.values())) > 1]
    if values == 1 or not set(sizes) <= {1, values} or any(len(moved) < values for moved in bijections):
        return None
    numbers = _numbers(classes, values, bijections)
    writes: dict[Event, int] = {}
    turns: dict[Event, Permutation] = {}
    for edge, moved in maps.items():
        images = list(dict.fromkeys(moved.values()))
        if len(images) > 1:
            turn = dict(sorted((numbers[one], numbers[image]) for one, image in moved.items()))
            turns |= {edge.event: tuple(turn.values())} if any(one != image for one, image in turn.items()) else {}
        elif max(sizes[edge.event[0]], sizes[edge.target]) > 1:
            # In a context of one class the level holds 0.
            writes[edge.event] = numbers.get(images[0], 0)
    return _Quotient(values, writes, turns)


def _numbers(classes: _Classes, values: int, bijections: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Return a number for each class of the contexts of so many, the start's 0, such that few bijections move them."""
    both = [*bijections, *({image: one for one, image in moved.items()} for moved in bijections)]
    start, numbers = classes.top(classes.places.first), dict[int, int]()
    for context in range(len(classes.places.of)):
        tops = classes.tops(context)
        if len(tops) == values and tops[0] not in numbers:
            numbers |= {one: place for place, one in enumerate(sorted(tops, key=lambda one: (one != start, one)))}
            while sum(_carried(numbers, moved) for moved in both):
                pass
    return numbers


def _carried(numbers: dict[int, int], moved: Mapping[int, int]) -> bool:
    """Carry numbers along a bijection to a context that has none; False where nothing is new."""
    first, image = next(iter(moved.items()))
    if first not in numbers or image in numbers:
        return False
    numbers |= {after: numbers[before] for before, after in moved.items()}
    return True
