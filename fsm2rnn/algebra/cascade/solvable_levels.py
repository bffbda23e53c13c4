"""A level that turns by a solvable group, as one level per factor of its derived series, each turned by an abelian one.

Let G = G_0 > G_1 > ... > 1 be the derived series of the group of a level, and r_i(.) representatives of G_i in G_{i-1}.
An element g is c_1 c_2 ... read from the right: coset c_1 of g in G_0/G_1, then that of g r_1(c_1)^-1 in G_1/G_2, and
so on. On reading h the first coset is multiplied by h, and what remains is r(c_1) h r(c_1')^-1, an element of G_1 that
the next level is multiplied by; it depends on the cosets before the step alone. So level i is turned by translations of
the abelian group G_{i-1}/G_i, the letter and the levels below it saying by which. The value of the level is the point
that g sends a fixed point of its orbit to; a reset to a value writes the cosets of one g that does, so it takes no
level of its own. Where there are several orbits, a level before says which.

The derived series is the shortest one with abelian factors, so no other choice takes fewer levels for this group.
Source: the wreath product of a series of normal subgroups, Kaloujnine and Krasner, 1951.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import final

from fsm2rnn.algebra.cascade.event_cascade import Cascade, CascadeLevel, Prefix
from fsm2rnn.algebra.cascade.expanded_levels import expanded
from fsm2rnn.algebra.cascade.turning_level import closed_group
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import Permutation, compose

NOT_SOLVABLE = "levels of a cascade whose group is not solvable"


@final
@dataclass(frozen=True, eq=False)
class _Factor:
    """The cosets of one group of a series in the one before: which an element lies in, and a representative of each."""

    coset: Mapping[Permutation, int]
    chosen: tuple[Permutation, ...]

    def turn(self, element: Permutation) -> Permutation:
        """Return how multiplying by an element of the larger group moves the cosets."""
        return tuple(self.coset[compose(one, element)] for one in self.chosen)

    def rest(self, before: int, element: Permutation) -> Permutation:
        """Return what the next factor is multiplied by."""
        after = self.chosen[self.coset[compose(self.chosen[before], element)]]
        return compose(compose(self.chosen[before], element), inverse_permutation(after))


@final
@dataclass(frozen=True, eq=False)
class AbelianSplit:
    """How one level becomes several: the orbit first, if there are several orbits, then the factors."""

    orbit_of: tuple[int, ...]  # per value
    bases: tuple[int, ...]  # per orbit the value that elements are applied to
    factors: tuple[_Factor, ...]
    element_to: tuple[Permutation, ...]  # per value an element that sends the base of its orbit there

    @property
    def sizes(self) -> list[int]:
        """The values of each new level."""
        return [len(self.bases)] * (len(self.bases) > 1) + [len(factor.chosen) for factor in self.factors]

    def coordinates(self, value: int) -> list[int]:
        """Return the values of the new levels that stand for a value, as a reset writes them."""
        element, found = self.element_to[value], []
        for factor in self.factors:
            found.append(factor.coset[element])
            element = compose(element, inverse_permutation(factor.chosen[found[-1]]))
        return [self.orbit_of[value]] * (len(self.bases) > 1) + found

    def value(self, values: Prefix) -> int:
        """Return the value that an orbit and cosets stand for."""
        point = self.bases[values[0] if len(self.bases) > 1 else 0]
        for factor, coset in zip(reversed(self.factors), reversed(self._cosets(values)), strict=True):
            point = factor.chosen[coset][point]
        return point

    def turned(self, values: Prefix, element: Permutation) -> list[Permutation]:
        """Return how the orbit, which stays, and the cosets are turned."""
        found = [tuple(range(len(self.bases)))] * (len(self.bases) > 1)
        for factor, coset in zip(self.factors, self._cosets(values), strict=True):
            found.append(factor.turn(element))
            element = factor.rest(coset, element)
        return found

    def _cosets(self, values: Prefix) -> Prefix:
        return values[len(values) - len(self.factors) :]


def inverse_permutation(permutation: Permutation) -> Permutation:
    """Return the permutation that undoes one."""
    found = [0] * len(permutation)
    for point, image in enumerate(permutation):
        found[image] = point
    return tuple(found)


def derived_groups(group: frozenset[Permutation]) -> list[frozenset[Permutation]]:
    """Return G and its derived groups down to the trivial one; LimitError where one is its own derived group."""
    found = [group]
    while len(found[-1]) > 1:
        members = list(found[-1])
        commutators = {
            compose(compose(inverse_permutation(left), inverse_permutation(right)), compose(left, right))
            for left in members
            for right in members
        }
        found.append(closed_group(commutators))
        if len(found[-1]) == len(found[-2]):
            raise LimitError(NOT_SOLVABLE, limit=0, needed=1)
    return found


def with_abelian_levels(cascade: Cascade) -> Cascade:
    """Return the cascade with each level that turns replaced by levels with abelian groups.

    LimitError for a group that is not solvable, or more than CONTEXT_LIMIT tuples.
    """
    return expanded(cascade, [abelian_split(level) if level.turns else None for level in cascade.levels])


def abelian_split(level: CascadeLevel) -> AbelianSplit:
    """Return how a level that turns is split; LimitError for a group that is not solvable."""
    group = closed_group(level.turns.values())
    orbits: list[int] = []
    orbit_of = [-1] * level.values
    element_to: list[Permutation] = [()] * level.values
    for value in range(level.values):
        if orbit_of[value] < 0:
            for element in sorted(group):
                if orbit_of[element[value]] < 0:
                    orbit_of[element[value]] = len(orbits)
                    element_to[element[value]] = element
            orbits.append(value)
    series = derived_groups(group)
    factors = tuple(_factor(larger, smaller) for larger, smaller in pairwise(series))
    return AbelianSplit(tuple(orbit_of), tuple(orbits), factors, tuple(element_to))


def _factor(larger: frozenset[Permutation], smaller: frozenset[Permutation]) -> _Factor:
    """Return the cosets of a normal subgroup, that of the identity first; the least element stands for each."""
    coset: dict[Permutation, int] = {}
    chosen: list[Permutation] = []
    for element in sorted(larger):
        if element not in coset:
            coset |= {compose(one, element): len(chosen) for one in smaller}
            chosen.append(element)
    return _Factor(coset, tuple(chosen))
