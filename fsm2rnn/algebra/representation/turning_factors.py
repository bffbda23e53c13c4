r"""A_x = U diag(w_x) V^T for orthogonal letters with commuting A_a^T A_x: one product for a line, three for a plane.

Commuting orthogonal matrices are, in one orthonormal basis, signs on lines and turns R(t_x) on planes. With c, s = cos,
sin(t_x - r), 0 < p < pi, u_1, u_2 = (cos p/2, +-sin p/2) and u_3 = (0, 1),
    R(t_x - r) = w_1 u_1 u_2^T + w_2 u_2 u_1^T + w_3 u_3 u_3^T,
    w_1 + w_2 = w_3 = c / cos^2(p/2),  w_1 - w_2 = 2 s / sin p.
Two angles are +-t/2 or +-t/2 + pi/2 for the r between them; with p the smaller one, doubled, each takes two products of
weight at most sqrt 2. For more angles p = pi/3 keeps all weights below 4/3. So factors are of the size of the letters:
they lose no digits, where the fewest products of a pencil can lose all.

Over R fewer than n + m products are never enough for a pair of which A^-1 B has an eigenvalue of multiplicity m that is
not real (J. JaJa, SIAM J. Comput. 8, 1979; see `pencil`): where all planes turn alike, these are the fewest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.distinct import occurring
from fsm2rnn.algebra.group.character_numbers import eigenvalues
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.representation.least_representation import Summand
from fsm2rnn.algebra.representation.spherical_function import Floats
from fsm2rnn.errors import NumericError

SHARP: Final = 1e-9
"""What is smaller is a rounding error: letters are orthogonal to 1e-12."""
APART: Final = math.pi / 3
"""The angle p where a plane has three turns or more: it keeps all weights below 4/3."""
NEAR: Final = 1e-6
"""Two angles nearer than this are taken as one: places are told apart to 1e-9, and what is less than a place would be
divided by the distance of the two."""
_TWO: Final = 2
_DIGITS: Final = 9
"""Digits by which turns are told apart: those of letters err by less than 1e-12."""


@final
@dataclass(frozen=True, eq=False)
class TurningFactors:
    """U (H, R), w (D, R) and V (H, R); NumericError unless they multiply to the letters (D, H, H)."""

    letters: Floats
    output: Floats
    gates: Floats
    source: Floats

    def __post_init__(self) -> None:
        """Prove the products, to the last digits."""
        products = np.einsum("ir,xr,jr->xij", self.output, self.gates, self.source)
        if np.abs(products - self.letters).max(initial=0) > SHARP:
            message = "the factors do not multiply to the letters"
            raise NumericError(message)

    @property
    def rank(self) -> int:
        """The number R of products."""
        return int(self.gates.shape[1])

    @property
    def condition(self) -> float:
        """The largest | |U| |diag w_x| |V|^T |_F / |A_x|_F."""
        sizes = np.einsum("ir,xr,jr->xij", *map(np.abs, (self.output, self.gates, self.source)))
        ratios = np.linalg.norm(sizes, axis=(1, 2)) / np.linalg.norm(self.letters, axis=(1, 2))
        return float(ratios.max())


def letters_turn(action: GroupAction) -> bool:
    """Return whether a^-1 x and a^-1 y commute for all letters, a the first one."""
    group, letters = action.group, occurring(action.letters, len(action.group))
    moved = group.product(np.full(len(letters), group.inverse(int(action.letters[0]))), letters)
    products = group.product(moved[:, None], moved[None, :])
    return bool(np.array_equal(products, products.T))


def fewest_products(table: CharacterTable, action: GroupAction, summands: tuple[Summand, ...]) -> int:
    """Return how many products any factors of a sum of real summands take at least, by characters alone."""
    group, dimension = action.group, sum(summand.dimension for summand in summands)
    inverse, letters = group.inverse(int(action.letters[0])), occurring(action.letters, len(group))
    most = 0
    for element in group.product(np.full(len(letters), inverse), letters).tolist():
        found = np.sum([_multiplicities(table, summand, element) for summand in summands], axis=0)
        most = max([most, *(int(count) for place, count in enumerate(found) if 0 < _TWO * place < len(found))])
    return dimension + most


def _multiplicities(table: CharacterTable, summand: Summand, element: int) -> Numbers:
    """Return the multiplicity of every eigenvalue exp(2 pi i j / n) of an element in a real summand."""
    found: Numbers = np.sum([eigenvalues(table, row, element) for row in summand.rows], axis=0) * summand.multiplicity
    return found


def turning_factors(letters: Floats) -> TurningFactors:
    """Return the factors of orthogonal letters (D, H, H); NumericError where they do not turn in one basis."""
    first = letters[0]
    turned = first.T @ letters
    lines, planes = _basis(turned)
    output, source = [first @ lines], [lines]
    gates = [np.einsum("il,xij,jl->xl", lines, turned, lines)]
    for u, v in planes:
        angles = np.arctan2(turned @ u @ v, turned @ u @ u)
        shift, left, right, weights = _plane(angles)
        basis = np.stack([u, v], axis=1)
        output.append(first @ basis @ shift @ left)
        source.append(basis @ right)
        gates.append(weights)
    return TurningFactors(letters, *(np.concatenate(parts, axis=1) for parts in (output, gates, source)))


def _basis(turned: Floats) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    """Return lines (H, L), and planes (u, v) with A u = c u + s v and A v = c v - s u, that all matrices keep."""
    generator = np.random.default_rng(0)
    weights = generator.uniform(1, 2, size=(2, len(turned), 1, 1))
    moved = turned.transpose(0, 2, 1)
    mixed = (weights[0] * (turned + moved) + 1j * weights[1] * (turned - moved)).sum(axis=0)
    vectors = np.linalg.eigh(mixed)[1]
    values = np.einsum("ik,xij,jk->xk", vectors.conj(), turned, vectors)
    real = (np.abs(values.imag) < SHARP).all(axis=0)
    sizes, found = np.linalg.eigh((vectors[:, real] @ vectors[:, real].conj().T).real)
    lines = found[:, sizes > 1 / 2]
    lines = lines @ np.linalg.eigh(lines.T @ mixed.real @ lines)[1]
    heads = (np.abs(values.imag) >= SHARP).argmax(axis=0)
    upper = ~real & (values.imag[heads, np.arange(values.shape[1])] > 0)
    # A z = (c + i s) z for z = (u - i v) / sqrt 2.
    pairs = [(math.sqrt(2) * z.real, -math.sqrt(2) * z.imag) for z in vectors[:, upper].T]
    return lines, pairs


# With two angles or fewer, the axes of the head of this module are laid so that each takes two products; with more,
# three serve all. Weights that are rounding errors are made zero.
def _plane(angles: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return R(r), the columns of U and of V (2, 3), and the weights (D, 3), of turns by these angles."""
    between, apart = 0.0, APART
    places = np.unique(np.round(np.exp(1j * angles), _DIGITS), return_index=True)[1]
    if len(places) <= _TWO:
        first, last = angles[places[[0, -1]]]
        half = (last - first) / _TWO
        between = first + half + (math.pi / _TWO if abs(math.cos(half)) < abs(math.sin(half)) else 0)
        apart = _TWO * math.atan(abs(math.tan(first - between)))
        apart = apart if apart > NEAR else APART
    c, s = np.cos(angles - between), np.sin(angles - between)
    half_sum, half_difference = c / (1 + math.cos(apart)), s / math.sin(apart)
    weights = np.stack([half_sum + half_difference, half_sum - half_difference, _TWO * half_sum], axis=1)
    weights[np.abs(weights) < SHARP] = 0
    shift = np.array([[math.cos(between), -math.sin(between)], [math.sin(between), math.cos(between)]])
    x, y = math.cos(apart / _TWO), math.sin(apart / _TWO)
    return shift, np.array([[x, x, 0], [y, -y, 1]]), np.array([[x, x, 0], [-y, y, 1]]), weights
