r"""A_x e_j = exp(2 pi i t(x, j)) e_map(x, j): the fewest complex numbers, from characters of subgroups.

As for signs (`monomial`): the letters permute the functions on the states up to numbers of modulus 1, which are roots
of unity as G is finite, so that an orbit of coordinates is Ind(K, lambda) for a character lambda: K -> C^*, with a
cyclic quotient K/L by its kernel L. K = <L, g> for a g in the normaliser of L, and lambda(g) = exp(2 pi i / m) with
m = |K : L|: other powers of it tell the same states apart. The coordinates of the codes are u(g_q r_j^-1) with

    u(h y k) = u(y) lambda(k),

a number for each H y K, and 0 where y k and y lie in one H y L for a k with lambda(k) != 1. The least width is the
least sum of |G : K| over pairs whose generic u tell every other state from the start, a weighted set cover. Where H = 1
those are told apart that are not in the core of L, so that of all (L, K) with one core the widest K is enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import least_cover
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.group_table import GroupTable
from fsm2rnn.algebra.group.subgroup_classes import Mask, SubgroupClass, right_cosets, subgroup_classes
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import LimitError

ORDER_LIMIT: Final = 1024
"""Most elements of a group whose phases are searched: every cyclic quotient of every subgroup is one."""


@final
@dataclass(frozen=True, eq=False)
class PhasePart:
    """Ind(K, lambda) of width n = |G : K|, lambda of order m: number c exp(2 pi i t / m) as class c > 0 and power t."""

    order: int  # m
    maps: Numbers  # (D, n)
    powers: Numbers  # (D, n)
    classes: Numbers  # (Q, n), 0 where u must be 0
    turned: Numbers  # (Q, n)
    blind: Mask  # (Q,), the states that have the code of the start for every u

    @property
    def width(self) -> int:
        """|G : K|."""
        return int(self.maps.shape[1])


@final
@dataclass(frozen=True, eq=False)
class PhaseForm:
    """Parts side by side, and for each the number that u has on every class; `least` of all phases with one code."""

    parts: tuple[PhasePart, ...]
    values: tuple[tuple[int, ...], ...]  # by class, that of 0 first
    least: bool

    @property
    def size(self) -> int:
        """The width in complex numbers."""
        return sum(part.width for part in self.parts)

    @property
    def quarters(self) -> bool:
        """Whether all turns are quarter turns, whose cosines and sines never round."""
        return all(part.order in (1, 2, 4) for part in self.parts)

    def turns(self, symbol: int) -> tuple[Fraction, ...]:
        """Return t(x, j) of all coordinates."""
        return tuple(Fraction(power, part.order) for part in self.parts for power in part.powers[symbol].tolist())


def phase_form(action: GroupAction) -> PhaseForm:
    """Return the narrowest form found; the permutations of the states are one.

    LimitError beyond ORDER_LIMIT elements, or where the subgroups found tell not all states apart.
    """
    order = len(action.group)
    if order > ORDER_LIMIT:
        what = "elements of a group whose phases are searched"
        raise LimitError(what, limit=ORDER_LIMIT, needed=order)
    classes = subgroup_classes(action.group, lambda _: True)
    start, bound = int(action.states[0]), math.inf
    blind = np.ones(int(action.states.max()) + 1, dtype=np.bool_)
    # Of parts that tell the same states apart the first is the narrowest.
    kept: dict[bytes, PhasePart] = {}
    for width, one, generator, count in _pairs(action, classes.found):
        if width >= bound:
            break
        part = _induced(action, one, generator, count)
        if part.blind.tobytes() not in kept:
            kept[part.blind.tobytes()] = part
            blind = blind & part.blind
            if math.isinf(bound) and blind.sum() == 1:
                bound = sum(part.width for part in _cover(list(kept.values()))[0])
    if blind.sum() > 1:
        what = "subgroups that are looked at before all states are told apart"
        raise LimitError(what, limit=len(classes.found))
    parts, minimal = _cover(list(kept.values()))
    return PhaseForm(parts, _values(parts, start), classes.complete and minimal)


def _cover(parts: list[PhasePart]) -> tuple[tuple[PhasePart, ...], bool]:
    """Return parts of least total width that tell all states from the start, as all together do."""
    blind = np.array([part.blind for part in parts])
    weights, loads = np.array([part.width for part in parts]), np.zeros((len(parts), 0), dtype=np.int64)
    found = least_cover(~blind[:, ~blind.all(axis=0)], weights, loads, fewest=1, most=len(parts))
    if found is None:
        return tuple(parts), False
    return tuple(parts[member] for member in found.members), found.minimal


def _pairs(action: GroupAction, classes: Sequence[SubgroupClass]) -> Iterator[tuple[int, SubgroupClass, int, int]]:
    """Yield |G : K|, the class of L, g with K = <L, g> and m = |K : L|, by rising |G : K|."""
    order = len(action.group)
    every = (
        (order // (len(one.members) * count), place, generator, count)
        for place, one in enumerate(classes)
        for generator, count in _quotients(action.group, one)
    )
    for width, place, generator, count in sorted(every):
        yield width, classes[place], generator, count


def _quotients(table: GroupTable, one: SubgroupClass) -> Iterator[tuple[int, int]]:
    """Yield a generator and the order of every cyclic subgroup of N(L)/L, the trivial one by the unit element 0."""
    inside = np.zeros(len(table), dtype=np.bool_)
    inside[one.members] = True
    seen = set[bytes]()
    for element in _distinct(table.columns[one.normaliser][:, one.members].min(axis=1)):
        power, members = element, [one.members]
        while not inside[power]:
            members.append(table.columns[power, one.members])
            power = int(table.columns[element, power])
        key = np.sort(np.concatenate(members)).tobytes()
        if key not in seen:
            seen.add(key)
            yield (element if len(members) > 1 else 0), len(members)


def _distinct(places: Numbers) -> list[int]:
    """Return the different numbers, none below 0, by rising size; np.unique would load numpy's masked arrays."""
    found: list[int] = np.flatnonzero(np.bincount(places.ravel())).tolist()
    return found


