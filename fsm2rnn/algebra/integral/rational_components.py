r"""Q[G] is a sum of simple algebras A, one per Galois orbit of irreducible characters; each by its regular character.

With chi of degree d in the orbit of size o, A = e Q[G] has dimension D = o d^2, and its elements act on it from the
left with the character Phi = d (sum of the orbit of chi), which is integer, the same on elements that generate the
same cyclic subgroup, with Phi(1) = D. For a subgroup K the part e Q[G/K] has dimension avg_K Phi = o d <chi|_K, 1>.

They are found without complex numbers: the sums C_j of classes of cyclic generators span a commutative split algebra,
on which Phi / D gives the integer eigenvalues |C_j| Phi(c_j) / D (they are rational algebraic integers). One element
with distinct eigenvalues has the eigenvectors (|C_k| Phi(c_k) / D)_k, and 1 / D = <Phi / D, Phi / D>. Floats only
guess these integers.

The least module over A has dimension o d m, m the Schur index; m >= 2 where the Frobenius-Schur indicator is -1.
o is the dimension of the centre of A, spanned by the Phi * C over conjugacy classes C. W. Burnside's method, over Q.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias, final

import flint
import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.group_table import GroupTable, classes
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import NumericError

Masks: TypeAlias = npt.NDArray[np.bool_]
"""Subgroups (c, N), by which elements each has."""

_TRIES: Final = 24
"""Random sums tried, their weights twice as large each time: eigenvalues that fall together fall apart with larger
ones."""
_PAIRS: Final = 250
"""Pairs of elements drawn in a round: few subgroups of small groups need more than two generators."""
_ROUNDS: Final = 4
"""Rounds of subgroups, each wider than the last; they stop where all widths are least."""


@final
@dataclass(frozen=True, eq=False)
class RationalComponent:
    """A simple component of Q[G]: Phi on all elements, D, and o d times 1 or 2, a bound for the Schur index."""

    values: Numbers  # Phi, (N,)
    dimension: int  # D
    least: int  # no module over A has a smaller dimension, but 0


@final
@dataclass(frozen=True, eq=False)
class _Merged:
    """Classes of elements that generate conjugate cyclic subgroups."""

    number: Numbers  # (N,), the class of every element, 0 for the identity
    members: Numbers  # (r,), one of each
    sizes: Numbers  # (r,)


# Each common eigenvector of the sums of classes of cyclic generators is Phi / D of one component, as the head of this
# module says; norm and orthogonality give D. The degree of the centre and the sign of Phi on squares bound what a
# module takes.
def rational_components(table: GroupTable) -> list[RationalComponent]:
    """Return the simple components of Q[G], smallest first; NumericError where eigenvalues cannot be told apart."""
    inverses = np.argmin(table.columns, axis=0)
    plain = np.zeros(len(table), dtype=np.intp)
    for number, members in enumerate(classes(table)):
        plain[members] = number
    merged = _merged(table, plain)
    everything = np.arange(len(table))
    squares = table.product(everything, everything)
    found = []
    for values in _eigenvectors(table, merged, inverses):
        pairs = zip(values.tolist(), merged.sizes.tolist(), strict=True)
        dimension = int(len(table) / sum(Fraction(value * value, size) for value, size in pairs))
        phi = (dimension * values // merged.sizes)[merged.number]
        centre = _centre(table, plain, phi, inverses)
        indicator = int(phi[squares].sum()) // len(table)
        least = centre * math.isqrt(dimension // centre) * (2 if indicator < 0 else 1)
        found.append(RationalComponent(phi, dimension, least))
    return sorted(found, key=lambda component: (component.dimension, component.values.tolist()))


def _merged(table: GroupTable, plain: Numbers) -> _Merged:
    """Join the conjugacy classes of g and g^j for j prime to the order of g."""
    join = np.arange(plain.max() + 1)
    for number in range(len(join)):
        if join[number] == number:
            element = int(np.argmax(plain == number))
            powers = [0]
            while power := int(table.columns[element, powers[-1]]):
                powers.append(power)
            coprime = [power for exponent, power in enumerate(powers) if math.gcd(exponent, len(powers)) == 1]
            join[plain[coprime]] = number
    _, members, merged, sizes = np.unique(join[plain], return_index=True, return_inverse=True, return_counts=True)
    return _Merged(merged, members, sizes)


def _eigenvectors(table: GroupTable, merged: _Merged, inverses: Numbers) -> list[Numbers]:
    """Return the rows (|C_k| Phi(c_k) / D)_k, one per component."""
    generator = np.random.default_rng(0)
    count = len(merged.members)
    roots = np.sqrt(merged.sizes)
    for spread in 2 ** np.arange(_TRIES):
        weights = generator.integers(-spread, spread + 1, size=count)[merged.number]
        # (sum of w(x) x) C_i has at c_k the weight of all x with x^-1 c_k in C_i.
        columns = [
            np.bincount(merged.number[table.product(inverses, np.array(member))], weights, count)
            for member in merged.members
        ]
        matrix = np.stack(columns, axis=1)
        # Times |C_k| in column k it is symmetric, since the classes hold inverses.
        eigenvalues, vectors = np.linalg.eigh(matrix * roots / roots[:, None])
        integers = np.rint(eigenvalues)
        if len(set(integers.tolist())) < count:
            continue
        rows = np.rint(roots[:, None] * vectors / vectors[0])
        if np.array_equal(matrix @ rows, rows * integers):
            return list(rows.T.astype(np.int64))
    message = "the simple components of a rational group algebra could not be told apart"
    raise NumericError(message)


def _centre(table: GroupTable, plain: Numbers, phi: Numbers, inverses: Numbers) -> int:
    """Return the rank of the functions Phi * C on the conjugacy classes."""
    count = int(plain.max()) + 1
    _, members = np.unique(plain, return_index=True)
    # (C * Phi)(g) is the sum over x in C of Phi(x^-1 g).
    rows = [np.bincount(plain, phi[table.product(inverses, np.array(member))], count) for member in members]
    return int(flint.fmpz_mat(np.rint(rows).astype(np.int64).tolist()).rank())


@final
@dataclass(frozen=True, eq=False)
class GroupAlgebra:
    """Q[G] for a group that permutes the states of a machine, transitively."""

    action: GroupAction
    components: tuple[RationalComponent, ...]

    @property
    def table(self) -> GroupTable:
        """The group's multiplication table."""
        return self.action.group

    def widths(self, subgroups: Sequence[Numbers]) -> Numbers:
        """Return dim e Q[G/K] for every component and subgroup, avg_K Phi."""
        members = np.zeros((len(self.table), len(subgroups)))
        for place, subgroup in enumerate(subgroups):
            members[subgroup, place] = 1 / len(subgroup)
        values = np.array([component.values for component in self.components], dtype=np.float64)
        return np.rint(values @ members).astype(np.int64)

    def coset_functions(self, component: RationalComponent, subgroup: Numbers) -> Numbers:
        """Return functions (m, P) on the right cosets K g that span e Q[G/K].

        K r -> sum of Phi over K r s^-1 for all s: the translates of the projection of K's indicator.
        """
        representatives, coset = self._cosets(subgroup)
        sums = component.values[self.table.columns[representatives][:, subgroup]].sum(axis=1)[coset]
        return np.ascontiguousarray(sums[self._quotients(representatives)].T)

    def coset_maps(self, subgroup: Numbers) -> Numbers:
        """Return the letters on the right cosets (D, P)."""
        representatives, coset = self._cosets(subgroup)
        return coset[self.table.columns[self.action.letters][:, representatives]]

    def orbitals(self, subgroup: Numbers) -> Numbers:
        """Return the double coset of r s^-1 for right cosets K r, K s (P, P): the orbits on pairs of cosets."""
        representatives, coset = self._cosets(subgroup)
        double = coset[self.table.columns[subgroup]].min(axis=0)
        return np.unique(double[self._quotients(representatives)], return_inverse=True)[1].reshape(
            len(representatives), -1
        )

    def _cosets(self, subgroup: Numbers) -> tuple[Numbers, Numbers]:
        """Return one element of every right coset K g, and the number of every element's coset."""
        least = self.table.columns[:, subgroup].min(axis=1)  # of all k g, for every g
        representatives, coset = np.unique(least, return_inverse=True)
        return representatives, coset

    def _quotients(self, elements: Numbers) -> Numbers:
        """Return r s^-1 for all pairs."""
        inverses = np.argmin(self.table.columns, axis=0)
        return np.ascontiguousarray(self.table.columns[inverses[elements]][:, elements].T)

    def subgroups(self) -> Iterator[list[Numbers]]:
        """Yield growing lists of subgroups: the stabiliser, 1, cyclic ones, then more and more of random pairs."""
        generator = np.random.default_rng(0)
        stabiliser = np.asarray(self.action.stabiliser, dtype=np.bool_)
        found: dict[bytes, Numbers] = {stabiliser.tobytes(): np.flatnonzero(stabiliser)}
        for _ in range(_ROUNDS):
            pairs = generator.integers(0, len(self.table), size=(_PAIRS, 2))
            cyclic = self._cyclic(np.concatenate([[0], pairs[:, 0]]))
            for mask in (*cyclic, *self._generated(cyclic[1:], pairs)):
                if mask.tobytes() not in found:
                    found[mask.tobytes()] = np.flatnonzero(mask)
            yield list(found.values())

    def _cyclic(self, elements: Numbers) -> Masks:
        """Return the subgroup of each element (c, N): g^i for all i below 2^t, twice as many in every step."""
        maps = self.table.columns[elements]
        masks = np.zeros(maps.shape, dtype=np.bool_)
        masks[:, 0] = True
        for _ in range(len(self.table).bit_length()):
            masks |= np.take_along_axis(masks, maps, axis=1)
            maps = np.take_along_axis(maps, maps, axis=1)
        return masks

    def _generated(self, lower: Masks, generators: Numbers) -> Masks:
        """Return the subgroups (c, N) that elements (c, 2) generate, each from a subgroup that it holds."""
        masks = lower.copy()
        growing = np.arange(len(masks))
        while len(growing):
            before = masks[growing]
            after = before.copy()
            for maps in self.table.columns[generators[growing].T]:
                after |= np.take_along_axis(after, maps, axis=1)
            masks[growing] = after
            growing = growing[(after != before).any(axis=1)]
        return masks


def group_algebra(action: GroupAction) -> GroupAlgebra:
    """Return the algebra of a transition group; errors as `rational_components`."""
    return GroupAlgebra(action, tuple(rational_components(action.group)))
