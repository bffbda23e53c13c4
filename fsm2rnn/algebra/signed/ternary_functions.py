"""Every function with values -1, 0 and 1 on few states that is in a family which letters permute in part, with signs.

Nothing is lost by these values: coordinates with h_i(q x) = h_j(q), -h_j(q) or a constant, no j twice for one letter,
keep this after an odd map of the numbers, and the maps that send c to 1, -c to -1 and all else to 0 together tell apart
what the coordinates do. So letters act as signed permutations and resets of any number of coordinates, one code per
state, if and only if these functions tell all states apart.

A function f is in such a family (`signed_families`) unless words lead from it to an f' that a letter sends where it
sends another f'' to which words lead back from there: then no number of copies is enough (`copies_needed`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.algebra.signed.signed_families import CONSTANT, SignedFamily, signed_family

TERNARY: Final = 9
"""Most states on which all (3^Q - 1) / 2 functions up to sign are tried: 9,841."""
BINARY: Final = 11
"""Most states on which those with values -1 and 1, and 0 and 1, are tried: 3,069; their pairs are bits of a word."""
COPIES: Final = 4
"""Most members of a family, copies counted, for each state."""
SMALLEST: Final = 16
"""Families kept for each pair of states, those with the fewest functions."""


def ternary_families(maps: Integers) -> list[SignedFamily]:
    """Return small families for every pair of states that any tells apart, none on more than BINARY states.

    `maps` (D, Q) are the letters.
    """
    states = maps.shape[1]
    if states <= TERNARY:
        return _families(maps, itertools.product((1, 0, -1), repeat=states))
    if states > BINARY:
        return []
    halves = ((1, *rest) for rest in itertools.product((1, -1), repeat=states - 1))
    return _families(maps, halves) + _families(maps, itertools.product((1, 0), repeat=states))


def _families(maps: Integers, rows: Iterable[tuple[int, ...]]) -> list[SignedFamily]:
    """Return families of functions that are all f o x, up to sign, of one another or constant."""
    found = np.array([row for row in rows if len(set(row)) > 1 and next(filter(None, row)) > 0], dtype=np.int64)
    if not len(found):
        return []
    graph = _Graph.of(_targets(found, maps), found)
    chosen = dict.fromkeys(
        seed
        for pair in range(maps.shape[1] * (maps.shape[1] - 1) // 2)
        for seed in itertools.islice((seed for seed in graph.seeds if graph.tells[seed] >> pair & 1), SMALLEST)
    )
    families = (signed_family(maps, found[seed], most=COPIES * maps.shape[1]) for seed in chosen)
    return [family for family in families if family is not None]


def _targets(functions: Integers, maps: Integers) -> Integers:
    """Return for each function and letter the number of f o x up to sign, CONSTANT where it is constant (N, D)."""
    powers = 3 ** np.arange(functions.shape[1])
    number = {code: place for place, code in enumerate((functions @ powers).tolist())}
    # A code and its negative belong to a function and its negative, so one of them is listed.
    codes = np.stack([functions[:, ends] @ powers for ends in maps], axis=1)
    rows = [[number.get(code, number.get(-code, CONSTANT)) for code in row] for row in codes.tolist()]
    return np.array(rows, dtype=np.int64)


@final
@dataclass(frozen=True, eq=False)
class _Graph:
    """The strong components f -> f o x that are in families: a member of each, the fewest functions first."""

    seeds: Sequence[int]
    tells: dict[int, int]  # of a seed: bit p where a function of its family tells the p-th pair q < r apart

    @classmethod
    def of(cls, targets: Integers, functions: Integers) -> _Graph:
        """Return it for functions (N, Q) and the functions (N, D) that they become."""
        components = strong_components(targets.tolist())
        component = {node: place for place, nodes in enumerate(components) for node in nodes}
        barred = {component[node] for node in _crowded(targets, component)}
        first, second = np.triu_indices(functions.shape[1], 1)
        differ = (functions[:, first] != functions[:, second]) @ (1 << np.arange(len(first), dtype=np.int64))
        # From the last components back, so that what a component leads to is known.
        reach, tells = [0] * len(components), [0] * len(components)
        for place in range(len(components) - 1, -1, -1):
            nodes = components[place]
            after = {component[node] for node in np.unique(targets[nodes]).tolist() if node != CONSTANT} - {place}
            if barred & after:
                barred.add(place)
            reach[place] = sum(1 << node for node in nodes)
            tells[place] = int(np.bitwise_or.reduce(differ[nodes]))
            for later in after:
                reach[place] |= reach[later]
                tells[place] |= tells[later]
        kept = sorted(set(range(len(components))) - barred, key=lambda place: (reach[place].bit_count(), place))
        return cls([components[place][0] for place in kept], {components[place][0]: tells[place] for place in kept})


def _crowded(targets: Integers, component: dict[int, int]) -> set[int]:
    """Return the functions that a letter sends where it sends another one to which words lead back from there."""
    crowded = set[int]()
    for column in targets.T.tolist():
        senders: dict[int, list[int]] = {}
        for node, target in enumerate(column):
            if target != CONSTANT:
                senders.setdefault(target, []).append(node)
        for target, nodes in senders.items():
            back = [node for node in nodes if component[node] == component[target]]
            crowded.update(node for node in nodes if back not in ([], [node]))
    return crowded
