"""g = (c a)(c b)..., read left to right: permutations as shortest words of transpositions of a centre c.

A cycle (c a b ... z) is (c a)(c b)...(c z), and a cycle (a b ... z) without the centre (c a)(c b)...(c z)(c a). No word
is shorter: a transposition of the centre joins its cycle with another one or parts it, and a cycle of m points without
the centre has to be joined once before it is parted m times (Akers and Krishnamurthy 1989, star graphs).
"""

from __future__ import annotations

from collections.abc import Sequence


def star_word(images: Sequence[int], centre: int) -> tuple[int, ...]:
    """Return points a, b, ... with (centre a)(centre b)... = the permutation p -> images[p], the first acting first."""
    word = list[int]()
    for cycle in _cycles(images, centre):
        word += cycle[1:] if cycle[0] == centre else (*cycle, cycle[0])
    return tuple(word)


def star_lengths(images: Sequence[int]) -> list[int]:
    """Return the length of `star_word` for each point as the centre: at most 3 (n - 1) / 2 for n points."""
    longest = sum(len(cycle) + 1 for cycle in _cycles(images, 0))
    return [longest - 2 * (image != point) for point, image in enumerate(images)]


def _cycles(images: Sequence[int], centre: int) -> list[tuple[int, ...]]:
    """Return the cycles of two points and more, that of the centre first and begun with it."""
    seen, found = set[int](), list[tuple[int, ...]]()
    for first in (centre, *range(len(images))):
        cycle, point = list[int](), first
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = images[point]
        if len(cycle) > 1:
            found.append(tuple(cycle))
    return found
