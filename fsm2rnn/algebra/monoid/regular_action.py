"""Whether a transitive permutation group acts regularly: then it has as many elements as points."""

from __future__ import annotations

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers


def is_regular(maps: Numbers, start: int) -> bool:
    """Whether the letters (k, n), which permute the n points transitively, generate a regular group.

    It is regular exactly when the maps that commute with all letters are transitive too. Such a map is known by
    the image of one point; that the point may go to its image under each of some transitive letters is enough,
    since products of those maps then take it everywhere. About k n steps for each of at most log2 n letters.
    """
    chosen = transitive_letters(maps, start)
    order, came = _tree(maps[chosen], start)
    return all(_commuting(maps, maps[chosen], order, came, int(maps[letter, start])) for letter in chosen)


def transitive_letters(maps: Numbers, start: int) -> list[int]:
    """Return letters that take the point wherever all letters do, each of them needed after the earlier ones."""
    chosen: list[int] = []
    reached = np.zeros(maps.shape[1], dtype=np.bool_)
    reached[start] = True
    for letter in range(len(maps)):
        if not reached[maps[letter, reached]].all():
            chosen.append(letter)
            order, _ = _tree(maps[chosen], start)
            reached[order] = True
    return chosen


def _tree(maps: Numbers, start: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the points reached breadth first, and the place in that order and the letter each came from."""
    order, came = [start], [(0, 0)]
    seen = {start}
    rows = maps.T.tolist()
    for place, point in enumerate(order):
        for letter, target in enumerate(rows[point]):
            if target not in seen:
                seen.add(target)
                order.append(target)
                came.append((place, letter))
    return order, came


def _commuting(maps: Numbers, chosen: Numbers, order: list[int], came: list[tuple[int, int]], image: int) -> bool:
    """Whether the map that sends the first point to `image`, and its image under w to that of `image`, commutes."""
    rows = chosen.tolist()
    images = [image]
    for place, letter in came[1:]:
        images.append(rows[letter][images[place]])
    moved = np.empty(maps.shape[1], dtype=np.intp)
    moved[order] = images
    return bool((maps[:, moved] == moved[maps]).all())
