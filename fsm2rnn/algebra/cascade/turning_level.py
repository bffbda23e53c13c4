"""A level that turns: where contexts of the most states only permute their states, which of them it was, up to words.

Between contexts of the most states a letter may be a bijection. In a strong component of these that no other leads to,
ways back to a context permute its states: its group. Where that is trivial, remembered events take the component apart
(`event_cascade`). Where it is not, one level keeps track: every state of the component is named by the point of one
context that a fixed way carries it to; sets of points that events from outside bring in, moved by the group, are the
tiles, the largest of them the values; a letter inside permutes the tiles, an event from outside resets to one that
holds its image. The level tells the tile and nothing else: the product of the group's elements so far would tell more,
and the contexts above would be as many as the group's elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.cascade.contexts import Contexts, Event, Work, refined
from fsm2rnn.algebra.cascade.event_level import EventLevel
from fsm2rnn.algebra.cascade.live_machine import LiveMachine, elements
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import Permutation, compose

GROUP_LIMIT: Final = 5_040
"""Most elements of the group of one level, listed one by one."""


@final
@dataclass(frozen=True, eq=False)
class _Component:
    """Contexts with their states in the order of points, and how letters inside permute the points."""

    points: Mapping[int, list[int]]
    moves: Mapping[Event, Permutation]
    group: frozenset[Permutation]


def turning_level(contexts: Contexts, machine: LiveMachine, spent: Work) -> EventLevel | None:
    """Return the level of the source components with the largest group, None where all their groups are trivial.

    LimitError for a group of more than GROUP_LIMIT elements, and as `refined`.
    """
    found = [one for one in _sources(contexts, machine, spent) if len(one.group) > 1]
    if not found:
        return None
    found.sort(key=lambda one: (-len(one.group), min(one.points)))
    joined = found[0]
    for other in found[1:]:
        group = closed_group([*joined.moves.values(), *other.moves.values()])
        if len(group) == len(joined.group):
            joined = _Component({**joined.points, **other.points}, {**joined.moves, **other.moves}, group)
    return _level(contexts, machine, joined, spent)


def closed_group(permutations: Iterable[Permutation]) -> frozenset[Permutation]:
    """Return the group that permutations generate; LimitError for more than GROUP_LIMIT elements."""
    generators = list(dict.fromkeys(permutations))
    found: set[Permutation] = {tuple(range(len(generators[0]))) if generators else ()}
    todo = list(found)
    for element in todo:
        for generator in generators:
            product = compose(element, generator)
            if product not in found:
                found.add(product)
                todo.append(product)
        if len(found) > GROUP_LIMIT:
            what = "elements of the group of one level of a cascade"
            raise LimitError(what, limit=GROUP_LIMIT, needed=len(found))
    return frozenset(found)


def _sources(contexts: Contexts, machine: LiveMachine, spent: Work) -> list[_Component]:
    """Return the strong components of largest contexts under bijections that no other such component leads to."""
    most = max(states.bit_count() for states in contexts.states)
    bijections = {
        (context, letter): target
        for context, row in enumerate(contexts.after)
        for letter, target in enumerate(row)
        if target is not None
        and contexts.states[context].bit_count() == contexts.states[target].bit_count() == most
        and machine.image(contexts.states[context], letter) == contexts.states[target]
    }
    spent.spend(len(contexts.states) * machine.letters)
    successors: list[list[int]] = [[] for _ in contexts.states]
    for (context, _), target in bijections.items():
        successors[context].append(target)
    found = []
    for component in strong_components(successors):
        inside = set(component)
        entered = any(target in inside and context not in inside for (context, _), target in bijections.items())
        if contexts.states[component[0]].bit_count() == most and not entered:
            found.append(_component(contexts, machine, inside, bijections))
    return found


def _component(
    contexts: Contexts, machine: LiveMachine, inside: set[int], bijections: Mapping[Event, int]
) -> _Component:
    root = min(inside)
    points = {root: elements(contexts.states[root])}
    todo = [root]
    edges = {event: target for event, target in bijections.items() if event[0] in inside and target in inside}
    for context in todo:
        for (source, letter), target in edges.items():
            if source == context and target not in points:
                points[target] = [machine.rows[state][letter] for state in points[context]]
                todo.append(target)
    moves = {}
    for (context, letter), target in edges.items():
        place = {state: point for point, state in enumerate(points[target])}
        moves[context, letter] = tuple(place[machine.rows[state][letter]] for state in points[context])
    return _Component(points, moves, closed_group(moves.values()))


def _level(contexts: Contexts, machine: LiveMachine, component: _Component, spent: Work) -> EventLevel:
    """Return the level of the tiles of a component."""
    place = {context: {state: at for at, state in enumerate(states)} for context, states in component.points.items()}
    brought = {}
    for context, row in enumerate(contexts.after):
        for letter, target in enumerate(row):
            if target is not None and target in place and (context, letter) not in component.moves:
                image = machine.image(contexts.states[context], letter)
                brought[context, letter] = frozenset(place[target][state] for state in elements(image))
    first = frozenset({place[0][0]}) if 0 in place else None
    tiles = _tiles(component, {*brought.values(), *filter(None, [first])})
    if first is not None:  # the start's tile is value 0
        own = next(tile for tile in tiles if first <= tile)
        tiles = [own, *(tile for tile in tiles if tile != own)]
    number = {tile: value for value, tile in enumerate(tiles)}
    writes = {event: next(number[tile] for tile in tiles if points <= tile) for event, points in brought.items()}
    turns = {event: tuple(number[_moved(tile, move)] for tile in tiles) for event, move in component.moves.items()}
    still = tuple(range(len(tiles)))
    turns = {event: turn for event, turn in turns.items() if turn != still}

    def written(context: int, letter: int, value: int) -> int:
        turn = turns.get((context, letter))
        return writes.get((context, letter), value) if turn is None else turn[value]

    return EventLevel(len(tiles), writes, refined(contexts, machine, written, spent), turns)


def _tiles(component: _Component, brought: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the largest sets of points among those brought in and single ones, moved by the group."""
    count = len(next(iter(component.points.values())))
    family = {_moved(points, move) for points in brought for move in component.group}
    family |= {frozenset({point}) for point in range(count)}
    return sorted((tile for tile in family if not any(tile < other for other in family)), key=sorted)


def _moved(points: frozenset[int], move: Permutation) -> frozenset[int]:
    return frozenset(move[point] for point in points)
