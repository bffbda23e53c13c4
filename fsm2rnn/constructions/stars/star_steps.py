r"""(0 j) as a reflection in k_j = (1/2) 1_{0, 1, 2j, 2j+1}: roots with no negative entry, and a start at the origin.

Points 0 .. n-1 have the vectors E_0 = -(e_0 + e_1) and E_i = e_2i + e_2i+1 in 2n coordinates. The keys k_j have norm 1
and are no more than a right angle apart, and I - 2 k_j k_j^T takes E_0 and E_j to each other and keeps the other E_i.
A state for a tracked point c is Y = E_i - E_c where c is at i, turned about for c > 0, so that the origin is where c
stays, and a step Y <- Y + 2 (v - <k_j, Y>) k_j writes v = 1 for every j if c = 0, and for j = c alone otherwise: keys
and values are nowhere negative, as behind a SiLU. Nothing rounds on the way: all numbers are multiples of 1/2.

The two coordinates of a point are always equal, y_i of n integers, on which the step is y_0, y_j <- v - y_j, v - y_0:
that is y <- y + (v - <e_0 + e_j, y>) (e_0 + e_j), and is what is proved. y_i is [c is at i] for c = 0 and i > 0, and
-[c is at i] for c > 0 and other i > 0; y_0 is [c is not at 0] for c = 0, [c is at 0] for c > 0, y_c is [c is not at c].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.stars.star_action import StarLetter, StarPart
from fsm2rnn.exact.sparse import Vector, vector
from fsm2rnn.exact.updates import Update


@final
@dataclass(frozen=True)
class StarStep:
    """One step of the delta rule on the states of a part: with `reset` they become 0 first.

    With `star` j > 0 the step is that of the transposition (0 j); with `erased` i it sets coordinate i to 0; with
    neither nothing more happens.
    """

    reset: bool = False
    star: int = 0
    erased: int | None = None

    @property
    def hot(self) -> tuple[int, ...]:
        """The coordinates in which the key is not zero: all equal, the key of norm 1."""
        if self.erased is not None:
            return (self.erased,)
        return (0, 1, 2 * self.star, 2 * self.star + 1) if self.star else ()

    @property
    def beta(self) -> int:
        """The step size: 2 reflects, 1 erases, 0 keeps."""
        return 2 if self.star else int(self.erased is not None)

    def value(self, tracked: int) -> int:
        """Return what is written for a tracked point."""
        return int(self.star > 0 and tracked in {0, self.star})


KEEP: Final = StarStep()


def with_decay(letter: StarLetter) -> tuple[StarStep, ...]:
    """Return the steps of a letter, the first of which resets with a decay of 0 before it reflects."""
    first, *rest = letter.word or (0,)
    return (StarStep(letter.reset, first), *(StarStep(star=star) for star in rest))


def without_decay(letter: StarLetter, points: int) -> tuple[StarStep, ...]:
    """Return the steps of a letter, a reset being one step for each of 2n coordinates."""
    erasing = tuple(StarStep(erased=place) for place in range(2 * points)) if letter.reset else ()
    return (*erasing, *(StarStep(star=star) for star in letter.word)) or (KEEP,)


def reflection(star: int, tracked: int) -> Update:
    """Return what the transposition (0 star) does to the n integers of a tracked point."""
    return Update(((0, 1), (star, 1)), 1, StarStep(star=star).value(tracked))


def state_of(tracked: int, image: int) -> Vector:
    """Return y of shape (n,) where the tracked point is at its image."""
    if tracked == image:
        return ()
    turned = -1 if tracked else 1
    signs = {image: 1 if image else -1, tracked: -1 if tracked else 1}
    return vector((point, turned * sign) for point, sign in signs.items())


def shown(tracked: int, block: int) -> tuple[int, int]:
    """Return (a, b) with [the tracked point is at the block's point] = a + b y of that point."""
    if block == tracked:
        return 1, -1
    return 0, 1 if tracked == 0 or block == 0 else -1


def star_heads(parts: tuple[StarPart, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield (place of the part, tracked point, point): whose integer y one head each of a layer reads by its sign."""
    for place, part in enumerate(parts):
        for tracked in part.tracked:
            for point in range(part.points):
                yield place, tracked, point
