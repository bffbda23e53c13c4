r"""A regular group of many elements on few points: the cosets of subgroups that random elements generate.

The states are the elements of G, and letters multiply from the right. They permute the cosets K g of a subgroup K, and
a product of letters is known by what it does to the cosets of several K whose cores meet in 1: by a faithful action on
m = sum |G : K| points. Two random elements have a common fixed point of an action on m points about once in m times,
so subgroups of small index are found by drawing pairs. Nothing is proved to be least.

Labels 1, -1, 2, -2, .. on the points of a base and 0 elsewhere are fixed by 1 alone, so permuting labelled points gives
every state a code of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.monoid.permutation_group import group_of_permutations
from fsm2rnn.algebra.monoid.regular_action import is_regular, transitive_letters

POINT_LIMIT: Final = 64
"""Largest index of a subgroup that is looked for: it would be drawn once in so many times."""
DRAWS: Final = 256
"""Pairs that are drawn: a subgroup of index 64 is missed once in fifty times."""
SHUFFLES: Final = 64
"""Products that mix the letters before elements are drawn."""


@final
@dataclass(frozen=True, eq=False)
class FewPoints:
    """A faithful action of a regular group on `maps` (D, m), orbit after orbit, and the permutation of every state."""

    maps: Numbers
    generators: tuple[int, ...]  # letters that generate the group
    widths: tuple[int, ...]  # of the orbits
    permutations: Numbers  # (Q, m), that of a word that leads the start to the state
    labels: Numbers  # (m,), moved by every permutation but the identity

    @property
    def codes(self) -> Numbers:
        """Return the labels (Q, m) as the permutations move them."""
        return self.moved(self.labels)

    def moved(self, labels: Numbers) -> Numbers:
        """Return for every state (Q, m) labels (m,) of the points, that of p at the place of its image."""
        codes = np.empty_like(self.permutations)
        np.put_along_axis(codes, self.permutations, np.broadcast_to(labels, codes.shape), axis=1)
        return codes


def few_points(maps: Numbers, start: int) -> FewPoints | None:
    """Return such an action of letters (D, Q) that permute the states transitively.

    None where they are not regular, or no subgroups of small index were found that tell all elements apart.
    """
    # A transitive subgroup of a regular group is all of it, and a letter acts as the state that it leads the start to.
    generators = transitive_letters(maps, start)
    acting = maps[generators]
    chosen = _faithful(_actions(acting, start), maps.shape[1]) if is_regular(maps, start) else None
    if chosen is None:
        return None
    points = _side_by_side(chosen)
    permutations = _permutations(acting, points, start)
    labels = np.zeros(points.shape[1], dtype=np.intp)
    base = group_of_permutations(points).base
    places = np.arange(len(base))
    labels[base] = (places // 2 + 1) * (1 - places % 2 * 2)
    widths = tuple(action.shape[1] for action in chosen)
    return FewPoints(permutations[maps[:, start]], tuple(generators), widths, permutations, labels)


def _actions(maps: Numbers, start: int) -> list[Numbers]:
    """Return the letters (D, m) on cosets of the subgroups drawn, the fewest points first."""
    states, found = maps.shape[1], list[Numbers]()
    for pair in _pairs(maps):
        members = _orbit(pair, start, states // 2)
        if members is not None and states <= POINT_LIMIT * len(members):
            found.append(_cosets(maps, members))
    return sorted(found, key=lambda action: action.shape[1])


def _pairs(maps: Numbers) -> Iterator[Numbers]:
    """Yield pairs (2, Q) of elements, by the product replacement of F. Celler et al. (1995)."""
    draw = np.random.default_rng(0)
    slots = [maps[place % len(maps)] for place in range(max(10, len(maps)))]
    last = maps[0]
    for step in range(SHUFFLES + 2 * DRAWS):
        left, right = draw.choice(len(slots), 2, replace=False)
        slots[left] = slots[right][slots[left]] if draw.integers(2) else slots[left][slots[right]]
        if step >= SHUFFLES and step % 2:
            yield np.stack([last, slots[left]])
        last = slots[left]


def _orbit(letters: Numbers, start: int, most: int) -> Numbers | None:
    """Return the states that the letters lead the start to, None for more than `most`."""
    seen = np.zeros(letters.shape[1], dtype=np.bool_)
    seen[start], layer = True, np.array([start])
    while len(layer):
        reached = np.unique(letters[:, layer])
        layer = reached[~seen[reached]]
        seen[layer] = True
        if np.count_nonzero(seen) > most:
            return None
    return np.flatnonzero(seen)


def _cosets(maps: Numbers, members: Numbers) -> Numbers:
    """Return the letters (D, m) on the blocks of states that they make of one, which is the first."""
    block = np.full(maps.shape[1], -1, dtype=np.intp)
    block[members] = 0
    blocks = [members]
    rows = []
    for part in blocks:
        row = []
        for letter in maps:
            image = letter[part]
            if block[image[0]] < 0:
                block[image] = len(blocks)
                blocks.append(image)
            row.append(block[image[0]])
        rows.append(row)
    return np.array(rows, dtype=np.intp).T


def _faithful(actions: list[Numbers], order: int) -> list[Numbers] | None:
    """Return actions that tell all elements apart together: each tells apart more than those before it."""
    chosen, told = list[Numbers](), 1
    for action in actions:
        reached = _order([*chosen, action])
        if reached > told:
            chosen, told = [*chosen, action], reached
        if told == order:
            return _needed(chosen, order)
    return None


def _needed(chosen: list[Numbers], order: int) -> list[Numbers]:
    """Return the actions without those that the others do not need, the widest left out first."""
    for action in reversed(chosen):
        rest = [other for other in chosen if other is not action]
        if rest and _order(rest) == order:
            return _needed(rest, order)
    return chosen


def _order(actions: list[Numbers]) -> int:
    return group_of_permutations(_side_by_side(actions)).order


def _side_by_side(actions: list[Numbers]) -> Numbers:
    """Return the letters (D, m) on the points of all actions."""
    firsts = np.cumsum((0, *(action.shape[1] for action in actions)))
    return np.concatenate([action + first for action, first in zip(actions, firsts, strict=False)], axis=1)


def _permutations(maps: Numbers, points: Numbers, start: int) -> Numbers:
    """Return for every state the permutation (m,) of a word that leads the start to it."""
    found = np.full((maps.shape[1], points.shape[1]), -1, dtype=np.intp)
    found[start], layer = np.arange(points.shape[1]), np.array([start])
    while len(layer):
        after = []
        for letter, moved in zip(maps, points, strict=True):
            reached, first = np.unique(letter[layer], return_index=True)
            new = found[reached, 0] < 0
            found[reached[new]] = moved[found[layer[first[new]]]]
            after.append(reached[new])
        layer = np.concatenate(after)
    return found
