r"""phi(x) = (1 / |K|) sum_{k in K} conj(lambda(k)) chi(k x): an irreducible representation from its character alone.

K is a subgroup with a character lambda: K -> C^* of degree 1 that chi contains once on K. In a unitary representation
rho with character chi, (1 / |K|) sum conj(lambda(k)) rho(k) is then the projection on one line, spanned by a unit
vector u, and phi(x) = <u, rho(x) u>. The translates rho(g) u span, with Gram matrix <rho(g) u, rho(h) u> = phi(g^-1 h),
so phi gives rho on any d independent ones. Where rho is real (indicator 1) and lambda is, phi is.

A real rho may have no such lambda. Where x has the eigenvalue zeta once, not 1 or -1, and an involution y sends x to
x^-1, both fix the plane of zeta and 1 / zeta, and in it the line on which y is 1: on the dihedral group K = <x, y> the
mean of (zeta^-i + zeta^i) rho(x^i) and of these times rho(y) is the projection on it, real again.

chi(c) = sum_j m_cj zeta_e^j, m_cj the multiplicity of the eigenvalue zeta_e^j of rho(c), e the exponent. What lies in
Q(zeta_n), n | e, is its mean over the Galois group that fixes Q(zeta_n). That group is a product over the primes p of
e, so the mean of a root of 1 is taken in its p-parts: one of order p^a not in the field has the mean -1 / (p - 1) if
a = 1, and 0 otherwise.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.group.character_numbers import conductor, indicators
from fsm2rnn.algebra.group.characters import CharacterTable, product_mod
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.cyclotomic import roots_of_unity

Inexact: TypeAlias = npt.NDArray[np.inexact[Any]]
Floats: TypeAlias = npt.NDArray[np.float64]

SUBGROUP_TRIES: Final = 1_000
"""Most subgroups that are not cyclic looked at for one character, drawn by two generators."""


@final
@dataclass(frozen=True, eq=False)
class SphericalFunction:
    """The irreducible character `row`, and phi(x) = (1 / |K|) sum over members of zeta_e^-turn chi(member x).

    Members are those of K, once with lambda, or twice with the two eigenvalues of a dihedral group; `real` where phi is
    real.
    """

    table: CharacterTable
    row: int
    members: Numbers  # (|K|,) or (2 |K|,)
    turns: Numbers
    order: int  # |K|
    real: bool

    @property
    def degree(self) -> int:
        """The degree d of chi."""
        return int(self.table.values[self.row, 0])

    @property
    def conductor(self) -> int:
        """The least n with chi and lambda in Q(zeta_n)."""
        return _joined(conductor(self.table, self.row), self.table.exponent, np.unique(self.turns).tolist())

    def values(self) -> Inexact:
        """Return phi (N,) in floats."""
        exponent, total = self.table.exponent, np.zeros(len(self.table.group), dtype=np.complex128)
        roots = np.exp(2j * np.pi * np.arange(exponent) / exponent)
        character = eigenvalue_multiplicities(self.table, self.row) @ roots
        for member, turn in zip(self.members.tolist(), self.turns.tolist(), strict=True):
            total += roots[-turn] * character[self.table.class_of[self.table.group.columns[:, member]]]
        return np.ascontiguousarray(total.real if self.real else total) / self.order

    def numerators(self, conductor: int) -> Numbers:
        """Return the coefficients (N, phi(n)) of |K| phi in Q(zeta_n), n a multiple of the function's conductor."""
        means, scale = _means(self.table.exponent, conductor)
        roots = np.array(roots_of_unity(conductor), dtype=np.int64)
        character = _product(eigenvalue_multiplicities(self.table, self.row), means) // scale
        total = np.zeros((len(self.table.group), roots.shape[1]), dtype=np.int64)
        places = np.arange(roots.shape[1])
        for turn in np.unique(self.turns).tolist():
            members = self.members[self.turns == turn].tolist()
            part = np.zeros_like(total)
            for member in members:
                part += character[self.table.class_of[self.table.group.columns[:, member]]]
            # Row i of the sum: zeta_n^i conj(lambda).
            factor = means[-turn] // scale
            shifts = (factor[shift] * roots[(places + shift) % conductor] for shift in np.flatnonzero(factor).tolist())
            total += _product(part, np.sum(list(shifts), axis=0))
        return total


