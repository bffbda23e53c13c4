r"""The integers in a character table: indicators, kernels, fixed spaces, eigenvalues, Galois orbits, Schur indices.

Each is an integer between -1 and sqrt N by its meaning, and is computed as a residue modulo the table's prime, which is
larger than twice that: the residue is the integer. Below rho_i is a representation with character chi_i.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.distinct import occurring
from fsm2rnn.algebra.group.characters import CharacterTable, product_mod
from fsm2rnn.algebra.letters.letter_maps import Numbers

Mask = npt.NDArray[np.bool_]

SUBGROUP_TRIES: Final = 256
"""Most subgroups that are not cyclic looked at for a bound on one Schur index: each can only lower the bound."""


@final
@dataclass(frozen=True)
class SchurIndex:
    """lower | m_Q(chi) | upper: m copies of a Galois orbit sum, and no fewer, are a character over Q."""

    lower: int
    upper: int


def degrees(table: CharacterTable) -> Numbers:
    """Return chi_i(1), (k,)."""
    return table.values[:, 0]


def indicators(table: CharacterTable) -> Numbers:
    """Return sum_g chi_i(g^2) / N, (k,): 1 where rho_i is real, -1 quaternionic, 0 where chi_i is not real.

    G. Frobenius and I. Schur (1906).
    """
    squares = table.class_of[table.group.power(table.representatives, 2)]
    residues = _mean(table, table.values[:, squares], table.sizes)
    return np.where(residues == table.prime - 1, -1, residues)


def conjugates(table: CharacterTable) -> Numbers:
    """Return the row (k,) of the complex conjugate of every character."""
    rows = {row.tobytes(): number for number, row in enumerate(table.values)}
    mirrored = np.ascontiguousarray(table.values[:, table.inverse_classes])
    return np.array([rows[row.tobytes()] for row in mirrored])


def fixed_dimensions(table: CharacterTable, subgroup: Mask) -> Numbers:
    """Return <chi_i | K, 1> = dim of the vectors that rho_i(K) fixes, (k,); K a mask (N,)."""
    return _mean(table, table.values, np.bincount(table.class_of[subgroup], minlength=len(table)))


def fixed_dimension(table: CharacterTable, row: int, subgroup: Mask) -> int:
    """Return <chi_row | K, 1>."""
    return int(fixed_dimensions(table, subgroup)[row])


def eigenvalue_one_multiplicities(table: CharacterTable) -> Numbers:
    """Return the multiplicity (k, k) of the eigenvalue 1 of rho_i(g), g in class c: chi_i averaged over <g>."""
    counts = np.zeros((len(table), len(table)), dtype=np.int64)
    for reached in _powers(table, table.representatives, table.exponent):
        counts[np.arange(len(table)), reached] += 1
    sums = product_mod(table.values, counts.T, table.prime)
    residues: Numbers = sums * pow(table.exponent, -1, table.prime) % table.prime
    return residues


def eigenvalues(table: CharacterTable, row: int, element: int) -> tuple[int, ...]:
    """Return m_j, j = 0 .. n-1, with chi(g) = sum_j m_j exp(2 pi i j / n), n the order of g.

    m_j is the multiplicity of that eigenvalue of rho(g), by a Fourier transform of chi over <g>. Which primitive root
    of 1 is called exp(2 pi i / n) depends on `table.root`; another choice gives a Galois conjugate of the whole table.
    """
    order = int(table.orders[table.class_of[element]])
    reached = np.array([number[0] for number in _powers(table, np.array([element]), order)])
    return tuple(_transform(table, table.values[row][reached]).tolist())


def kernels(table: CharacterTable) -> Mask:
    """Return for every row and element (k, N) whether rho_i(g) = 1: all eigenvalues are 1.

    chi_i(g) = chi_i(1) modulo the prime would not do: residues of different cyclotomic integers may agree.
    """
    trivial: Mask = eigenvalue_one_multiplicities(table) == degrees(table)[:, None]
    return trivial[:, table.class_of]


def galois_orbits(table: CharacterTable) -> tuple[tuple[int, ...], ...]:
    """Return the orbits of rows under chi -> chi^s, s in Gal(Q(chi) / Q), by their first rows.

    chi^s(g) = chi(g^a) for s: zeta -> zeta^a. An orbit of one row is a character with rational values.
    """
    rows = {row.tobytes(): number for number, row in enumerate(table.values)}
    maps = _power_maps(table)
    orbits, seen = [], set[int]()
    for row, values in enumerate(table.values):
        if row not in seen:
            orbit = {rows[image.tobytes()] for image in np.unique(values[maps], axis=0)}
            orbits.append(tuple(sorted(orbit)))
            seen |= orbit
    return tuple(orbits)


def stabiliser(table: CharacterTable, row: int) -> tuple[int, ...]:
    """Return the a in (Z / e)^* with chi(g^a) = chi(g) for all g: Gal(Q(zeta_e) / Q(chi)), e the exponent."""
    same = (table.values[row][_power_maps(table)] == table.values[row]).all(axis=1)
    return tuple(unit for unit, fixes in zip(units(table.exponent), same.tolist(), strict=True) if fixes)


def conductor(table: CharacterTable, row: int) -> int:
    """Return the least n with all values of chi_row in Q(zeta_n): a = 1 modulo n stabilises chi."""
    fixing, every = set(stabiliser(table, row)), units(table.exponent)
    divisors = (number for number in range(1, table.exponent + 1) if table.exponent % number == 0)
    return next(number for number in divisors if fixing >= {unit for unit in every if (unit - 1) % number == 0})


def units(modulus: int) -> tuple[int, ...]:
    """Return the residues prime to the modulus, (0,) for modulus 1."""
    return tuple(number for number in range(modulus) if math.gcd(number, modulus) == 1)


def schur_index(table: CharacterTable, row: int) -> SchurIndex:
    """Return bounds on m = m_Q(chi): a divisor and a multiple of it.

    With F = Q(chi), the simple component of F[G] at chi is a matrix algebra over a division algebra of index m, so a
    representation over F contains chi a multiple of m times. Hence m divides

    - chi(1), by the regular representation;
    - <chi | K, 1> for every subgroup K, by the permutation representation on G / K;
    - the multiplicity of each eigenvalue in F of rho(g), by the representation induced from the character of <g>;
    - 2 where chi is real (R. Brauer and A. Speiser; I. M. Isaacs, Character Theory of Finite Groups, chapter 10).

    m is even where the indicator is -1, since rho is not real then. Local indices at finite primes are not computed:
    the two faithful characters of degree 2 of Q8 x Z3, with m = 1, are left with the bounds 1 and 2.
    """
    indicator = int(indicators(table)[row])
    lower = 2 if indicator == -1 else 1
    upper = math.gcd(int(table.values[row, 0]), 0 if indicator == 0 else 2)
    tests = _multiples(table, row)
    while upper > lower and (found := next(tests, None)) is not None:
        upper = math.gcd(upper, found)
    return SchurIndex(lower, upper)


def generated(table: CharacterTable, elements: Numbers) -> Mask:
    """Return the subgroup that the elements generate, as a mask (N,)."""
    mask = np.zeros(len(table.group), dtype=np.bool_)
    frontier: Numbers = np.zeros(1, dtype=np.intp)
    while len(frontier):
        mask[frontier] = True
        reached = occurring(table.group.columns[elements[:, None], frontier], len(table.group))
        frontier = reached[~mask[reached]]
    return mask


def _multiples(table: CharacterTable, row: int) -> Iterator[int]:
    """Yield multiples of the Schur index: from cyclic subgroups, then from chains of random ones."""
    steps = [unit - 1 for unit in stabiliser(table, row)]
    for element in table.representatives.tolist():
        spectrum = eigenvalues(table, row, element)
        order = len(spectrum)
        # exp(2 pi i j / n) is in the field exactly where every (a - 1) j is 0 modulo n.
        stride = order // math.gcd(order, *steps)
        yield from spectrum[::stride]
    # A subgroup with fixed vectors has generators with fixed vectors; those in the kernel of chi add nothing.
    fixed = eigenvalue_one_multiplicities(table)[row][table.class_of]
    moving = np.flatnonzero((fixed > 0) & (fixed < table.values[row, 0]))
    draws, chosen = np.random.default_rng(0), list[int]()
    for _ in range(SUBGROUP_TRIES if len(moving) else 0):
        chosen.append(int(draws.choice(moving)))
        found = fixed_dimension(table, row, generated(table, np.array(chosen)))
        if found == 0:
            chosen.clear()
        yield found


def _mean(table: CharacterTable, values: Numbers, counts: Numbers) -> Numbers:
    """Return sum_c counts_c values[i, c] / sum_c counts_c modulo the prime."""
    sums = product_mod(values, counts[:, None], table.prime)[:, 0]
    residues: Numbers = sums * pow(int(counts.sum()), -1, table.prime) % table.prime
    return residues


def _powers(table: CharacterTable, elements: Numbers, count: int) -> Iterator[Numbers]:
    """Yield the classes of g^0, g^1 ... g^(count - 1) for all elements at once."""
    powers = np.zeros_like(elements)
    for _ in range(count):
        yield table.class_of[powers]
        powers = table.group.product(powers, elements)


def _power_maps(table: CharacterTable) -> Numbers:
    """Return the class of g^a for each unit a of Z / e and each class of g, (phi(e), k)."""
    maps = np.array(list(_powers(table, table.representatives, table.exponent)))
    return maps[list(units(table.exponent))]


def _transform(table: CharacterTable, values: Numbers) -> Numbers:
    """Return sum_t values_t root^(-j t) / n for j = 0 .. n - 1, root of order n."""
    order, prime = len(values), table.prime
    inverse = pow(table.root, -(table.exponent // order), prime)
    powers = np.array([pow(inverse, power, prime) for power in range(order)])
    matrix = powers[np.outer(np.arange(order), np.arange(order)) % order]
    residues: Numbers = product_mod(matrix, values[:, None], prime)[:, 0] * pow(order, -1, prime) % prime
    return residues
