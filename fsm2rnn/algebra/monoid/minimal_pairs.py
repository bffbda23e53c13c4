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
    successors = number[maps[:, first], maps[:, second]].T.tolist()
    found = []
    for component in strong_components(successors):
        inside = {-1, *component}
        if all(inside.issuperset(successors[pair]) for pair in component):
            found.append([(int(first[pair]), int(second[pair])) for pair in component])
    return sorted(found)
