"""g = (a b)(c d)..., read left to right: permutations as shortest words of transpositions between two classes.

A cycle of m points that has some of both classes is a product of m - 1 such transpositions: of two neighbours x -> y of
different classes, (x y) put before leaves y alone, put behind leaves x alone, and the rest is a cycle of m - 1; the
point that is left alone is one of a class that has another on the cycle. Two cycles within different classes become
such a cycle when one transposition joins them, and one that is left over takes m + 1, joined with a point z of the
other class: (z a)(z b)...(z a).

So a permutation with a cycles within the first class and b within the second takes 2 max(a, b) more than the n - c of
any transpositions, and no fewer: none that is between classes parts a cycle within one, so each of these is joined
first, and one join joins one of each class at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

Swap: TypeAlias = tuple[int, int]
"""Two points, the one of the first class first."""


def swap_word(images: Sequence[int], first: Sequence[bool]) -> tuple[Swap, ...]:
    """Return swaps with product the permutation p -> images[p], the first swap acting first.

    `first` tells which points are of the first class; a permutation that is not the identity needs points of both.
    """
    sides = {cycle: {first[point] for point in cycle} for cycle in cycles_of(images)}
    word = [swap for cycle, side in sides.items() if len(side) > 1 for swap in _mixed(list(cycle), first)]
    within = ([cycle for cycle, side in sides.items() if side == {own}] for own in (True, False))
    for left, right in zip_longest(*within):
        word += _both(left, right, first) if left and right else _alone(left or right or (), first)
    return tuple(word)


def cycles_of(images: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the cycles of two points and more, each point followed by its image."""
    seen, found = set[int](), list[tuple[int, ...]]()
    for start in range(len(images)):
        cycle, point = list[int](), start
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = images[point]
        if len(cycle) > 1:
            found.append(tuple(cycle))
    return found


def _both(left: Sequence[int], right: Sequence[int], first: Sequence[bool]) -> list[Swap]:
    """Return the word of a cycle within the first class and one within the second."""
    # The swap of x and y before x -> a .. -> x and y -> b .. -> y leaves x -> b .. -> y -> a .. -> x.
    return [(left[0], right[0]), *_mixed([left[0], *right[1:], right[0], *left[1:]], first)]


def _alone(cycle: Sequence[int], first: Sequence[bool]) -> list[Swap]:
    """Return the word of a cycle within one class."""
    other = next(point for point, side in enumerate(first) if side != first[cycle[0]])
    return [_swap(other, point, first) for point in (*cycle, cycle[0])]


def _mixed(cycle: list[int], first: Sequence[bool]) -> list[Swap]:
    """Return the word of a cycle with points of both classes."""
    before, behind = list[Swap](), list[Swap]()
    while len(cycle) > 1:
        place = next(place for place, point in enumerate(cycle) if first[point] != first[cycle[place - 1]])
        left, right = cycle[place - 1], cycle[place]
        swap = _swap(left, right, first)
        if sum(first[point] == first[right] for point in cycle) > 1 or len(cycle) == 2:  # the last swap
            before.append(swap)
            cycle.remove(right)
        else:
            behind.append(swap)
            cycle.remove(left)
    return [*before, *reversed(behind)]


def _swap(left: int, right: int, first: Sequence[bool]) -> Swap:
    return (left, right) if first[left] else (right, left)
