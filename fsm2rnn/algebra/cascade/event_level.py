"""A level that remembers the last of some events: which events share a value, and the contexts that it leads to.

An event is a context and a letter. After an event into context d with image m, and letters that are none of the events,
the states possible in each context are the event's footprint: m in d, pushed forward. Two events may share a value
where in every context the union of their footprints lies inside one that some event has there anyway: then nothing
that the level could tell is lost, since a context with that union is not larger than one that it has without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, final

from fsm2rnn.algebra.cascade.contexts import (
    CONTEXT_LIMIT,
    FOOTPRINT_LIMIT,
    Contexts,
    Event,
    Work,
    refined,
)
from fsm2rnn.algebra.cascade.live_machine import LiveMachine
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import Permutation

Footprint: TypeAlias = dict[int, int]  # context -> set of states


@final
@dataclass(frozen=True, eq=False)
class EventLevel:
    """How many values a level has, the value that each event writes, and the contexts with it.

    Value 0 is that of the start. `turns` permute the values; in every other context and letter the level keeps its own.
    """

    values: int
    writes: Mapping[Event, int]
    contexts: Contexts
    turns: Mapping[Event, Permutation] = field(default_factory=dict)


def shrinking(contexts: Contexts, machine: LiveMachine) -> list[Event]:
    """Return the events whose image is a proper part of the states of a context with several."""
    return [
        (context, letter)
        for context, row in enumerate(contexts.after)
        for letter, target in enumerate(row)
        if target is not None
        and _several(contexts.states[target])
        and machine.image(contexts.states[context], letter) != contexts.states[target]
    ]


def event_level(contexts: Contexts, machine: LiveMachine, chosen: list[Event], spent: Work) -> EventLevel:
    """Return the level that remembers the last chosen event; LimitError for too many labels, footprints or contexts."""
    labels: dict[tuple[int, int], int] = {}
    label_of: dict[Event, int] = {}
    for context, letter in chosen:
        target = contexts.after[context][letter]
        if target is not None:
            image = machine.image(contexts.states[context], letter)
            label_of[context, letter] = labels.setdefault((target, image), len(labels))
    _require("events told apart by one level of a cascade", len(labels), CONTEXT_LIMIT)
    kept = [
        [
            (letter, target)
            for letter, target in enumerate(row)
            if target is not None and (place, letter) not in label_of
        ]
        for place, row in enumerate(contexts.after)
    ]
    footprints, listed = [], 0
    for context, image in [(0, 1), *labels]:  # of the start, and of each label
        footprints.append(_footprint(contexts, machine, kept, (context, image), spent))
        listed += len(footprints[-1])
        _require("contexts in the footprints of one level of a cascade", listed, FOOTPRINT_LIMIT)
    values = _shared(contexts, footprints, spent)
    writes = {event: values[1 + label] for event, label in label_of.items()}
    return EventLevel(
        max(values) + 1,
        writes,
        refined(contexts, machine, lambda context, letter, value: writes.get((context, letter), value), spent),
    )


def _footprint(
    contexts: Contexts,
    machine: LiveMachine,
    kept: list[list[tuple[int, int]]],
    first: tuple[int, int],
    spent: Work,
) -> Footprint:
    """Return the states possible in each context after an event and letters that are none."""
    found = {first[0]: first[1]}
    todo = [first[0]]
    while todo:
        context = todo.pop()
        spent.spend(1 + len(kept[context]))
        for letter, target in kept[context]:
            states = contexts.states[target]
            image = states
            if _several(states):
                spent.spend(machine.steps_to(found[context], letter))
                image = machine.image(found[context], letter)
            old = found.get(target, 0)
            if image & ~old:
                found[target] = old | image
                todo.append(target)
    return found


def _shared(contexts: Contexts, footprints: list[Footprint], spent: Work) -> list[int]:
    """Return a value for each footprint, that of the first being 0; footprints of one value share their unions.

    The largest go first, so that the values are few.
    """
    largest = _largest(footprints)
    classes: list[Footprint] = []
    place_of = [0] * len(footprints)
    sizes = [sum(states.bit_count() for states in footprint.values()) for footprint in footprints]
    for label in sorted(range(len(footprints)), key=lambda label: -sizes[label]):
        own = footprints[label]
        for place, union in enumerate(classes):
            spent.spend(1 + min(len(own), len(union)) // 4)
            if _fits(contexts, largest, own, union):
                for context, states in own.items():
                    union[context] = union.get(context, 0) | states
                place_of[label] = place
                break
        else:
            place_of[label] = len(classes)
            classes.append(dict(own))
    first = place_of[0]
    return [0 if place == first else place + (place < first) for place in place_of]


def _fits(contexts: Contexts, largest: Mapping[int, list[int]], own: Footprint, union: Footprint) -> bool:
    """Return whether the union of two footprints lies inside an existing one in every context."""
    small, large = (own, union) if len(own) < len(union) else (union, own)
    for context, states in small.items():
        both = large.get(context)
        if both is None or not _several(contexts.states[context]):
            continue
        both |= states
        if not any(both & ~top == 0 for top in largest[context]):
            return False
    return True


def _largest(footprints: list[Footprint]) -> dict[int, list[int]]:
    """Return per context the sets of footprints that lie in no other."""
    listed: dict[int, set[int]] = {}
    for footprint in footprints:
        for context, states in footprint.items():
            listed.setdefault(context, set()).add(states)
    found: dict[int, list[int]] = {}
    for context, sets in listed.items():
        tops: list[int] = []
        for states in sorted(sets, key=lambda one: (-one.bit_count(), one)):
            if not any(states & ~top == 0 for top in tops):
                tops.append(states)
        found[context] = tops
    return found


def _several(states: int) -> bool:
    return states & (states - 1) != 0


def _require(what: str, needed: int, limit: int) -> None:
    if needed > limit:
        raise LimitError(what, limit=limit, needed=needed)
