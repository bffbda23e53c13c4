"""Pairs {q, r} -> {qx, rx}: what tells apart a pair of every class that no word leaves tells apart all states.

Let f -> f o x keep a space W of functions on the states. Where f(qw) != f(rw) for some f in W, f o w in W differs on q
and r. So W separates every pair that leads to one that it separates. In the graph of the pairs of distinct states (a
pair that merges leaves it) the strong components without a way out, the minimal classes, thus decide: from every pair
a word leads to one of them, and W separates all pairs of a class or none.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.errors import LimitError

Pair: TypeAlias = tuple[int, int]

PAIR_LIMIT: Final = 1 << 20
"""Most pairs of states times distinct letter maps: strong components of the pairs take some seconds."""


def minimal_classes(maps: Numbers) -> list[list[Pair]]:
    """Return the minimal classes of pairs q < r under the letters (D, Q), in a fixed order; LimitError past PAIR_LIMIT.

    D Q^2 steps.
    """
    letters, states = maps.shape
    needed = letters * states * (states - 1) // 2
    if needed > PAIR_LIMIT:
        what = "pairs of states times letters"
        raise LimitError(what, limit=PAIR_LIMIT, needed=needed)
    first, second = np.triu_indices(states, 1)
    number = np.full((states, states), -1)
    number[first, second] = number[second, first] = np.arange(len(first))
    successors = number[maps[:, first], maps[:, second]]
    kept = _lasting(successors)
    place = np.full(len(first) + 1, -1)  # the last for pairs that merge
    place[kept] = np.arange(len(kept))
    rows = place[successors[:, kept]].T.tolist()
    found = []
    for component in strong_components(rows):
        inside = {-1, *component}
        if all(inside.issuperset(rows[pair]) for pair in component):
            pairs = kept[component]
            found.append(list(zip(first[pairs].tolist(), second[pairs].tolist(), strict=True)))
    return sorted(found)


def _lasting(successors: Numbers) -> Numbers:
    """Return the pairs that are left when those into which none leads, but that lead elsewhere, go one after another.

    They are in no minimal class: in one of several pairs each is entered, and one of a single pair leads nowhere.
    """
    count = successors.shape[1]
    onward = (successors >= 0) & (successors != np.arange(count))
    entering = np.bincount(successors[onward], minlength=count)
    left = np.ones(count, dtype=np.bool_)
    front = np.flatnonzero((entering == 0) & onward.any(axis=0))
    while len(front):
        left[front] = False
        targets = successors[:, front][onward[:, front]]
        np.subtract.at(entering, targets, 1)
        fresh = np.sort(targets[(entering[targets] == 0) & onward[:, targets].any(axis=0)])
        front = fresh[np.diff(fresh, prepend=-1) > 0]
    return np.flatnonzero(left)
