"""Covers: the writes of a level as few conjunctions, AND_j [value_j in S_j], that hold where they write and only there.

A greedy two-level cover of a function of several-valued arguments, in the manner of espresso: an uncovered point grows
into a cube, dropping its conditions one by one, then widening those that stay, as long as no point of another action
comes in. Conditions on late levels are dropped first, since they cost layers. Combinations of values that no word
reaches may fall into a cube or not.

Source: Brayton, Hachtel, McMullen and Sangiovanni-Vincentelli, "Logic Minimization Algorithms for VLSI Synthesis",
Kluwer 1984, chapters 4 and 5 (expansion against the off-set).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import LimitError

COVER_LIMIT: Final = 1 << 32
"""Most comparisons of a cube and a point: about a minute."""
KEEP: Final = -1
"""The action of a point where nothing is written."""


@final
@dataclass(frozen=True)
class Cube:
    """Where every listed argument lies in its set, `action` is done; arguments that are not listed are free."""

    action: int
    allowed: Mapping[int, frozenset[int]]


def cover(points: Sequence[Sequence[int]], actions: Sequence[int], sizes: Sequence[int]) -> list[Cube]:
    """Return cubes that hold exactly at the points of their action, KEEP left out; argument j is below sizes[j].

    Points are distinct. LimitError for too many comparisons.
    """
    listed = np.array(points, dtype=np.int64).reshape(len(actions), len(sizes))
    done = np.array(actions, dtype=np.int64)
    cubes = []
    for action in sorted(set(actions) - {KEEP}):
        inside, outside = listed[done == action], listed[done != action]
        open_points = np.ones(len(inside), dtype=bool)
        while open_points.any():
            found = _grown(inside[int(np.argmax(open_points))], outside, sizes)
            cubes.append(Cube(action, found))
            if len(cubes) * max(1, len(outside)) * len(sizes) > COVER_LIMIT:
                what = "comparisons of a cover of one level"
                raise LimitError(what, limit=COVER_LIMIT, needed=len(cubes) * len(outside) * len(sizes))
            open_points &= ~_inside(inside, found)
    return cubes


def _grown(point: Numbers, outside: Numbers, sizes: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return a cube around a point that no condition can be dropped from, nor widened, without an outside point."""
    misses = outside != point
    count = misses.sum(axis=1)
    # The last argument is the letter, which costs no layer: it is dropped last.
    order = [*range(len(sizes) - 2, -1, -1), len(sizes) - 1]
    allowed = {}
    for place in order:
        if bool((misses[:, place] & (count == 1)).any()):
            allowed[place] = frozenset({int(point[place])})
        else:
            count -= misses[:, place]
            misses[:, place] = False
    for place in order:
        if place in allowed:
            alone = misses[:, place] & (count == 1)
            values = np.setdiff1d(np.arange(sizes[place]), outside[alone, place])
            allowed[place] = frozenset(values.tolist())
            still = ~np.isin(outside[:, place], values)
            count += still.astype(count.dtype) - misses[:, place]
            misses[:, place] = still
    return allowed


def _inside(points: Numbers, allowed: Mapping[int, frozenset[int]]) -> Numbers:
    found = np.ones(len(points), dtype=bool)
    for place, values in allowed.items():
        found &= np.isin(points[:, place], list(values))
    return found
