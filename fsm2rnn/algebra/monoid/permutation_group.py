"""Permutation groups by a base and strong generating set: order, membership, the derived series, solvability.

Schreier-Sims (C. Sims, 1970), with all Schreier generators of a level sifted at once. A permutation is a row of
images; g h is first g, then h, hence the row h[g].
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import LimitError

WORK_LIMIT: Final = 1 << 25
"""Most entries in all Schreier generators that one group may need, times the levels they are sifted through:
seconds in numpy."""
TRANSVERSAL_LIMIT: Final = 1 << 22
"""Most entries in one transversal: 32 MB."""

_CHUNK: Final = 1 << 19
"""Entries of Schreier generators sifted at once: 4 MB of indices."""


@final
@dataclass(frozen=True, eq=False)
class Level:
    """The orbit of a base point under the stabiliser of the earlier ones, and how it is reached."""

    point: int
    transversal: Numbers  # (K, n), row k sends the point to the k-th point of the orbit
    inverses: Numbers  # (K, n)
    position: Numbers  # (n,), which row reaches a point; -1 outside the orbit


@final
@dataclass(frozen=True, eq=False)
class PermutationGroup:
    """The group that `generators` (g, n) generate; without the identity, each outside the group of the earlier ones."""

    generators: Numbers
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        """Return |G|, the product of the lengths of the orbits."""
        return math.prod(len(level.transversal) for level in self.levels)

    @property
    def base(self) -> Numbers:
        """Return the points that only the identity fixes all."""
        return np.array([level.point for level in self.levels], dtype=np.intp)

    def contains(self, permutations: Numbers) -> npt.NDArray[np.bool_]:
        """Return for each row (m, n) whether it is in the group."""
        return np.asarray((_sift(self.levels, permutations) == np.arange(permutations.shape[1])).all(axis=1))


def group_of_permutations(permutations: Numbers) -> PermutationGroup:
    """Return the group that the rows (m, n) generate, on few of them; LimitError past a limit above."""
    group = PermutationGroup(permutations[:0], ())
    chosen = permutations[:0]
    while True:
        outside = np.flatnonzero(~group.contains(permutations))
        if not len(outside):
            return group
        chosen = np.concatenate([chosen, permutations[outside[:1]]])
        group = PermutationGroup(chosen, _levels(chosen))


def inverse_rows(permutations: Numbers) -> Numbers:
    """Return the inverse of every row (m, n)."""
    inverses = np.empty_like(permutations)
    inverses[np.arange(len(permutations))[:, None], permutations] = np.arange(permutations.shape[1])
    return inverses


def derived_subgroup(group: PermutationGroup) -> PermutationGroup:
    """Return G', the normal closure of the commutators of the generators."""
    inverses = inverse_rows(group.generators)
    commutators = [
        g[h[ig[ih]]]  # the row of h^-1 g^-1 h g
        for g, ig in zip(group.generators, inverses, strict=True)
        for h, ih in zip(group.generators, inverses, strict=True)
    ]
    degree = group.generators.shape[1]
    return normal_closure(group, np.array(commutators, dtype=np.intp).reshape(-1, degree))


def normal_closure(group: PermutationGroup, elements: Numbers) -> PermutationGroup:
    """Return the smallest normal subgroup of the group that holds the elements (m, n)."""
    closure = group_of_permutations(elements)
    inverses = inverse_rows(group.generators)
    while True:
        # g^-1 s g for every generator g of the group and s of the closure.
        conjugates = [g[closure.generators[:, inverse]] for g, inverse in zip(group.generators, inverses, strict=True)]
        candidates = np.concatenate([closure.generators, *conjugates])
        outside = ~closure.contains(candidates)
        if not outside.any():
            return closure
        closure = group_of_permutations(np.concatenate([closure.generators, candidates[outside]]))


