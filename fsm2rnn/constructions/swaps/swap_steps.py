r"""(i j) as a reflection in 1/2 on 2i, 2i+1, 2j, 2j+1: roots with no negative entry, and a start at the origin.

Points 0 .. n-1 of two classes have the vectors E_i = -(e_2i + e_2i+1) in the first class, e_2i + e_2i+1 in the second,
in 2n coordinates. For i of the first and j of the second class the key k with 1/2 on the coordinates of both has norm
1, no two such keys are more than a right angle apart, and I - 2 k k^T takes E_i and E_j to each other and keeps all
others. A state for a tracked point c is Y = E_p - E_c where c is at p, turned about for c of the second class, so that
the origin is where c stays, and a step Y <- Y + 2 (v - <k, Y>) k writes v = 1 if c is i or j, and 0 otherwise: keys
and values are nowhere negative, as behind a SiLU. Nothing rounds on the way: all numbers are multiples of 1/2.

The two coordinates of a point are always equal, y_p of n integers, on which the step is y_i, y_j <- v - y_j, v - y_i:
that is y <- y + (v - <e_i + e_j, y>) (e_i + e_j), and is what is proved. y_c is [c is not at c], and for another p y_p
is [c is at p] if c and p are of different classes, -[c is at p] if of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.swaps.swap_action import SwapLetter, SwapPart
from fsm2rnn.algebra.swaps.swap_words import Swap
from fsm2rnn.exact.sparse import Vector, vector
from fsm2rnn.exact.updates import Update


@final
@dataclass(frozen=True)
class SwapStep:
    """One step of the delta rule on the states of a part: with `reset` they become 0 first.

    With a `swap` the step is its reflection; with `erased` i it sets coordinate i to 0; with neither nothing more
    happens.
    """

    reset: bool = False
    swap: Swap | None = None
    erased: int | None = None

    @property
    def hot(self) -> tuple[int, ...]:
        """The coordinates in which the key is not zero: all equal, the key of norm 1."""
        if self.erased is not None:
            return (self.erased,)
        return () if self.swap is None else tuple(2 * point + side for point in self.swap for side in (0, 1))

    @property
    def beta(self) -> int:
        """The step size: 2 reflects, 1 erases, 0 keeps."""
        return int(self.erased is not None) if self.swap is None else 2

    def value(self, tracked: int) -> int:
        """Return what is written for a tracked point."""
        return int(self.swap is not None and tracked in self.swap)


KEEP: Final = SwapStep()


def with_decay(letter: SwapLetter) -> tuple[SwapStep, ...]:
    """Return the steps of a letter, the first of which resets with a decay of 0 before it reflects."""
    first, *rest = letter.word or (None,)
    return (SwapStep(letter.reset, first), *(SwapStep(swap=swap) for swap in rest))


def without_decay(letter: SwapLetter, points: int) -> tuple[SwapStep, ...]:
    """Return the steps of a letter, a reset being one step for each of 2n coordinates."""
    erasing = tuple(SwapStep(erased=place) for place in range(2 * points)) if letter.reset else ()
    return (*erasing, *(SwapStep(swap=swap) for swap in letter.word)) or (KEEP,)


def reflection(swap: Swap, tracked: int) -> Update:
    """Return what a swap does to the n integers of a tracked point."""
    return Update(tuple((point, 1) for point in sorted(swap)), 1, SwapStep(swap=swap).value(tracked))


def state_of(part: SwapPart, tracked: int, image: int) -> Vector:
    """Return y of shape (n,) where the tracked point is at its image."""
    if tracked == image:
        return ()
    _, slope = shown(part, tracked, image)
    return vector([(tracked, 1), (image, slope)])


def shown(part: SwapPart, tracked: int, point: int) -> tuple[int, int]:
    """Return (a, b) with [the tracked point is at the point] = a + b y of that point."""
    if point == tracked:
        return 1, -1
    return 0, 1 if part.first[tracked] != part.first[point] else -1


def swap_heads(parts: tuple[SwapPart, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield (place of the part, tracked point, point): whose integer y one head each of a layer reads by its sign."""
    for place, part in enumerate(parts):
        for tracked in part.tracked:
            for point in range(part.points):
                yield place, tracked, point
