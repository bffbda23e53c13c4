"""f >= c > 0 above the lowest layer of HGRN and HGRN2: nothing is erased, and yet the last write is read, for c < 1/2.

Let each letter keep a coordinate, f = 1, or write v, -1 or 1, with f = c: h <- c h + (1 - c) v. From h in [-1, 1] a
write leads into [1 - 2 c, 1] for v = 1 and [-1, 2 c - 1] for v = -1, and what keeps leaves h where it is. So the sign
of h is that of the last write, with the margin 1 - 2 c, after words of every length: an invariant of intervals, which
holds for sums that are rounded too, by less than the margin. For c >= 1/2 a write after many of the other sign ends at
1 - 2 c of its own sign, which is none: read like that, no length is safe.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

Interval: TypeAlias = tuple[Fraction, Fraction]


def written_into(lower: Fraction, value: int, held: Interval) -> Interval:
    """Return c [a, b] + (1 - c) v."""
    return lower * held[0] + (1 - lower) * value, lower * held[1] + (1 - lower) * value


def invariant(lower: Fraction) -> tuple[Interval, Interval] | None:
    """Return the intervals of the signs 1 and -1, which no write leaves and zero does not touch; None for c >= 1/2.

    Both are checked: a write of either sign from either interval leads into that sign's own.
    """
    up = (1 - 2 * lower, Fraction(1))
    down = (-up[1], -up[0])
    inside = all(
        own[0] <= low and high <= own[1]
        for value, own in ((1, up), (-1, down))
        for low, high in (written_into(lower, value, held) for held in (up, down))
    )
    return (up, down) if inside and up[0] > 0 and lower >= 0 else None