def derived_series(group: PermutationGroup) -> Iterator[PermutationGroup]:
    """Yield G, G', G'', ... up to the first that is its own derived subgroup: trivial exactly for solvable G."""
    while True:
        yield group
        derived = derived_subgroup(group)
        if derived.order == group.order:
            return
        group = derived


def perfect_residuum(group: PermutationGroup) -> PermutationGroup:
    """Return the last group of the derived series, the largest perfect subgroup; trivial exactly for solvable G."""
    *_, last = derived_series(group)
    return last


# Schreier and Sims: from the last level up, the Schreier generators of each must sift through the levels below. A
# residue that does not is a new strong generator, and the search goes on at the level whose point it moves.
def _levels(generators: Numbers) -> tuple[Level, ...]:
    """Return the levels of a base and strong generating set."""
    strong = generators
    base = [_moved(strong)]
    levels: list[Level] = [_level(base[0], strong)]
    index, work = 0, 0
    while index >= 0:
        fixing = strong[(strong[:, base[:index]] == base[:index]).all(axis=1)]
        levels[index] = _level(base[index], fixing)
        work += levels[index].transversal.size * len(fixing) * (len(levels) - index)
        if work > WORK_LIMIT:
            what = "entries of Schreier generators to sift"
            raise LimitError(what, limit=WORK_LIMIT)
        residue = _residue(levels, index, fixing)
        if residue is None:
            index -= 1
            continue
        strong = np.concatenate([strong, residue[None]])
        if (residue[base] == base).all():
            base.append(_moved(residue[None]))
            levels.append(_level(base[-1], residue[None]))
        index = int(np.argmax(residue[base] != base))
    return tuple(levels)


def _moved(permutations: Numbers) -> int:
    """Return the first point that some row moves."""
    return int(np.argmax((permutations != np.arange(permutations.shape[1])).any(axis=0)))


# Breadth first from the point; of the products that lead to a new point one is kept for the transversal. A layer is
# one array operation, and the number of layers is the radius of the orbit.
def _level(point: int, generators: Numbers) -> Level:
    """Return the orbit of a point, one breadth-first layer at a time."""
    degree = generators.shape[1]
    position = np.full(degree, -1, dtype=np.intp)
    position[point] = 0
    rows: list[Numbers] = [np.arange(degree)[None]]
    count = 1
    layer = rows[0]
    while len(layer):
        products = generators[:, layer].reshape(-1, degree)
        targets, first = np.unique(products[:, point], return_index=True)
        new = position[targets] < 0
        layer = products[first[new]]
        position[targets[new]] = count + np.arange(len(layer))
        count += len(layer)
        rows.append(layer)
        if count * degree > TRANSVERSAL_LIMIT:
            what = "entries of a transversal"
            raise LimitError(what, limit=TRANSVERSAL_LIMIT)
    transversal = np.concatenate(rows)
    return Level(point, transversal, inverse_rows(transversal), position)


def _residue(levels: list[Level], index: int, generators: Numbers) -> Numbers | None:
    """Return what is left of the first Schreier generator of a level that the levels below do not hold."""
    level = levels[index]
    degree = generators.shape[1]
    size = max(1, _CHUNK // generators.size)
    for start in range(0, len(level.transversal), size):
        products = generators[:, level.transversal[start : start + size]].reshape(-1, degree)
        residues = _sift(levels[index:], products)
        left = (residues != np.arange(degree)).any(axis=1)
        if left.any():
            return np.asarray(residues[np.argmax(left)])
    return None


def _sift(levels: tuple[Level, ...] | list[Level], permutations: Numbers) -> Numbers:
    """Return the rows divided by the transversals, each until it leaves an orbit: the identity exactly for members."""
    rest = permutations
    inside = np.ones(len(rest), dtype=np.bool_)
    for level in levels:
        position = level.position[rest[:, level.point]]
        inside &= position >= 0
        divided = np.take_along_axis(level.inverses[position], rest, axis=1)
        rest = np.where(inside[:, None], divided, rest)
    return rest
