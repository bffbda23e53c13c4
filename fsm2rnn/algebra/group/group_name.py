"""The transition group of a permutation machine: its order, and its name as the catalogue reads it, where certain.

| name | what is shown |
|---|---|
| Zn, V4, Z2xZ4, ... | letters commute; the invariant factors count the roots of 1 |
| Sn, An | all, or half of all, permutations of the n states: the one subgroup of index 2 of Sn is An |
| S3 | order 6, not abelian |
| Dih(n), Q8, Qn, Dic(n), C3:C4, QDn, Fn, SL(2,p), GL(2,3) | two elements and their relations: `presented_groups` |
| M11, M12 | degree and order of a transitive group |
| Sn, n <= 7 | order n!, and involutions t_1, ..., t_(n-1), t_i t_j of order 3 for adjacent i, j, else 2 |
| An, n <= 7 | order n!/2, and x_1, ..., x_(n-2) of order 3 with all x_i x_j of order 2 |
| PSL(2,p) | order p (p^2 - 1) / 2, S of order p, T of order 2, (S T)^3 = (S^2 T S^((p+1)/2) T)^3 = 1 |
| G x H | normal subgroups G, H of these names with G H all and only 1 in common |
| N:H | orders below 64 but 32: a normal subgroup N with a complement H, by the rule of `split_extensions` |

The relations for Sn, An and PSL(2,p) present these groups (H. Coxeter; R. Carmichael; J. Sunday, 1972); the tests
enumerate the cosets for the degrees used. So elements that satisfy them generate an image of the group, and the
image is the group, since no kernel but 1 is left: a normal subgroup other than 1 holds S (PSL(2,p) is simple), x_1
or, for n = 4, x_1 x_2 (An), and t_1 t_2 or, for n = 4, t_1 t_3 (Sn), none of which is 1. The orders being equal,
the image is all of the transition group.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.group.group_table import GroupTable, abelian_invariants, classes, direct_factors, group_table
from fsm2rnn.algebra.group.presented_groups import SHOWN
from fsm2rnn.algebra.group.split_extensions import split_name
from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers, letter_maps
from fsm2rnn.algebra.monoid.few_points import FewPoints
from fsm2rnn.algebra.monoid.permutation_group import PermutationGroup, group_of_permutations
from fsm2rnn.algebra.monoid.regular_action import is_regular
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

TABLE_LIMIT: Final = 1_100
"""Most elements of a group that is named by its multiplication table: PSL(2,13), the largest group looked for, has
1,092."""
DEGREES: Final = (4, 5, 6, 7)
"""Degrees of symmetric and alternating groups found by their relations."""
NATURAL: Final = 100
"""Largest degree at which the group of all permutations is recognised by its order: 158 digits."""
PRIMES: Final = (7, 11, 13)
"""Fields of projective groups found by their relations."""
MATHIEU: Final = {(11, 7_920): "M11", (12, 7_920): "M11", (12, 95_040): "M12"}
"""Degree and order of the transitive groups of M11 and M12: no other transitive group shares them.

