"""G = Z/n_1 x ... x Z/n_k with n_1 | n_2 | ... | n_k: an abelian group read off the letters that generate it.

With generators g_1 ... g_m, G is Z^m modulo the lattice of relations; U R V = diag(n_i) sends the exponents x of an
element to its residues (x V)_i modulo n_i. For the relations, generators are taken in turn: the least power of g_i that
lies in <g_1 ... g_{i-1}> gives one relation each, a triangular basis whose determinant is |G|, and a g_i that lies
there already is left out, so that m <= log2 |G|.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

Rows: TypeAlias = list[list[int]]


@final
@dataclass(frozen=True)
class SmithForm:
    """U A V = diag(factors), with V and its inverse integer matrices and factors d_1 | d_2 | ... >= 0.

    Z^width modulo the rows of A is the sum of the Z/d_i (Z where d_i = 0), x has the residues (x V)_i there, and row
    i of the inverse is an element whose residues are the i-th unit vector.
    """

    factors: tuple[int, ...]  # (width,)
    transform: tuple[tuple[int, ...], ...]  # V, (width, width)
    inverse: tuple[tuple[int, ...], ...]  # (width, width)

    @property
    def rank(self) -> int:
        """The least number of elements that generate the quotient: the factors other than 1."""
        return sum(factor != 1 for factor in self.factors)


@final
@dataclass(frozen=True)
class AbelianGroup:
    """The product of the Z/n_i, acting on the orbit of a base state: `residues[base g]` is g.

    `generators` are the positions of the letters that were needed, each outside the subgroup of those before it.
    """

    factors: tuple[int, ...]  # n_1 | n_2 | ..., each above 1
    generators: tuple[int, ...]
    residues: Mapping[int, tuple[int, ...]]


def abelian_group(letters: Sequence[Sequence[int]], base: int) -> AbelianGroup:
    """Return the group that `letters` form on the orbit of `base`.

    The letters must permute that orbit and commute there: then the group acts regularly on it.
    """
    exponents: dict[int, tuple[int, ...]] = {base: ()}
    relations: Rows = []
    generators = []
    for position, letter in enumerate(letters):
        if letter[base] in exponents:
            continue
        generators.append(position)
        subgroup = {state: (*known, *[0] * (len(relations) - len(known))) for state, known in exponents.items()}
        coset, power = list(subgroup), 1
        while (coset := [letter[state] for state in coset])[0] not in subgroup:
            exponents.update((state, (*known, power)) for state, known in zip(coset, subgroup.values(), strict=True))
            power += 1
        relations.append([*(-exponent for exponent in subgroup[coset[0]]), power])
    width = len(relations)
    smith = smith_form([row + [0] * (width - len(row)) for row in relations], width)
    kept = [(index, factor) for index, factor in enumerate(smith.factors) if factor > 1]
    columns = [([row[index] % factor for row in smith.transform], factor) for index, factor in kept]
    residues = {
        state: tuple(sum(map(int.__mul__, known, column)) % factor for column, factor in columns)
        for state, known in exponents.items()
    }
    return AbelianGroup(tuple(factor for _, factor in kept), tuple(generators), residues)


# The least entry is moved to the corner and clears its row and column, as in Euclid's algorithm, until nothing is
# left of them; where it does not divide the rest, a remainder takes its place. Column steps are recorded in the
# transform and its inverse.
def smith_form(rows: Iterable[Sequence[int]], width: int) -> SmithForm:
    """Return the Smith form of the matrix with these rows, by exact row and column steps on the least entry."""
    matrix = [list(row) for row in rows]
    matrix += [[0] * width for _ in range(width - len(matrix))]
    transform, inverse = identity(width), identity(width)
    for step in range(width):
        while (place := _least_entry(matrix, step)) is not None:
            row, column = place
            matrix[step], matrix[row] = matrix[row], matrix[step]
            _swap_columns(matrix, step, column)
            _swap_columns(transform, step, column)
            inverse[step], inverse[column] = inverse[column], inverse[step]
            _clear(matrix, transform, inverse, step)
            if not _remainder(matrix, step):
                break
    factors = tuple(abs(matrix[step][step]) for step in range(width))
    return SmithForm(factors, tuple(map(tuple, transform)), tuple(map(tuple, inverse)))


def identity(width: int) -> Rows:
    """Return the identity matrix as rows."""
    return [[int(row == column) for column in range(width)] for row in range(width)]


def _least_entry(matrix: Rows, step: int) -> tuple[int, int] | None:
    """Return the place of the least nonzero |entry| at or beyond (step, step)."""
    places = (
        (abs(entry), row, column)
        for row in range(step, len(matrix))
        for column, entry in enumerate(matrix[row][step:], step)
        if entry
    )
    least = min(places, default=None)
    return None if least is None else least[1:]


def _swap_columns(matrix: Rows, left: int, right: int) -> None:
    for row in matrix:
        row[left], row[right] = row[right], row[left]


def _clear(matrix: Rows, transform: Rows, inverse: Rows, step: int) -> None:
    """Take multiples of the pivot's row and column from the others; remainders below the pivot may stay."""
    pivot = matrix[step][step]
    for row in matrix[step + 1 :]:
        times = row[step] // pivot
        if times:
            row[:] = [entry - times * other for entry, other in zip(row, matrix[step], strict=True)]
    for column in range(step + 1, len(transform)):
        times = matrix[step][column] // pivot
        if times:
            for row in (*matrix, *transform):
                row[column] -= times * row[step]
            moved = zip(inverse[step], inverse[column], strict=True)
            inverse[step] = [entry + times * other for entry, other in moved]


def _remainder(matrix: Rows, step: int) -> bool:
    """Say whether the pivot is not final yet; where it divides its lines but not all entries, put one beside it."""
    pivot = matrix[step][step]
    below = matrix[step + 1 :]
    if any(matrix[step][step + 1 :]) or any(row[step] for row in below):
        return True
    for row in below:
        if any(entry % pivot for entry in row):
            matrix[step] = [entry + other for entry, other in zip(matrix[step], row, strict=True)]
            return True
    return False