def _induced(action: GroupAction, one: SubgroupClass, generator: int, order: int) -> PhasePart:
    columns, kernel = action.group.columns, one.members
    stabiliser = np.flatnonzero(action.stabiliser)
    double = columns[kernel].min(axis=0)[columns[:, stabiliser]].min(axis=1)  # the least of H y L, for every y
    power_of, doubles = np.full(len(columns), -1), np.zeros((order, len(columns)), dtype=np.int64)
    shifted: Numbers = np.arange(len(columns))  # y g^power
    for power in range(order):
        power_of[columns[shifted[0], kernel]] = power
        doubles[power] = double[shifted]
        shifted = columns[generator, shifted]
    least = doubles.min(axis=0)
    exponent = doubles.argmin(axis=0)
    zero = (doubles == least).sum(axis=0) > 1
    classes, turned = np.where(zero, 0, least + 1), np.where(zero, 0, -exponent % order)
    representatives, coset = right_cosets(action.group, np.flatnonzero(power_of >= 0))
    inverses = np.argmin(columns[:, representatives], axis=0)
    _, elements = np.unique(action.states, return_index=True)
    places = columns[inverses[:, None], elements].T  # g_q r_j^-1
    classes, turned = classes[places], turned[places]
    moved = columns[action.letters][:, representatives]
    maps = coset[moved]
    powers = power_of[columns[inverses[maps], moved]]  # r_j x = k r_i
    start = action.states[0]
    blind = ((classes == classes[start]) & (turned == turned[start])).all(axis=1)
    return PhasePart(order, maps, powers, classes, turned, blind)


def _values(parts: Sequence[PhasePart], start: int) -> tuple[tuple[int, ...], ...]:
    """Return small numbers for the classes, most of them 0, with which all states are told from the start."""
    values = [np.zeros(int(part.classes.max()) + 1, dtype=np.int64) for part in parts]
    every = [(number, place) for number, part in enumerate(parts) for place in _distinct(part.classes) if place]
    # The classes that the start's code meets come first: that of 1 alone gives a unit vector.
    every.sort(key=lambda one: one[1] not in parts[one[0]].classes[start])
    for value, (number, place) in enumerate(every, start=1):
        if np.count_nonzero(_like_start(parts, values, start)) == 1:
            break
        values[number][place] = value
    return tuple(tuple(row.tolist()) for row in values)


def _like_start(parts: Sequence[PhasePart], values: Sequence[Numbers], start: int) -> Mask:
    """Return the states that have the code of the start."""
    alike = np.ones(len(parts[0].classes), dtype=np.bool_)
    for part, row in zip(parts, values, strict=True):
        codes = row[part.classes]
        turned = np.where(codes == 0, 0, part.turned)
        alike &= ((codes == codes[start]) & (turned == turned[start])).all(axis=1)
    return alike
