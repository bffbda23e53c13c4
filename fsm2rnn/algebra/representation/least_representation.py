r"""min dim W, W a representation of G over R, C or Q with a vector v in W^H whose stabiliser is H: one code per state.

The states are the cosets H g, and h <- A_x h with A_w h_0 injective on states is v g^-1 in a representation W (on the
span of the codes), H the stabiliser of v. A vector of W^H is stabilised by more than H exactly if it lies in W^K for a
minimal overgroup K > H. The field is infinite, so some v avoids the finitely many W^K exactly if all are proper
subspaces of W^H. With W = sum_i m_i W_i that asks for an i with dim W_i^K < dim W_i^H for each K: multiplicities
do not help, and the least W is a weighted cover of the overgroups by irreducible representations of the field.

Irreducibles over R have the characters chi, chi + conj chi, 2 chi for indicator 1, 0, -1; over Q m times the sum of a
Galois orbit, m the Schur index. Over Q means over Z: the sum of the images of Z^n under the group is an invariant
lattice. Where bounds on m do not meet, the upper multiple is used: the least dimension is proved if the lower agree.

Abelian groups (H = 1, since the group is abelian, transitive and faithful) need no search. With invariant factors n_i,
characters are faithful together iff they generate the dual, which needs one for each n_i over C. Over R let a of them
have order at most 2 and b more; the dual modulo its elements of order at most 2 needs #{n_i > 2} generators, so
a + 2 b >= #{n_i} + #{n_i > 2}. Over Q a character of order n costs phi(n), multiplicative over the primary parts of
the character. Characters whose l-parts generate a group with primary factors l^a count at least as many of order >= l^a
as there are factors >= l^a, so these parts cost no less than phi of the factors; a product of numbers >= 2 is no less
than their sum, and phi(2) = 1 is free beside an odd part. So the least is the sum of phi over the primary factors
other than 2, and 1 for each factor 2 beyond the number of odd ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import CoveringSet, Mask, least_cover
from fsm2rnn.algebra.distinct import occurring
from fsm2rnn.algebra.group.character_numbers import (
    SchurIndex,
    conjugates,
    degrees,
    eigenvalue_one_multiplicities,
    fixed_dimensions,
    galois_orbits,
    indicators,
    schur_index,
)
from fsm2rnn.algebra.group.characters import CharacterTable, abelian_coordinates, inverses, product_mod
from fsm2rnn.algebra.group.group_action import GroupAction, overgroup_counts
from fsm2rnn.algebra.letters.letter_maps import Numbers

SUMMANDS: Final = 3
"""Most irreducible summands of a representation with few reflections: n_h adds up over them."""


@final
@dataclass(frozen=True)
class Summand:
    """An irreducible representation over R, C or Q: its complex character is `multiplicity` times the sum of `rows`.

    `least_dimension` is smaller than `dimension` where the Schur index is between two bounds; then `multiplicity` is
    the upper one, and the representation is one or several copies of the irreducible one.
    """

    rows: tuple[int, ...]
    multiplicity: int
    dimension: int
    least_dimension: int


@final
@dataclass(frozen=True)
class LeastRepresentation:
    """Irreducible summands, each once, whose sum has one code per state; `minimal` where no smaller dimension does."""

    summands: tuple[Summand, ...]
    minimal: bool
    reason: str

    @property
    def dimension(self) -> int:
        """The dimension over the field."""
        return sum(summand.dimension for summand in self.summands)


@final
@dataclass(frozen=True)
class LeastReflections:
    """n_h = max_x rank(I - A_x) over the letters: reflections per letter (E. Cartan, J. Dieudonne, P. Scherk).

    `minimal` where no orthogonal representation with at most `most` irreducible summands and one code per state has a
    smaller n_h, or as small a one in a smaller dimension.
    """

    summands: tuple[Summand, ...]
    ranks: tuple[int, ...]  # per letter
    most: int
    minimal: bool

    @property
    def reflections(self) -> int:
        """The most of any letter."""
        return max(self.ranks, default=0)

    @property
    def dimension(self) -> int:
        """The real dimension."""
        return sum(summand.dimension for summand in self.summands)


def complex_summands(table: CharacterTable) -> tuple[Summand, ...]:
    """Return the irreducible representations over C."""
    return tuple(Summand((row,), 1, degree, degree) for row, degree in enumerate(degrees(table).tolist()))


def real_summands(table: CharacterTable) -> tuple[Summand, ...]:
    """Return the irreducible representations over R, by their first rows."""
    found = []
    rows = zip(indicators(table).tolist(), conjugates(table).tolist(), degrees(table).tolist(), strict=True)
    for row, (indicator, conjugate, degree) in enumerate(rows):
        if conjugate >= row:
            copies, members = (2 if indicator == -1 else 1), ((row,) if conjugate == row else (row, conjugate))
            dimension = copies * len(members) * degree
            found.append(Summand(members, copies, dimension, dimension))
    return tuple(found)


def rational_summands(table: CharacterTable) -> tuple[Summand, ...]:
    """Return the irreducible representations over Q, by their first rows; over Z there are none smaller."""
    found = []
    for orbit in galois_orbits(table):
        width = len(orbit) * int(table.values[orbit[0], 0])
        index = schur_index(table, orbit[0]) if table.values[orbit[0], 0] > 1 else SchurIndex(1, 1)
        found.append(Summand(orbit, index.upper, index.upper * width, index.lower * width))
    return tuple(found)


def least_complex(table: CharacterTable, action: GroupAction) -> LeastRepresentation:
    """Return the least representation over C; for minimal = False the reason says what was not decided."""
    summands = complex_summands(table)
    if _regular_abelian(action):
        reason = "as many characters generate the dual of the group as it has invariant factors, and no fewer"
        return _of_exponents(action, summands, np.eye(_rank(action), dtype=np.int64), reason)
    return _least(table, action, summands, "complex")


def least_real(table: CharacterTable, action: GroupAction, widest: int | None = None) -> LeastRepresentation:
    """Return the least representation over R; for minimal = False the reason says what was not decided.

    Where `widest` is given no summand has a larger dimension; the caller knows that these do.
    """
    summands = [item for item in real_summands(table) if widest is None or item.dimension <= widest]
    if _regular_abelian(action):
        reason = "each invariant factor 2 of the group needs one real dimension, each other one two"
        return _of_exponents(action, summands, np.eye(_rank(action), dtype=np.int64), reason)
    return _least(table, action, summands, "real")


def least_block(table: CharacterTable, action: GroupAction) -> int:
    """Return the least b for which irreducible representations of dimension at most b over R have distinct codes."""
    summands = real_summands(table)
    covers, dimensions = _covers(table, action, summands), _dimensions(summands)
    for block in sorted(set(dimensions.tolist())):  # np.unique would load masked arrays, 13 ms
        if covers[dimensions <= block].any(axis=0).all():
            return int(block)
    return int(dimensions.max())


def least_rational(table: CharacterTable, action: GroupAction) -> LeastRepresentation:
    """Return the least representation over Q, equally over Z; for minimal = False the reason says what is open."""
    summands = rational_summands(table)
    if _regular_abelian(action):
        reason = "phi(q) dimensions for each primary factor q of the group, factors 2 beside odd ones taken together"
        factors, _ = abelian_coordinates(action.group)
        return _of_exponents(action, summands, np.array(list(_primary_exponents(factors))), reason)
    return _least(table, action, summands, "rational")


def least_reflections(table: CharacterTable, action: GroupAction, *, most: int = SUMMANDS) -> LeastReflections | None:
    """Return the representation over R with the least n_h for the action's letters, then the least dimension.

    Of those with at most `most` irreducible summands, one code per state; None where all codes need more summands.
    """
    summands = real_summands(table)
    fixed = eigenvalue_one_multiplicities(table)
    ranks = np.array(
        [item.dimension - item.multiplicity * fixed[list(item.rows)].sum(axis=0) for item in summands]
    )  # (n, k)
    letters = table.class_of[action.letters]
    covers, loads = _covers(table, action, summands), ranks[:, occurring(letters, len(table))]
    found = least_cover(covers, _dimensions(summands), loads, fewest=_fewest(table, action), most=most)
    if found is None:
        return None
    members = list(found.members)
    per_letter = ranks[members][:, letters].sum(axis=0)
    return LeastReflections(_picked(summands, found), tuple(per_letter.tolist()), most, found.minimal)


# The cover of the overgroups by irreducible representations of least weight is found twice: by the dimensions that
# are built, and by lower bounds for them. Only where both agree is the first one proved to be least.
def _least(table: CharacterTable, action: GroupAction, summands: Sequence[Summand], field: str) -> LeastRepresentation:
    covers, fewest = _covers(table, action, summands), _fewest(table, action)
    found = _cheapest(covers, _dimensions(summands), fewest)
    chosen = _picked(summands, found)
    dimension = sum(item.dimension for item in chosen)
    if not found.minimal:
        return LeastRepresentation(chosen, minimal=False, reason="best found: the search met its limit")
    floor = _cheapest(covers, np.array([item.least_dimension for item in summands]), fewest)
    least = sum(summands[place].least_dimension for place in floor.members)
    if not floor.minimal or least < dimension:
        reason = f"at least {least} dimensions: the Schur index of a character is known only up to a factor"
        return LeastRepresentation(chosen, minimal=False, reason=reason)
    reason = (
        f"no {field} representation with fewer than {dimension} dimensions has for each of the {covers.shape[1]} "
        "overgroups of the stabiliser of a state a vector that the stabiliser fixes and the overgroup moves"
    )
    return LeastRepresentation(chosen, minimal=True, reason=reason)


def _cheapest(covers: Mask, weights: Numbers, fewest: int) -> CoveringSet:
    loads = np.zeros((len(weights), 0), dtype=np.int64)
    found = least_cover(covers, weights, loads, fewest=fewest, most=len(weights))
    # All irreducibles together make the regular representation, where H is the stabiliser of the sum of H.
    return CoveringSet(tuple(range(len(weights))), minimal=False) if found is None else found


def _covers(table: CharacterTable, action: GroupAction, summands: Iterable[Summand]) -> Mask:
    """Return for every summand and overgroup (n, M) whether dim W^K < dim W^H."""
    counts = overgroup_counts(table, action)
    sums = product_mod(table.values, counts.T, table.prime)
    fixed = sums * inverses(counts.sum(axis=1), table.prime) % table.prime
    smaller: Mask = fixed < fixed_dimensions(table, action.stabiliser)[:, None]
    return smaller[[item.rows[0] for item in summands]]


def _fewest(table: CharacterTable, action: GroupAction) -> int:
    """Return a number of irreducible summands below which no representation is faithful, where H = 1; else 0.

    On one summand the centre acts by a character and its conjugates, all with one kernel, and fewer than r such kernels
    have a common element other than 1 in an elementary abelian subgroup of rank r of the centre.
    """
    if np.count_nonzero(action.stabiliser) > 1:
        return 0
    orders = table.orders[table.sizes == 1]
    primes = [order for order in set(orders.tolist()) if order > 1 and all(order % part for part in range(2, order))]
    return max((round(math.log(1 + np.count_nonzero(orders == prime), prime)) for prime in primes), default=0)


def _dimensions(summands: Sequence[Summand]) -> Numbers:
    return np.array([item.dimension for item in summands])


def _picked(summands: Sequence[Summand], cover: CoveringSet) -> tuple[Summand, ...]:
    return tuple(summands[place] for place in cover.members)


def _regular_abelian(action: GroupAction) -> bool:
    return action.group.commutative and np.count_nonzero(action.stabiliser) == 1


def _rank(action: GroupAction) -> int:
    """Return the number of invariant factors of an abelian group."""
    return len(abelian_coordinates(action.group)[0])


def _of_exponents(
    action: GroupAction, summands: Sequence[Summand], exponents: Numbers, reason: str
) -> LeastRepresentation:
    """Return the sum of the summands with the characters of these exponents (n, r) on the invariant factors."""
    factors, _ = abelian_coordinates(action.group)
    place = {row: item for item in summands for row in item.rows}
    rows = np.ravel_multi_index(tuple(exponents.T), factors).tolist() if factors else []
    return LeastRepresentation(tuple(place[row] for row in sorted(rows)), minimal=True, reason=reason)


def _primary_exponents(factors: Sequence[int]) -> Iterator[list[int]]:
    """Yield characters of primary order that generate the dual, those of order 2 put into odd ones while there are any.

    The exponent n_i / q on the invariant factor n_i makes a character of order q.
    """
    found: list[tuple[int, list[int]]] = []
    for place, factor in enumerate(factors):
        for part in _primary_parts(factor):
            exponents = [factor // part * (index == place) for index in range(len(factors))]
            found.append((part, exponents))
    odd = [exponents for part, exponents in found if part % 2]
    twos = [exponents for part, exponents in found if part == 2]  # the prime two
    yield from (exponents for part, exponents in found if part > 2 and part % 2 == 0)  # likewise
    for index in range(max(len(odd), len(twos))):
        pair = [*odd[index : index + 1], *twos[index : index + 1]]
        yield [sum(column) % factor for column, factor in zip(zip(*pair, strict=True), factors, strict=True)]


def _primary_parts(number: int) -> Iterator[int]:
    divisor = 2
    while number > 1:
        part = math.gcd(number, divisor ** number.bit_length())
        if part > 1:
            yield part
            number //= part
        divisor += 1
