"""A finite group by its multiplication table: orders, classes, normal subgroups, direct factors."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.distinct import occurring
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.algebra.monoid.permutation_group import PermutationGroup
from fsm2rnn.algebra.monoid.row_orbit import row_orbit

CLASS_LIMIT: Final = 64
"""Most conjugacy classes of a group whose direct factors are looked for: any two normal subgroups may have a join."""
SUBGROUP_LIMIT: Final = 100
"""Most normal subgroups among which they are looked for: all pairs are compared."""


@final
@dataclass(frozen=True, eq=False)
class GroupTable:
    """columns[h, g] = g h on the elements 0 .. N-1 with identity 0."""

    columns: Numbers  # (N, N)

    def __len__(self) -> int:
        """Return the order of the group."""
        return len(self.columns)

    @property
    def commutative(self) -> bool:
        """Whether the group is abelian."""
        return np.array_equal(self.columns, self.columns.T)

    def product(self, *factors: Numbers) -> Numbers:
        """Return the products, entry by entry and broadcast, left to right."""
        result = factors[0]
        for factor in factors[1:]:
            result = self.columns[factor, result]
        return result

    def power(self, elements: Numbers, exponent: int) -> Numbers:
        """Return element^exponent for every entry; exponent >= 0."""
        result = np.zeros_like(elements)
        for digit in f"{exponent:b}":
            result = self.product(result, result)
            if digit == "1":
                result = self.product(result, elements)
        return result

    def has_order(self, elements: Numbers, prime: int) -> npt.NDArray[np.bool_]:
        """Return for every entry whether its order is that prime."""
        return np.asarray((elements != 0) & (self.power(elements, prime) == 0))

    def inverse(self, element: int) -> int:
        """Return the inverse of one element."""
        return int(np.argmax(self.columns[:, element] == 0))


def group_table(group: PermutationGroup) -> GroupTable:
    """Return the table of a permutation group, elements known by the images of a base; |G|^2 steps."""
    if group.order == 1:
        return GroupTable(np.zeros((1, 1), dtype=np.intp))
    orbit = row_orbit(group.generators, group.base, limit=group.order)
    columns = np.empty((len(orbit.rows), len(orbit.rows)), dtype=np.intp)
    columns[0] = np.arange(len(columns))
    # Right multiplication by h x is that by h, then that by x.
    for element in range(1, len(columns)):
        columns[element] = orbit.graph[columns[orbit.parents[element]], orbit.letters[element]]
    return GroupTable(columns)


def abelian_invariants(order: int, power_map: Callable[[int], Numbers]) -> tuple[int, ...]:
    """Return n_1 | n_2 | ... | n_k, all above 1, with G = Z_{n_1} x ... x Z_{n_k}, for an abelian group.

    power_map(p)[g] = g^p on 0 .. N-1 with identity 0. The number of cyclic factors of order p^i or more in the
    p-part is log_p of |{g: g^(p^i) = 1}| / |{g: g^(p^(i-1)) = 1}|.
    """
    invariants: list[int] = []
    for prime in prime_factors(order):
        step = power_map(prime)
        powers, killed, place = step, 1, 0
        while (now := int(np.count_nonzero(powers == 0))) > killed:
            ratio, place = now // killed, 0
            while ratio > 1:
                ratio //= prime
                if place == len(invariants):
                    invariants.append(1)
                invariants[place] *= prime
                place += 1
            powers, killed = step[powers], now
    return tuple(reversed(invariants))


def classes(table: GroupTable) -> list[list[int]]:
    """Return the conjugacy classes, members rising, in the order of their first members."""
    generators = _generators(table)
    everything = np.arange(len(table))
    maps = [table.product(np.full(len(table), table.inverse(g)), everything, np.array(g)) for g in generators]
    if not maps:
        return [[element] for element in range(len(table))]
    return sorted(strong_components(np.stack(maps, axis=1).tolist()))


def direct_factors(table: GroupTable) -> tuple[GroupTable, GroupTable] | None:
    """Return A, B with G = A x B, A as small as possible, or None where none were found within the limits.

    Two normal subgroups with A B = G that meet in the identity commute element by element, so G = A x B.
    """
    normal = normal_subgroups(table)
    for left, right in itertools.product(normal, repeat=2):
        counts = int(left.sum()), int(right.sum())
        if 1 < counts[0] <= counts[1] and counts[0] * counts[1] == len(table) and (left & right).sum() == 1:
            return restricted(table, left), restricted(table, right)
    return None


# A normal subgroup is generated by whole classes, so it is a join of those that single classes generate. The joins
# with one of these are taken until nothing new comes.
def normal_subgroups(table: GroupTable) -> list[npt.NDArray[np.bool_]]:
    """Return the normal subgroups, small ones first: all joins of those that one class generates."""
    found = classes(table)
    if len(found) > CLASS_LIMIT:
        return []
    known = {mask.tobytes(): mask for mask in (subgroup_mask(table, members) for members in found)}
    minimal = list(known.values())
    queue = list(minimal)
    for mask in queue:
        for other in minimal:
            joined = subgroup_mask(table, [*np.flatnonzero(mask).tolist(), *np.flatnonzero(other).tolist()])
            if joined.tobytes() not in known:
                known[joined.tobytes()] = joined
                queue.append(joined)
        if len(known) > SUBGROUP_LIMIT:
            return []
    return sorted(known.values(), key=lambda mask: int(mask.sum()))


def subgroup_mask(table: GroupTable, members: list[int]) -> npt.NDArray[np.bool_]:
    """Return the subgroup that the members generate, as a mask."""
    mask = np.zeros(len(table), dtype=np.bool_)
    mask[0] = True
    chosen: list[int] = []
    for member in members:
        if not mask[member]:
            chosen.append(member)
            frontier: Numbers = np.flatnonzero(mask)
            while len(frontier):
                reached = occurring(table.columns[chosen][:, frontier], len(table))
                frontier = reached[~mask[reached]]
                mask[frontier] = True
    return mask


def _generators(table: GroupTable) -> list[int]:
    """Return few elements that generate the group."""
    chosen: list[int] = []
    while not (mask := subgroup_mask(table, chosen)).all():
        chosen.append(int(np.argmin(mask)))
    return chosen


def restricted(table: GroupTable, mask: npt.NDArray[np.bool_]) -> GroupTable:
    """Return the subgroup of a mask, renumbered."""
    members = np.flatnonzero(mask)
    return GroupTable(np.searchsorted(members, table.columns[np.ix_(members, members)]))


def prime_factors(number: int) -> list[int]:
    """Return the prime divisors of a positive number, rising."""
    primes = []
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            primes.append(divisor)
            while number % divisor == 0:
                number //= divisor
        divisor += 1
    return [*primes, number] if number > 1 else primes
