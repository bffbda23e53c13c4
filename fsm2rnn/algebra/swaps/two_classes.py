"""Two classes of points for which the longest of some permutations is shortest as a word of swaps between them.

A permutation of n points with c cycles is a product of no fewer than n - c transpositions, and of so many swaps where
every cycle has points of both classes; cycles within a class take more (see `swap_words`). Classes are searched from a
single point and from every other point, a point at a time, as long as that helps; better ones may exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fsm2rnn.algebra.group.subgroup_classes import Mask
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.swaps.swap_words import cycles_of


def two_classes(choices: Sequence[Numbers]) -> tuple[Mask, int]:
    """Return which points are of the first class, and the length of the longest letter.

    A letter is any of the permutations that are the rows of its choice, each choice of shape (., n).
    """
    points = choices[0].shape[1]
    if points == 1:
        return np.zeros(1, dtype=np.bool_), 0
    lengths = _lengths(choices, points)
    single = np.eye(points, dtype=np.bool_)
    best = single[np.argmin(_cost(lengths(single)))]
    found = [_improved(start, lengths) for start in (best, np.arange(points) % 2 == 1)]
    classes = min(found, key=lambda one: int(_cost(lengths(one[None]))[0]))
    return classes, int(lengths(classes[None]).max())


def _improved(classes: Mask, lengths: Callable[[Mask], Numbers]) -> Mask:
    """Return classes that no change of one point makes better."""
    while True:
        changed = classes ^ np.eye(len(classes), dtype=np.bool_)
        changed = changed[changed.any(axis=1) & ~changed.all(axis=1)]
        costs = _cost(lengths(np.vstack([classes, changed])))
        if costs.argmin() == 0:
            return classes
        classes = changed[costs.argmin() - 1]


def _cost(lengths: Numbers) -> Numbers:
    """Return numbers in the order of the longest letter, then of all letters together; lengths (D, B) -> (B,)."""
    return np.asarray(lengths.max(axis=0) * (1 << 32) + lengths.sum(axis=0))


def _lengths(choices: Sequence[Numbers], points: int) -> Callable[[Mask], Numbers]:
    """Return the function from classes (B, n) to the length of every letter (D, B)."""
    rows = [row for choice in choices for row in choice.tolist()]
    cycles = [(place, cycle) for place, row in enumerate(rows) for cycle in cycles_of(row)]
    inside = np.zeros((len(cycles), points), dtype=np.int64)
    for number, (_, cycle) in enumerate(cycles):
        inside[number, list(cycle)] = 1
    row_of = np.array([place for place, _ in cycles], dtype=np.intp)
    sizes = inside.sum(axis=1, keepdims=True)
    least = np.bincount(row_of, sizes[:, 0] - 1, minlength=len(rows)).astype(np.int64)
    starts = np.cumsum([0, *(len(choice) for choice in choices)])[:-1]

    def lengths(classes: Mask) -> Numbers:
        first = inside @ classes.T.astype(np.int64)
        within = np.zeros((2, len(rows), len(classes)), dtype=np.int64)
        np.add.at(within[0], row_of, first == sizes)
        np.add.at(within[1], row_of, first == 0)
        return np.asarray(np.minimum.reduceat(least[:, None] + 2 * within.max(axis=0), starts, axis=0))

    return lengths
