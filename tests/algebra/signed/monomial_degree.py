"""The least degree of a faithful transitive monomial representation over C, by all classes of subgroups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.group.group_table import GroupTable
from fsm2rnn.algebra.group.subgroup_classes import SubgroupClass, subgroup_classes
from fsm2rnn.algebra.letters.letter_maps import Numbers


@final
@dataclass(frozen=True, eq=False)
class MonomialDegree:
    """|G : K|, where a linear character of K with this kernel induces a faithful representation of G."""

    degree: int
    subgroup: Numbers  # K
    kernel: Numbers
    least: bool  # whether no transitive monomial representation over C that is faithful has a smaller degree


def least_monomial_degree(table: GroupTable) -> MonomialDegree:
    """Return the least |G : K| with a linear character of K whose kernel L has trivial core.

    K / L is cyclic, so the least is that of |G : L| / max ord(g L) over L with trivial core and g in its normaliser.
    """
    classes = subgroup_classes(table, lambda found: len(found.core) == 1)
    degrees = []
    for place, found in enumerate(classes.found):
        if len(found.core) == 1:
            element, order = _longest(table, found)
            degrees.append((len(table) // (len(found.members) * order), place, element))
    degree, place, element = min(degrees)
    kernel = classes.found[place].members
    powers = [0]
    while (power := int(table.columns[element, powers[-1]])) not in kernel:
        powers.append(power)
    subgroup = np.sort(table.columns[kernel[:, None], powers].ravel())
    return MonomialDegree(degree, subgroup, kernel, classes.complete)


def _longest(table: GroupTable, found: SubgroupClass) -> tuple[int, int]:
    """Return an element of the normaliser of largest order modulo the subgroup, and that order."""
    inside = np.zeros(len(table), dtype=np.bool_)
    inside[found.members] = True
    left = powers = found.normaliser
    order = 1
    while len(still := np.flatnonzero(~inside[powers])):
        left, order = left[still], order + 1
        powers = table.product(powers[still], left)
    return int(left[0]), order