An order that 11 divides makes one of degree 11 or 12 primitive, since no block system of degree 12 is permuted with
order 11; the primitive groups of these degrees have been known since C. Jordan (1872) and F. Cole (1893).
"""

_LETTER_WORK: Final = 1 << 24
"""Entries compared to see that letters commute: a fraction of a second."""


@final
@dataclass(frozen=True)
class TransitionGroup:
    """The order of a machine's transition group and its name, "order N" where none is certain.

    Both are None for a machine whose letters do not permute its states, and where the order is not found.
    """

    name: str | None
    order: int | None


def transition_group(machine: StateMachine, points: Callable[[], FewPoints | None] | None = None) -> TransitionGroup:
    """Return the group that the letters generate on the states, all of which must be reachable.

    Where the group is too large for a base and strong generators it is known by its regular action, and by the few
    points that `points` finds for it, or not at all.
    """
    letters = letter_maps(machine)
    if not letters.permutation:
        return TransitionGroup(None, None)
    if letters.maps.size * len(letters.maps) <= _LETTER_WORK and letters.commutative:
        return TransitionGroup(_abelian_name(_regular_invariants(letters, machine.start)), len(machine.states))
    try:
        group = group_of_permutations(letters.maps)
    except LimitError:
        few = None if points is None else points()
        if few is not None:
            return TransitionGroup(_name_on_orbits(few), len(machine.states))
        order = len(machine.states) if is_regular(letters.maps, machine.start) else None
        return TransitionGroup(None if order is None else f"order {order}", order)
    return TransitionGroup(_name(group, len(machine.states)), group.order)


def _name_on_orbits(few: FewPoints) -> str:
    """Return the name of a group on few points; the product of those on the orbits where the orders multiply to it."""
    groups, first = list[PermutationGroup](), 0
    for width in few.widths:
        groups.append(group_of_permutations(few.maps[:, first : first + width] - first))
        first += width
    found = [_names(group, width) for group, width in zip(groups, few.widths, strict=True)]
    factors = [names for names in found if names is not None]
    order = len(few.permutations)
    if len(factors) < len(found) or math.prod(group.order for group in groups) != order:
        return f"order {order}"
    return _joined(
        [name for names, _ in factors for name in names], [order for _, cyclic in factors for order in cyclic]
    )


def _name(group: PermutationGroup, states: int) -> str:
    factors = _names(group, states)
    return f"order {group.order}" if factors is None else _joined(*factors)


def _names(group: PermutationGroup, states: int) -> tuple[list[str], list[int]] | None:
    """Return the names of the factors of a transitive group, and the orders of cyclic ones; None where one has none."""
    full = math.factorial(states) if states <= NATURAL else 0
    if states > 2 and group.order in {full, full // 2} and group.order > 3:  # these are abelian
        return [f"{'S' if group.order == full else 'A'}{states}"], []
    mathieu = MATHIEU.get((states, group.order))
    if mathieu is not None:
        return [mathieu], []
    return _factor_names(group_table(group)) if group.order <= TABLE_LIMIT else None


def _regular_invariants(letters: LetterMaps, start: int) -> tuple[int, ...]:
    """Return the invariant factors of a transitive abelian group, which acts regularly: g is the state start g."""
    degree = letters.maps.shape[1]
    order, came = [start], {start: (start, 0)}
    for state in order:
        for letter, target in enumerate(letters.maps[:, state].tolist()):
            if target not in came:
                came[target] = (state, letter)
                order.append(target)
    place = np.empty(degree, dtype=np.intp)
    place[order] = np.arange(degree)

    def power_map(prime: int) -> Numbers:
        powers: Numbers = np.broadcast_to(np.arange(degree), letters.maps.shape)
        for _ in range(prime):
            powers = np.take_along_axis(letters.maps, powers, axis=1)
        images = {start: start}
        # (g x)^p = g^p x^p.
        for state in order[1:]:
            before, letter = came[state]
            images[state] = int(powers[letter, images[before]])
        return place[[images[state] for state in order]]

    return abelian_invariants(degree, power_map)


def _factor_names(table: GroupTable) -> tuple[list[str], list[int]] | None:
    """Return the names of the factors that are not abelian and the orders of cyclic ones; None where one has none."""
    if table.commutative:
        everything = np.arange(len(table))
        return [], list(abelian_invariants(len(table), lambda prime: table.power(everything, prime)))
    name = _shown(table)
    if name is not None:
        return [name], []
    factors = direct_factors(table)
    if factors is None:
        name = split_name(table, _shown)
        return None if name is None else ([name], [])
    left, right = _factor_names(factors[0]), _factor_names(factors[1])
    return None if left is None or right is None else (left[0] + right[0], left[1] + right[1])


def _joined(names: list[str], cyclic: list[int]) -> str:
    """Return the direct product of named and cyclic groups, the latter by invariant factors."""
    invariants: list[int] = []
    for order in cyclic:
        rest = order
        # Z_m x Z_n = Z_gcd x Z_lcm, from the largest factor down.
        for place, known in enumerate(invariants):
            invariants[place], rest = math.lcm(known, rest), math.gcd(known, rest)
        invariants.append(rest)
    moving = tuple(sorted(order for order in invariants if order > 1))
    parts = [*sorted(names), *([_abelian_name(moving)] if moving else [])]
    return parts[0] if len(parts) == 1 else "x".join(f"({name})" if _is_split(name) else name for name in parts)


def _is_split(name: str) -> bool:
    """Whether a name is N:H and no name of the catalogue, which has C3:C4."""
    return ":" in name and name != "C3:C4"


def _abelian_name(invariants: tuple[int, ...]) -> str:
    if invariants == (2, 2):
        return "V4"
    return "x".join(f"Z{order}" for order in invariants) or "Z1"


def _shown(table: GroupTable) -> str | None:
    """Return the catalogue's name of a group that is not abelian and no product."""
    return next((name for test in _TESTS if (name := test(table)) is not None), None)