def spherical_function(table: CharacterTable, row: int) -> SphericalFunction:
    """Return phi for an irreducible character: real where the representation is, else over a small field.

    LimitError where no subgroup was found that has such a lambda.
    """
    real = int(indicators(table)[row]) == 1
    if table.values[row, 0] == 1:
        trivial = np.zeros(1, dtype=np.intp)
        return SphericalFunction(table, row, trivial, trivial, 1, real)
    turns = [turn for turn in range(table.exponent) if not real or 2 * turn % table.exponent == 0]
    choices = itertools.chain(_cyclic(table, row, turns), _two_generated(table, row, turns))
    choice = next(choices, None)
    if choice is not None:
        members, found = _extended(table, *choice)
        return SphericalFunction(table, row, members, found[members], len(members), real)
    dihedral = _dihedral(table, row) if real else None
    if dihedral is None:
        what = "subgroups tried for a character of degree 1 that an irreducible one contains once"
        raise LimitError(what, limit=SUBGROUP_TRIES)
    members, around = dihedral
    return SphericalFunction(table, row, members, around, len(members) // 2, real)


def eigenvalue_multiplicities(table: CharacterTable, row: int) -> Numbers:
    """Return m_cj (k, e): how often zeta_e^j is an eigenvalue of rho(c), by a Fourier transform over <c>."""
    prime, exponent = table.prime, table.exponent
    powers = np.array([pow(table.root, power, prime) for power in range(exponent)], dtype=np.int64)
    if table.values[row, 0] == 1:
        found: Numbers = (table.values[row][:, None] == powers).astype(np.int64)
        return found
    reached, classes = np.zeros_like(table.representatives), []
    for _ in range(exponent):
        classes.append(table.class_of[reached])
        reached = table.group.product(reached, table.representatives)
    values = table.values[row][np.array(classes)]  # (e, k)
    places = np.arange(exponent)
    matrix = powers[-np.outer(places, places) % exponent]
    residues: Numbers = product_mod(matrix, values, prime).T * pow(exponent, -1, prime) % prime
    return residues


def _cyclic(table: CharacterTable, row: int, turns: list[int]) -> Iterator[tuple[Numbers, list[int]]]:
    """Yield generators and turns of lambda for cyclic subgroups, those of small fields first."""
    once = np.argwhere(eigenvalue_multiplicities(table, row)[:, turns] == 1).tolist()
    own = conductor(table, row)
    fields = {turn: len(roots_of_unity(_joined(own, table.exponent, [turn]))[0]) for turn in turns}
    for place, chosen in sorted(once, key=lambda pair: (fields[turns[pair[1]]], pair)):
        yield table.representatives[[place]], [turns[chosen]]


def _two_generated(table: CharacterTable, row: int, turns: list[int]) -> Iterator[tuple[Numbers, list[int]]]:
    """Yield generators and turns for random pairs of elements that have them in common."""
    draws = np.random.default_rng(0)
    powers = np.array([pow(table.root, -power, table.prime) for power in range(table.exponent)])
    for _ in range(SUBGROUP_TRIES):
        elements, chosen = draws.integers(len(table.group), size=2), draws.choice(turns, size=2).tolist()
        members, found = _extended(table, elements, chosen)
        if (
            len(members)
            and not ((powers[found[members]] * table.values[row, table.class_of[members]]).sum() - len(members))
            % table.prime
        ):
            yield elements, chosen


def _dihedral(table: CharacterTable, row: int) -> tuple[Numbers, Numbers] | None:
    """Return the members of a dihedral group twice, with turns as the module says, in a small field; None if none."""
    group, exponent = table.group, table.exponent
    everything = np.arange(len(group))
    involutions = everything[1:][group.product(everything, everything)[1:] == 0]
    once = np.argwhere(eigenvalue_multiplicities(table, row) == 1).tolist()
    fields = {turn: len(roots_of_unity(_joined(1, exponent, [turn]))[0]) for _, turn in once}
    for place, turn in sorted(once, key=lambda pair: (fields[pair[1]], pair)):
        turner = int(table.representatives[place])
        turned = group.product(group.product(involutions, np.array(turner)), involutions)
        flips = involutions[turned == group.inverse(turner)]
        if 2 * turn % exponent == 0 or not len(flips):
            continue
        powers = [0]
        while (after := int(group.product(np.array(powers[-1]), np.array(turner)))) != 0:
            powers.append(after)
        members = np.array([*powers, *group.product(np.array(powers), flips[0]).tolist()])
        turns = turn * np.tile(np.arange(len(powers)), 2) % exponent
        return np.tile(members, 2), np.concatenate([turns, -turns % exponent])
    return None


def _extended(table: CharacterTable, elements: Numbers, turns: list[int]) -> tuple[Numbers, Numbers]:
    """Return the subgroup that the elements generate and (N,) the turns of its character with these; () if none."""
    found = np.full(len(table.group), -1, dtype=np.int64)
    frontier: Numbers = np.zeros(1, dtype=np.intp)
    found[0] = 0
    while len(frontier):
        reached = table.group.columns[elements[:, None], frontier]
        after = (found[frontier] + np.array(turns)[:, None]) % table.exponent
        fresh, first = np.unique(reached, return_index=True)
        new = found[fresh] < 0
        frontier = fresh[new]
        found[frontier] = after.ravel()[first[new]]
    members = np.flatnonzero(found >= 0)
    images = found[table.group.columns[elements[:, None], members]]
    whole = np.array_equal(images, (found[members] + np.array(turns)[:, None]) % table.exponent)
    return (members if whole else members[:0]), found


def _product(left: Numbers, right: Numbers) -> Numbers:
    """Return left @ right, in floats where their sums stay below 2^53."""
    if int(np.abs(left).sum(axis=1).max()) * int(np.abs(right).max()) < 1 << 53:
        found: Numbers = np.rint(left.astype(np.float64) @ right.astype(np.float64)).astype(np.int64)
        return found
    return np.asarray(left @ right)


def _joined(number: int, exponent: int, turns: list[int]) -> int:
    """Return the conductor of the field that Q(zeta_number) and the roots of 1 of these turns generate."""
    joint = math.lcm(number, *(exponent // math.gcd(turn, exponent) for turn in turns))
    return joint // 2 if joint % 4 == 2 else joint  # -1 is rational


@cache
def _means(exponent: int, conductor: int) -> tuple[Numbers, int]:
    """Return the means (e, phi(n)) of zeta_e^j over the Galois group over Q(zeta_n), times a common denominator."""
    divisors = (number for number in range(2, exponent + 1) if exponent % number == 0)
    primes = [number for number in divisors if all(number % other for other in range(2, number))]
    scale = math.prod(prime - 1 for prime in primes)
    roots = np.array(roots_of_unity(conductor), dtype=np.int64)
    found = np.zeros((exponent, roots.shape[1]), dtype=np.int64)
    for place in range(exponent):
        turn, weight = Fraction(place, exponent), scale
        for prime in primes:
            rest = turn.denominator // prime
            if (turn * conductor).denominator % prime == 0:
                weight = weight // (1 - prime) if rest % prime and conductor % prime else 0
                # The part of the turn without the prime; nothing matters once the weight is 0.
                turn = turn * prime * pow(prime, -1, rest) % 1 if weight else Fraction(0)
        if weight:
            found[place] = weight * roots[int(turn * conductor)]
    return found, scale
