r"""Points that letters permute and that together tell all states apart, by words of swaps between two classes.

Let letters permute or reset the states. They act on the states, and, where the permutations generate a group G that
reaches all states, a state being H g, on the cosets K g of any subgroup K. A few tracked points of such sets, whose
stabilisers have the intersection H, have images that are those of a state and no other, so a network that follows the
images of the tracked points follows the state. Each set has two classes of its own; a letter is as long as its longest
word of swaps on any of the sets. The sets are chosen for the shortest letters, the points among them for the least
total n, one for each image that can be.

A letter that resets the states resets the tracked points, and then permutes them by an element that leads the start to
its state. Where a letter does neither, quotients of the machine may have such letters alone and tell all states apart
together: then each has sets of its own, and a letter may reset those of one and permute those of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.subgroup_classes import Mask, right_cosets, subgroup_classes
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.swaps.swap_quotients import SwapQuotient, permutes_or_resets, swap_quotients
from fsm2rnn.algebra.swaps.swap_words import Swap, swap_word
from fsm2rnn.algebra.swaps.two_classes import two_classes
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

POINT_LIMIT: Final = 64
"""Most points of one set: a network has a head for each of them, with twice as many coordinates."""


@final
@dataclass(frozen=True)
class SwapLetter:
    """Whether a letter first puts all points back, and the swaps that it then applies."""

    reset: bool
    word: tuple[Swap, ...]

    @property
    def length(self) -> int:
        """The number of steps where putting back and one swap are one step."""
        return max(len(self.word), int(self.reset))


@final
@dataclass(frozen=True)
class SwapPart:
    """Points 0 .. n-1 of two classes, the points whose images are followed, and what every letter does."""

    first: tuple[bool, ...]  # (n,), whether a point is of the first class
    tracked: tuple[int, ...]
    letters: tuple[SwapLetter, ...]
    images: tuple[tuple[int, ...], ...]  # (Q,), where the tracked points are in every state

    @property
    def points(self) -> int:
        """The number n."""
        return len(self.first)

    @property
    def length(self) -> int:
        """The most steps of any letter."""
        return max(letter.length for letter in self.letters)


def swap_parts(facts: Facts) -> tuple[SwapPart, ...] | None:
    """Return sets of points of the shortest letters found; None where no quotients were found that have any.

    LimitError where each set found has more than POINT_LIMIT points.
    """
    machine = facts.machine
    if not permutes_or_resets(machine.table):
        quotients = swap_quotients(machine.table)
        return None if quotients is None else tuple(part for one in quotients for part in _of_quotient(machine, one))
    count = len(machine.states)
    columns = tuple(zip(*machine.table, strict=True))
    found: list[tuple[SwapPart, ...]] = [] if count > POINT_LIMIT else [(_on_states(machine.start, columns),)]
    cosets = _on_cosets(facts, columns)
    found += [cosets] if cosets else []
    if not found:
        what = "points that letters permute"
        raise LimitError(what, limit=POINT_LIMIT, needed=count)
    return min(found, key=_cost)


def _of_quotient(machine: StateMachine, quotient: SwapQuotient) -> tuple[SwapPart, ...]:
    """Return the sets of a quotient, with images for the states of the machine."""
    start = quotient.image[machine.start]
    alone = StateMachine.tracker(range(len(quotient.table)), machine.symbols, quotient.table, start)
    parts = swap_parts(Facts(alone)) or ()
    return tuple(replace(part, images=tuple(part.images[place] for place in quotient.image)) for part in parts)


def _cost(parts: Sequence[SwapPart]) -> tuple[int, int]:
    """Return the length of the longest letter, and the number of images."""
    return max(part.length for part in parts), sum(part.points * len(part.tracked) for part in parts)


def _on_states(start: int, columns: Sequence[tuple[int, ...]]) -> SwapPart:
    """Return the states themselves, of which the start is followed; a reset swaps it with its state."""
    states = range(len(columns[0]))
    resets = [len(set(column)) < len(states) for column in columns]
    rows = [
        _swapped(states, start, column[0]) if reset else column for column, reset in zip(columns, resets, strict=True)
    ]
    classes, _ = two_classes([np.array([row]) for row in rows])
    first = tuple(classes.tolist())
    letters = tuple(SwapLetter(reset, swap_word(row, first)) for row, reset in zip(rows, resets, strict=True))
    return SwapPart(first, (start,), letters, tuple((state,) for state in states))


def _swapped(states: Sequence[int], left: int, right: int) -> tuple[int, ...]:
    return tuple({left: right, right: left}.get(state, state) for state in states)


@final
@dataclass(frozen=True, eq=False)
class _Choice:
    """Whether a letter resets the states, and the elements of which any does: one of a letter that does not."""

    reset: bool
    elements: Numbers


@final
@dataclass(frozen=True, eq=False)
class _Cosets:
    """G on n cosets: all elements as permutations, two classes, and the points that a state has one image of."""

    images: Numbers  # (|G|, n)
    first: Mask  # (n,)
    length: int  # of the longest letter
    usable: Mask  # (n,)

    @property
    def points(self) -> int:
        """The number n."""
        return len(self.usable)


def _on_cosets(facts: Facts, columns: Sequence[tuple[int, ...]]) -> tuple[SwapPart, ...] | None:
    """Return sets of cosets with the shortest letters, None where there is no such group or it is too large."""
    try:
        action = facts.permutations.action
        classes = subgroup_classes(action.group, lambda _: True).found
    except (InputError, LimitError):
        return None
    choices = _choices(action, columns)
    few = [one.members for one in classes if 1 < len(action.group) // len(one.members) <= POINT_LIMIT]
    sets = sorted((_cosets(action, members, choices) for members in few), key=lambda found: found.length)
    for most in sorted({found.length for found in sets}):
        short = [found for found in sets if found.length <= most]
        tried = [_tracked(some, action.stabiliser) for some in (short, *([one] for one in short))]
        if told := [tracked for tracked in tried if tracked is not None]:
            best = min(told, key=lambda tracked: sum(found.points * len(points) for found, points in tracked))
            return tuple(_part(found, points, action, choices) for found, points in best)
    return None


def _choices(action: GroupAction, columns: Sequence[tuple[int, ...]]) -> tuple[_Choice, ...]:
    """Return for every letter the element that it is, or all that lead the start to the state of a reset."""
    elements = iter(action.letters.tolist())
    return tuple(
        _Choice(reset=True, elements=np.flatnonzero(action.states == column[0]))
        if len(set(column)) == 1
        else _Choice(reset=False, elements=np.array([next(elements)]))
        for column in columns
    )


def _cosets(action: GroupAction, members: Numbers, choices: Sequence[_Choice]) -> _Cosets:
    representatives, coset = right_cosets(action.group, members)
    images = coset[action.group.columns[:, representatives]]
    kept = images == np.arange(len(representatives))
    first, length = two_classes([images[choice.elements] for choice in choices])
    return _Cosets(images, first, length, kept[action.stabiliser].all(axis=0))


def _tracked(sets: Sequence[_Cosets], stabiliser: Mask) -> list[tuple[_Cosets, list[int]]] | None:
    """Return sets and points of them whose stabilisers have that intersection; None where those of all have not.

    Each point is the one that leaves the fewest elements for its set's number of points.
    """
    left, chosen = np.ones(len(stabiliser), dtype=np.bool_), dict[int, list[int]]()
    masks = {
        (place, point): found.images[:, point] == point
        for place, found in enumerate(sets)
        for point in np.flatnonzero(found.usable).tolist()
    }
    while left.sum() > stabiliser.sum():
        gains = {key: np.log(left.sum() / (left & mask).sum()) / sets[key[0]].points for key, mask in masks.items()}
        best = max(gains, key=lambda key: gains[key], default=None)
        if best is None or not gains[best]:
            return None
        left &= masks[best]
        chosen.setdefault(best[0], []).append(best[1])
    return [(sets[place], points) for place, points in chosen.items()]


def _part(found: _Cosets, tracked: Sequence[int], action: GroupAction, choices: Sequence[_Choice]) -> SwapPart:
    followed, first = tuple(sorted(tracked)), tuple(found.first.tolist())
    letters = tuple(
        SwapLetter(choice.reset, min((swap_word(row, first) for row in rows), key=len))
        for choice, rows in ((choice, found.images[choice.elements].tolist()) for choice in choices)
    )
    _, one = np.unique(action.states, return_index=True)  # an element that leads the start to every state
    return SwapPart(first, followed, letters, tuple(map(tuple, found.images[one][:, followed].tolist())))
