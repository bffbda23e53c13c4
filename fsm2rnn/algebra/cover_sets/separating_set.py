"""min |J| with (f_j(q))_{j in J} injective in q: the fewest functions of a given set that tell all points apart.

This is the minimum test set problem, a set cover of the pairs of points; it is solved by branch and bound where it is
small, else greedily. No set has fewer functions than are needed for as many value combinations as there are points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, final

EXACT_VALUES: Final = 1 << 23
"""Most functions times pairs of points that the exact search will take: all of them are tabulated first."""
NODE_LIMIT: Final = 1 << 20
"""Most nodes of the exact search before the best set found is returned as such: it is exponential in the worst
case."""


@final
@dataclass(frozen=True)
class SeparatingSet:
    """Positions of functions that together tell all points apart."""

    members: tuple[int, ...]
    minimal: bool  # whether no fewer functions of the given set do
    reason: str


# Greedily first; where a count of values shows that no fewer do, that is all. Otherwise branch and bound over the
# pairs of points that are still together, with the greedy set as the best so far.
def separating_set(functions: Sequence[Sequence[int]], points: int) -> SeparatingSet | None:
    """Return few of the functions, each a value per point, that tell the points apart; None where all do not."""
    if len(set(zip(*functions, strict=True))) < points > 1:
        return None
    greedy = _greedy(functions, points)
    bound = _value_bound(functions, points)
    if len(greedy) <= bound:
        reason = f"fewer than {bound} coordinates cannot have {points} value combinations"
        return SeparatingSet(tuple(sorted(greedy)), minimal=True, reason=reason)
    if len(functions) * math.comb(points, 2) > EXACT_VALUES:
        return SeparatingSet(tuple(sorted(greedy)), minimal=False, reason="best found")
    search = _Search(_pairs(functions, points), greedy)
    finished = search.finished(bound)
    members = tuple(sorted(search.best))
    if finished:
        reason = f"no fewer than {len(members)} of all {len(functions)} finest functions tell the states apart"
        return SeparatingSet(members, minimal=True, reason=reason)
    return SeparatingSet(members, minimal=False, reason="best found")


def _greedy(functions: Sequence[Sequence[int]], points: int) -> list[int]:
    """Return positions, each next one splitting the points into the most classes."""
    members: list[int] = []
    classes = [0] * points
    while len(set(classes)) < points:
        splits = [len(set(zip(classes, function, strict=True))) for function in functions]
        members.append(splits.index(max(splits)))
        numbers: dict[tuple[int, int], int] = {}
        pairs = zip(classes, functions[members[-1]], strict=True)
        classes = [numbers.setdefault(pair, len(numbers)) for pair in pairs]
    return members


def _value_bound(functions: Sequence[Sequence[int]], points: int) -> int:
    """Return the least k for which the k functions of most values have as many combinations as there are points."""
    counts = sorted((len(set(function)) for function in functions), reverse=True)
    combinations = 1
    for bound, count in enumerate(counts):
        if combinations >= points:
            return bound
        combinations *= count
    return len(counts)


def _pairs(functions: Sequence[Sequence[int]], points: int) -> list[list[bool]]:
    """Return for each function which pairs of points it tells apart."""
    pairs = [(left, right) for right in range(points) for left in range(right)]
    return [[function[left] != function[right] for left, right in pairs] for function in functions]


@final
@dataclass
class _Search:
    """Depth-first over the functions that tell a hardest remaining pair apart; sets of pairs are bit masks."""

    separated: list[list[bool]]
    best: list[int]
    masks: list[int] = field(init=False)
    nodes: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Number the pairs from those that the fewest functions tell apart, and drop repeated functions."""
        counts = [sum(column) for column in zip(*self.separated, strict=True)]
        order = sorted(range(len(counts)), key=counts.__getitem__)
        self.masks = [sum(1 << bit for bit, pair in enumerate(order) if row[pair]) for row in self.separated]
        self.useful = self._undominated()
        self.largest = max(mask.bit_count() for mask in self.masks)

    def _undominated(self) -> list[int]:
        """Return positions whose pairs are no subset of another's, equal ones once."""
        rising = sorted(range(len(self.masks)), key=lambda place: -self.masks[place].bit_count())
        kept: list[int] = []
        for place in rising:
            if not any(self.masks[place] | self.masks[other] == self.masks[other] for other in kept):
                kept.append(place)
        return kept

    def finished(self, bound: int) -> bool:
        """Improve `best` until it is the minimum, which is at least `bound`; False where the node limit stopped it."""
        everything = (1 << len(self.separated[0])) - 1
        while len(self.best) > bound and self.nodes <= NODE_LIMIT and self._improved(everything, []):
            pass
        return self.nodes <= NODE_LIMIT

    def _improved(self, missing: int, chosen: list[int]) -> bool:
        """Extend `chosen` to a set smaller than `best` that covers `missing`, if there is one."""
        if not missing:
            self.best = chosen
            return True
        self.nodes += 1
        room = len(self.best) - 1 - len(chosen)
        if self.nodes > NODE_LIMIT or math.ceil(missing.bit_count() / self.largest) > room:
            return False
        hardest = missing & -missing
        return any(
            self._improved(missing & ~self.masks[place], [*chosen, place])
            for place in self.useful
            if self.masks[place] & hardest
        )
