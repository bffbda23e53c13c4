r"""chi_i(c) modulo a prime: the irreducible characters of a finite group (J. Dixon, 1967, with one splitting element).

Let p = 1 modulo the exponent e. Then p does not divide N = |G| and F_p holds the e-th roots of 1, so a prime ideal of
Z[zeta_e] above p reduces everything below, root being the image of zeta_e. (Another choice of ideal or root only
permutes conjugate characters.) The centre of F_p[G] has the class sums as a basis and the idempotents

    e_chi = (chi(1) / N) sum_c chi(c^-1) C_c

as another, so it is F_p^k. A random central z = sum_chi lambda_chi e_chi has distinct lambda_chi with probability at
least 1 - k^2 / 2p. Then f = char. polynomial of z has the k roots lambda_chi, the powers 1, z, z^2, ... are
independent, and e_chi = (f / (x - lambda_chi))(z) / f'(lambda_chi). The coefficient of the identity in e_chi is
chi(1)^2 / N; as chi(1) <= sqrt N < p / 2, it fixes the degree, and the degree the character.

Integers that characters give (degrees, indicators, multiplicities) lie between -1 and sqrt N, so their residues are
the integers themselves.

An abelian group needs no splitting: its characters are root^(sum_i u_i x_i e / n_i) for residues u, x modulo the
invariant factors n_i.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import flint
import numpy as np

from fsm2rnn.algebra.distinct import rows_differ
from fsm2rnn.algebra.fact import fact
from fsm2rnn.algebra.group.group_table import GroupTable, classes
from fsm2rnn.algebra.group.invariant_factors import AbelianGroup, abelian_group
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import CertificateError, LimitError

ORDER_LIMIT: Final = 1_500
"""Most elements of a group whose characters are computed: its table of products takes 18 MB."""
CLASS_LIMIT: Final = 512
"""Most conjugacy classes of one that is not abelian: k^3 steps, and k p^2 below 2^53 for p beyond 4 k^2."""

_SPLITTING: Final = 1 << 20
"""A prime beyond it is never needed: 4 k^2 for the largest k, and k p^2 stays below 2^53."""
_EXACT: Final = 1 << 53
"""Sums of products below it are exact in float64."""
_DRAWS: Final = 64
"""Central elements tried to tell characters apart: each fails with probability k^2 / 2p at most, 1/8 where p = 4
k^2."""


@final
@dataclass(frozen=True, eq=False)
class CharacterTable:
    """values[i, c] = chi_i(c) modulo `prime`, the image of zeta_exponent being `root`; chi_0 = 1, degrees rising.

    Class 0 is that of the identity. The constructor proves the table; CertificateError names the part that fails.

    The proof: a partition with [gh] = [hg] has unions of classes as parts, and by Burnside k of them for N k commuting
    pairs. omega_i(c) = |c| chi_i(c) / chi_i(1) are eigenvectors of the matrices of some central elements, with joint
    eigenvalues that differ; the central characters are as many joint eigenvectors and a basis, hence these lines, and
    omega_i(1) = 1 fixes the vector. sum_c |c| chi_i(c) chi_i(c^-1) = N fixes chi_i(1)^2, and 0 < chi_i(1) < p / 2
    the sign.
    """

    group: GroupTable
    class_of: Numbers  # (N,)
    representatives: Numbers  # (k,)
    sizes: Numbers  # (k,)
    exponent: int
    prime: int
    root: int  # of order `exponent` modulo the prime
    values: Numbers  # (k, k)

    def __post_init__(self) -> None:
        """Prove classes, root, orthogonality and that the rows are central characters."""
        self._require_classes()
        self._require_root()
        if self.values.shape != (len(self), len(self)) or not ((self.values >= 0) & (self.values < self.prime)).all():
            raise CertificateError("values", "not k rows of k residues modulo the prime")
        degrees = self.values[:, 0]
        if (degrees < 1).any() or (degrees**2 > len(self.group)).any() or (np.diff(degrees) < 0).any():
            raise CertificateError("values", "degrees lie in 1 .. sqrt N and rise")
        if (self.values[0] != 1).any():
            raise CertificateError("values", "the first character is not 1")
        weighted = self.values * self.sizes % self.prime
        gram = product_mod(weighted, self.values[:, self.inverse_classes].T, self.prime)
        if not np.array_equal(gram, len(self.group) % self.prime * np.eye(len(gram), dtype=np.int64)):
            raise CertificateError("values", "the rows are not orthonormal")
        self._require_central(weighted * inverses(degrees, self.prime)[:, None] % self.prime)

    def __len__(self) -> int:
        """Return the number k of classes and of irreducible characters."""
        return len(self.representatives)

    @fact
    def orders(self) -> Numbers:
        """The order (k,) of the elements of every class."""
        return element_orders(self.group, self.representatives)

    @property
    def inverse_classes(self) -> Numbers:
        """Return the class (k,) of the inverses of every class."""
        return self.class_of[self.group.power(self.representatives, self.exponent - 1)]

    def _require_classes(self) -> None:
        group, numbers = self.group, self.class_of[self.group.columns]
        if not np.array_equal(numbers, numbers.T) or self.class_of[0] != 0:
            raise CertificateError("class_of", "g h and h g are in different classes, or class 0 is not that of 1")
        if np.count_nonzero(group.columns == group.columns.T) != len(group) * len(self):
            raise CertificateError("class_of", "the number of commuting pairs is not N k")
        if not np.array_equal(self.class_of[self.representatives], np.arange(len(self))):
            raise CertificateError("representatives", "not one of each class")
        if not np.array_equal(self.sizes, np.bincount(self.class_of)):
            raise CertificateError("sizes", "not those of the classes")

    def _require_root(self) -> None:
        exponent, prime = self.exponent, self.prime
        if not _is_prime(prime) or prime**2 <= 4 * len(self.group) or prime**2 * len(self) >= _EXACT:
            raise CertificateError("prime", f"{prime} is no prime above 2 sqrt N, or too large for exact sums")
        if self.group.power(self.representatives, exponent).any():
            raise CertificateError("exponent", f"some element to the power {exponent} is not 1")
        if _order(self.root, prime, exponent) != exponent:
            raise CertificateError("root", f"not of order {exponent} modulo {prime}")

    def _require_central(self, omega: Numbers) -> None:
        eigenvalues = np.zeros((len(self), 0), dtype=np.int64)
        for element in itertools.islice(_central_elements(len(self), self.prime), _DRAWS):
            matrix = _central_matrix(self.group, self.class_of, self.representatives, element) % self.prime
            values = product_mod(omega, element[:, None], self.prime)
            if not np.array_equal(product_mod(omega, matrix.T, self.prime), omega * values % self.prime):
                raise CertificateError("values", "a row is no character of the centre of the group algebra")
            eigenvalues = np.concatenate([eigenvalues, values], axis=1)
            if rows_differ(eigenvalues):
                return
        raise CertificateError("values", "central elements do not tell the rows apart")


def character_table(group: GroupTable) -> CharacterTable:
    """Return the irreducible characters; N k + k^3 steps.

    Raises LimitError beyond ORDER_LIMIT elements, or CLASS_LIMIT classes of a group that is not abelian.
    """
    if len(group) > ORDER_LIMIT:
        what = "elements of a group with characters"
        raise LimitError(what, limit=ORDER_LIMIT, needed=len(group))
    return _abelian_table(group) if group.commutative else _split_table(group)


def abelian_coordinates(group: GroupTable) -> tuple[tuple[int, ...], Numbers]:
    """Return n_1 | ... | n_r of an abelian group and the residues (N, r) of its elements, in which product is sum.

    Row number u_1 n_2 ... n_r + ... + u_r of its character table is the character with exponents u.
    """
    found = _letters_of(group)
    residues = np.array([found.residues[element] for element in range(len(group))], dtype=np.int64)
    return found.factors, residues.reshape(len(group), len(found.factors))


def product_mod(left: Numbers, right: Numbers, prime: int) -> Numbers:
    """Return left @ right modulo the prime for residues, exact while (inner length) prime^2 < 2^53."""
    residues: Numbers = (left.astype(np.float64) @ right.astype(np.float64)).astype(np.int64) % prime
    return residues


def inverses(residues: Numbers, prime: int) -> Numbers:
    """Return the inverse modulo the prime of every entry (n,); none may be 0."""
    return np.array([pow(entry, -1, prime) for entry in residues.tolist()], dtype=np.int64)


def element_orders(group: GroupTable, elements: Numbers) -> Numbers:
    """Return the order of every entry (n,), in as many steps as the largest of them."""
    orders, powers, step = np.zeros(len(elements), dtype=np.int64), np.zeros_like(elements), 0
    while not orders.all():
        step += 1
        powers = group.product(powers, elements)
        orders[(powers == 0) & (orders == 0)] = step
    return orders


def _abelian_table(group: GroupTable) -> CharacterTable:
    factors, residues = abelian_coordinates(group)
    everything = np.arange(len(group))
    exponent = max(factors, default=1)
    prime, root = _field(len(group), len(group), exponent)
    powers = np.array([pow(root, power, prime) for power in range(exponent)])
    exponents = np.stack(np.unravel_index(everything, factors), axis=1) if factors else residues
    scale = exponent // np.array(factors, dtype=np.int64)
    values = powers[(exponents * scale) @ residues.T % exponent]
    return CharacterTable(group, everything, everything, np.ones_like(everything), exponent, prime, root, values)


def _letters_of(group: GroupTable) -> AbelianGroup:
    """Return the abelian group on few letters: each doubles what the earlier ones generate, or more."""
    reached = np.zeros(len(group), dtype=np.bool_)
    reached[0] = True
    letters = []
    while not reached.all():
        element = int(np.argmin(reached))
        letters.append(group.columns[element].tolist())
        coset = np.flatnonzero(reached)
        while not reached[coset := group.columns[element, coset]].all():
            reached[coset] = True
    return abelian_group(letters, 0)


def _split_table(group: GroupTable) -> CharacterTable:
    members = classes(group)
    if len(members) > CLASS_LIMIT:
        what = "conjugacy classes of a group with characters"
        raise LimitError(what, limit=CLASS_LIMIT, needed=len(members))
    class_of = np.empty(len(group), dtype=np.intp)
    for number, found in enumerate(members):
        class_of[found] = number
    representatives = np.array([found[0] for found in members])
    exponent = math.lcm(*element_orders(group, representatives).tolist())
    prime, root = _field(len(group), len(members), exponent)
    idempotents = _idempotents(group, class_of, representatives, prime)
    # Of chi(1) and p - chi(1) only the first is at most sqrt N.
    degree_of = {degree**2 % prime: degree for degree in range(1, math.isqrt(len(group)) + 1)}
    degrees = np.array([degree_of[square] for square in (idempotents[:, 0] * len(group) % prime).tolist()])
    scale = len(group) * inverses(degrees, prime) % prime
    inverse = class_of[group.power(representatives, exponent - 1)]
    values = (idempotents * scale[:, None] % prime)[:, inverse]
    trivial = (values == 1).all(axis=1)
    order = sorted(range(len(values)), key=lambda row: (degrees[row], not trivial[row], values[row].tolist()))
    sizes = np.bincount(class_of)
    return CharacterTable(group, class_of, representatives, sizes, exponent, prime, root, values[order])


def _idempotents(group: GroupTable, class_of: Numbers, representatives: Numbers, prime: int) -> Numbers:
    """Return the coefficients (k, k) of the central primitive idempotents on the class sums."""
    count = len(representatives)
    matrix, polynomial, found = _splitting(group, class_of, representatives, prime)
    powers = np.zeros((count, count), dtype=np.int64)
    powers[0, 0] = 1
    for place in range(1, count):
        powers[place] = product_mod(powers[place - 1], matrix, prime)
    # The rows of f / (x - lambda), by Horner's scheme from the top coefficient down, and its value at lambda.
    quotients = np.ones((count, count), dtype=np.int64)
    for place in range(count - 1, 0, -1):
        quotients[:, place - 1] = (found * quotients[:, place] + int(polynomial[place])) % prime
    slopes = np.zeros(count, dtype=np.int64)
    for place in range(count - 1, -1, -1):
        slopes = (slopes * found + quotients[:, place]) % prime
    return product_mod(quotients, powers, prime) * inverses(slopes, prime)[:, None] % prime


def _splitting(
    group: GroupTable, class_of: Numbers, representatives: Numbers, prime: int
) -> tuple[Numbers, flint.nmod_poly, Numbers]:
    """Return the matrix of a central element with k eigenvalues, its characteristic polynomial and these."""
    elements = _central_elements(len(representatives), prime)
    while True:
        matrix = _central_matrix(group, class_of, representatives, next(elements)) % prime
        polynomial = flint.nmod_mat(matrix.tolist(), prime).charpoly()
        roots = [int(root) for root, _ in polynomial.roots()]
        if len(roots) == len(matrix):
            return matrix, polynomial, np.array(roots)


def _central_elements(count: int, prime: int) -> Iterator[Numbers]:
    """Yield random coefficients on the class sums, the same ones every time."""
    generator = np.random.default_rng(0)
    while True:
        yield generator.integers(prime, size=count)


def _central_matrix(group: GroupTable, class_of: Numbers, representatives: Numbers, element: Numbers) -> Numbers:
    """Return Z (k, k) with z C_s = sum_t Z[s, t] C_t: the sum over x of z_x where x^-1 t is in class s."""
    inverse = (group.columns == 0).argmax(axis=1)
    weights = element[class_of]
    rows = [
        np.bincount(class_of[group.columns[target, inverse]], weights=weights, minlength=len(representatives))
        for target in representatives.tolist()
    ]
    return np.stack(rows, axis=1).astype(np.int64)


def _field(order: int, count: int, exponent: int) -> tuple[int, int]:
    """Return the least prime = 1 modulo the exponent beyond 2 sqrt N and 4 k^2, and a root of that order."""
    bound = max(2 * math.isqrt(order) + 2, min(4 * count**2, _SPLITTING))
    prime = next(number for number in itertools.count(bound // exponent * exponent + 1, exponent) if _is_prime(number))
    candidates = (pow(number, (prime - 1) // exponent, prime) for number in range(1, prime))
    return prime, next(root for root in candidates if _order(root, prime, exponent) == exponent)


def _order(number: int, prime: int, multiple: int) -> int:
    """Return the order of a number, where it divides `multiple`; else 0."""
    divisors = (divisor for divisor in range(1, multiple + 1) if multiple % divisor == 0)
    return next((divisor for divisor in divisors if pow(number, divisor, prime) == 1), 0)


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, math.isqrt(number) + 1))