def _symmetric_three(table: GroupTable) -> str | None:
    return "S3" if len(table) == math.factorial(3) else None


def _symmetric(table: GroupTable) -> str | None:
    degree = next((degree for degree in DEGREES if math.factorial(degree) == len(table)), None)
    if degree is None:
        return None
    members, starts = _of_order(table, 2)
    products = table.product(members[:, None], members[None])
    three, two = table.has_order(products, 3), table.has_order(products, 2)
    everything = np.ones(len(members), dtype=np.bool_)
    return f"S{degree}" if any(_chain(start, everything, three, two, degree - 2) for start in starts) else None


def _of_order(table: GroupTable, prime: int) -> tuple[Numbers, list[int]]:
    """Return the elements of that order, and the places among them of one for each conjugacy class."""
    members = np.flatnonzero(table.has_order(np.arange(len(table)), prime))
    firsts = {int(found[0]) for found in classes(table)}
    return members, [place for place, member in enumerate(members.tolist()) if member in firsts]


def _chain(
    last: int, free: npt.NDArray[np.bool_], three: npt.NDArray[np.bool_], two: npt.NDArray[np.bool_], missing: int
) -> bool:
    """Whether `missing` involutions more follow the last one; the free ones commute with all before it."""
    return missing == 0 or any(
        _chain(new, free & two[last], three, two, missing - 1) for new in np.flatnonzero(free & three[last]).tolist()
    )


def _alternating(table: GroupTable) -> str | None:
    degree = next((degree for degree in DEGREES if math.factorial(degree) == 2 * len(table)), None)
    if degree is None:
        return None
    members, starts = _of_order(table, 3)
    two = table.has_order(table.product(members[:, None], members[None]), 2)
    return f"A{degree}" if any(_clique(two[start], two, degree - 3) for start in starts) else None


def _clique(allowed: npt.NDArray[np.bool_], joined: npt.NDArray[np.bool_], missing: int) -> bool:
    """Whether `missing` of the allowed elements are joined pairwise."""
    return missing == 0 or any(
        _clique(allowed & joined[new], joined, missing - 1) for new in np.flatnonzero(allowed).tolist()
    )


def _projective(table: GroupTable) -> str | None:
    prime = next((prime for prime in PRIMES if prime * (prime**2 - 1) == 2 * len(table)), None)
    everything = np.arange(len(table))
    shifts = everything[:0] if prime is None else np.flatnonzero(table.has_order(everything, prime))
    if prime is None or not len(shifts):
        return None
    inversions = np.flatnonzero(table.has_order(everything, 2))
    shift = np.full(len(inversions), shifts[0])
    first = table.product(shift, inversions)
    second = table.product(table.power(shift, 2), inversions, table.power(shift, (prime + 1) // 2), inversions)
    fits = (table.power(first, 3) == 0) & (table.power(second, 3) == 0)
    return f"PSL(2,{prime})" if fits.any() else None


_TESTS: Final[tuple[Callable[[GroupTable], str | None], ...]] = (
    _symmetric_three,
    *SHOWN,
    _symmetric,
    _alternating,
    _projective,
)
