"""N:H, a normal subgroup N with a complement H: groups of order below 64 that have no shorter name, spelled as in GAP.

G = N H with N normal and only 1 in common. N:H does not say how H moves N, so that two groups may have one such name,
as in GAP (C5:C8, where C8 moves C5 in steps of order 2 or 4). Which N is taken is settled by a rule, so that isomorphic
groups have one name: N and H both abelian before H abelian before others, then N and H of coprime orders, then H as
small as possible; of those left N a direct product, then the one with the shortest name, and the last of the shortest
by their letters. All complements of N are G/N. The rule gives GAP's names wherever one of these forms is GAP's.

Inside such a name groups are spelled as GAP spells them: Cn is cyclic, D2n has 2n elements.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.group.group_table import (
    GroupTable,
    abelian_invariants,
    direct_factors,
    normal_subgroups,
    restricted,
    subgroup_mask,
)

Mask: TypeAlias = npt.NDArray[np.bool_]
Known: TypeAlias = Callable[[GroupTable], str | None]
"""The catalogue's name of a group that is not abelian, if it has one."""

ORDERS: Final = frozenset(range(1, 64)) - {32}
"""Orders whose groups are named so: the tests compare the names of all their groups with GAP's."""
_SPELLED_ALIKE: Final = ("S", "A", "Q", "GL", "PSL")
_DIHEDRAL: Final = "Dih("


def split_name(table: GroupTable, known: Known) -> str | None:
    """Return N:H by the rule; None where no complement was found or the order is not among ORDERS."""
    if len(table) not in ORDERS:
        return None
    derived = _derived(table)
    proper = (mask for mask in normal_subgroups(table) if 1 < mask.sum() < len(table))
    ranked = sorted(((_rank(table, mask, derived), mask) for mask in proper), key=lambda pair: pair[0])
    for _, alike in itertools.groupby(ranked, key=lambda pair: pair[0]):
        names = [name for _, mask in alike if (name := _name(table, mask, known)) is not None]
        if names:
            return max(names)[-1]
    return None


def _derived(table: GroupTable) -> Mask:
    """Return the subgroup of the commutators g^-1 h^-1 g h."""
    inverse = np.argmax(table.columns == 0, axis=0)
    left, right = np.meshgrid(np.arange(len(table)), np.arange(len(table)))
    commutators = table.product(inverse[left], inverse[right], left, right)
    return subgroup_mask(table, np.unique(commutators).tolist())


def _rank(table: GroupTable, normal: Mask, derived: Mask) -> tuple[bool, bool, bool, int]:
    """Return how late N comes in the rule: N and G/N abelian, G/N abelian, |N| and |G/N| coprime, small G/N."""
    size = int(normal.sum())
    moved = not (normal | ~derived).all()
    return not restricted(table, normal).commutative or moved, moved, math.gcd(size, len(table) // size) > 1, -size


def _name(table: GroupTable, normal: Mask, known: Known) -> tuple[bool, int, str] | None:
    """Return N:H, preceded by what decides among N of one rank: direct products first, then the length."""
    complement = _complement(table, normal)
    if complement is None:
        return None
    first, second = (gap_name(restricted(table, mask), known) for mask in (normal, complement))
    if first is None or second is None:
        return None
    return "x" in first and ":" not in first, -len(first), f"{_bracketed(first)}:{_bracketed(second)}"


def gap_name(table: GroupTable, known: Known) -> str | None:
    """Return the name of a group as GAP would spell it, None where it has none here."""
    if table.commutative:
        everything = np.arange(len(table))
        invariants = abelian_invariants(len(table), lambda prime: table.power(everything, prime))
        return "x".join(f"C{order}" for order in reversed(invariants)) or "1"
    name = known(table)
    if name is not None and name.startswith(_DIHEDRAL):
        return f"D{len(table)}"
    if name is not None and name.startswith(_SPELLED_ALIKE):
        return name
    factors = direct_factors(table)
    if factors is None:
        return split_name(table, known)
    names = [gap_name(factor, known) for factor in factors]
    return None if None in names else "x".join(sorted(_bracketed(one) for one in names if one is not None))


def _bracketed(name: str) -> str:
    """Return the name, in brackets if it is a product."""
    return f"({name})" if "x" in name or ":" in name else name


def _complement(table: GroupTable, normal: Mask) -> Mask | None:
    """Return a complement on one or two generators, None where there is none; quotients here have no more."""
    order = len(table) // int(normal.sum())
    outside = [g for g in np.flatnonzero(~normal).tolist() if _meets_trivially(table, [g], normal, order) is not None]
    for generators in itertools.chain(itertools.combinations(outside, 1), itertools.combinations(outside, 2)):
        found = _meets_trivially(table, list(generators), normal, order)
        if found is not None and int(found.sum()) == order:
            return found
    return None


def _meets_trivially(table: GroupTable, generators: list[int], normal: Mask, order: int) -> Mask | None:
    """Return the subgroup of these generators where it meets N in 1 alone and has at most that order."""
    found = subgroup_mask(table, generators)
    return found if int((found & normal).sum()) == 1 and int(found.sum()) <= order else None
