r"""The matrices G^-1 (phi(g_i^-1 x^-1 g_j)) of A_x over Q(zeta_n), on translates of one vector with Gram matrix G.

G_ij = phi(g_i^-1 g_j) is the Gram matrix of rho(g_1) u, ..., rho(g_d) u (see `spherical_function`), and column j of
rho(y) in this basis solves G M_j = (<rho(g_i) u, rho(y g_j) u>)_i. Entries lie in the field of chi and lambda, and are
real where rho is. A sum of representations has the blocks of its summands over the least common field.

The start vector is given in floats. Scalars of modulus 1 for each complex summand, and one factor for all, change no
distance relative to the norm; they make the largest coordinate of each such summand real and that of the first 1. The
rest is rounded to multiples of 1 / ROUNDING of 1 and of a root of unity near i, and projected exactly on the vectors
that the stabiliser fixes.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import flint
import numpy as np

from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.representation.orthogonal_representation import Frame, OrthogonalRepresentation
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.cyclotomic import Cyclotomic, degree

ROUNDING: Final = 1 << 14
"""Denominator of the rounded start vector: it moves codes by less than 1e-4, and keeps numbers short."""
PRODUCT_LIMIT: Final = 1 << 26
"""Most products of rationals in all products of matrices, and of matrices with codes: each is a call of FLINT."""

Rows: TypeAlias = list[list[flint.fmpq_poly]]  # modulo Phi_n
FieldVector: TypeAlias = tuple[Cyclotomic, ...]
FieldRows: TypeAlias = tuple[FieldVector, ...]


@final
@dataclass(frozen=True, eq=False)
class FieldRepresentation:
    """A_x code_i = code_k over Q(zeta_n), each A_x an isometry of the Gram matrix; code i is that of state reads_i."""

    conductor: int
    matrices: tuple[FieldRows, ...]  # (D, d, d)
    codes: FieldRows  # (Q, d), that of the start first
    reads: tuple[int, ...]
    gram: FieldRows  # (d, d)


def field_representation(action: GroupAction, found: OrthogonalRepresentation) -> FieldRepresentation:
    """Return the orthogonal representation `found` exactly over Q(zeta_n), its start vector rounded.

    LimitError where that is too much work, NumericError where rounding gives two states one code.
    """
    conductor = math.lcm(*(frame.function.conductor for frame in found.frames))
    letters = np.unique(action.letters).tolist()
    degrees = [frame.function.degree for frame in found.frames]
    products = sum(size**3 * (len(letters) + 2) + size**2 * len(found.codes) for size in degrees)
    if products * degree(conductor) > PRODUCT_LIMIT:
        what = "products of rationals in a representation over a cyclotomic field"
        raise LimitError(what, limit=PRODUCT_LIMIT, needed=products * degree(conductor))
    blocks = [_Block(conductor, frame) for frame in found.frames]
    matrices = {letter: [block.inverse(letter) for block in blocks] for letter in letters}
    codes = _codes(action, blocks, matrices, _starts(action, found, conductor))
    sums = {letter: _direct_sum(conductor, parts) for letter, parts in matrices.items()}
    vectors = tuple(tuple(_number(conductor, entry) for part in code for (entry,) in part) for code in codes.values())
    if len(set(vectors)) < len(vectors):
        message = "rounding the start vector gives two states one code"
        raise NumericError(message)
    gram = _direct_sum(conductor, [block.gram for block in blocks])
    letters_in_order = tuple(sums[letter] for letter in action.letters.tolist())
    return FieldRepresentation(conductor, letters_in_order, vectors, tuple(codes), gram)


@final
class _Block:
    """One irreducible representation on the translates that a frame chose."""

    def __init__(self, conductor: int, frame: Frame) -> None:
        function = frame.function
        self.group, self.elements = function.table.group, frame.elements
        self.inverses = np.array([self.group.inverse(element) for element in frame.elements.tolist()])
        self.modulus = flint.fmpq_poly(flint.fmpz_poly.cyclotomic(conductor))
        self.numerators, self.denominator = function.numerators(conductor), function.order
        self.gram = self._products(np.zeros(1, dtype=np.intp))
        self.gram_inverse = self._inverted(self.gram)

    def times(self, left: Rows, right: Rows) -> Rows:
        """Return a product of matrices."""
        columns = list(zip(*right, strict=True))
        return [
            [sum((a * b for a, b in zip(row, column, strict=True)), start=_ZERO) % self.modulus for column in columns]
            for row in left
        ]

    def mean(self, subgroup: Numbers) -> Rows:
        """Return the mean of rho over a subgroup."""
        return self.times(self.gram_inverse, self._products(subgroup))

    def inverse(self, element: int) -> Rows:
        """Return rho(element)^-1."""
        return self.mean(np.array([self.group.inverse(element)]))

    def _products(self, elements: Numbers) -> Rows:
        """Return the mean of phi(g_i^-1 y g_j) over y."""
        places = self.group.product(self.inverses[:, None, None], elements, self.elements[:, None])
        sums = self.numerators[places].sum(axis=2).tolist()
        return [[flint.fmpq_poly(entry, self.denominator * len(elements)) for entry in row] for row in sums]

    def _inverted(self, matrix: Rows) -> Rows:
        """Return the inverse of a positive definite matrix by elimination: no pivot is zero."""
        size = len(matrix)
        rows = [[*row, *(flint.fmpq_poly([int(i == j)]) for j in range(size))] for i, row in enumerate(matrix)]
        for place in range(size):
            _, inverse, _ = rows[place][place].xgcd(self.modulus)
            pivot = rows[place] = [entry * inverse % self.modulus for entry in rows[place]]
            for other in range(size):
                factor = rows[other][place]
                if other != place and factor:
                    rows[other] = [(a - factor * b) % self.modulus for a, b in zip(rows[other], pivot, strict=True)]
        return [row[size:] for row in rows]


_ZERO: Final = flint.fmpq_poly([0])


def _starts(action: GroupAction, found: OrthogonalRepresentation, conductor: int) -> list[Rows]:
    """Return the start vector on the translates of each block, turned, scaled and rounded as the module says."""
    parts, place = [], 0
    for frame, letters in zip(found.frames, found.blocks, strict=True):
        part = found.codes[action.states[0], place : place + letters.shape[1]]
        place += letters.shape[1]
        if not frame.function.real:
            part = part[: len(part) // 2] + 1j * part[len(part) // 2 :]
        own = np.linalg.solve(frame.vectors[frame.elements].T, part)
        largest = own[np.abs(own).argmax()]
        parts.append(own if frame.function.real else own * (abs(largest) / largest))
    scale = max((float(np.abs(part).max()) for part in parts), default=1.0)
    return [[[_rounded(conductor, complex(entry / scale))] for entry in part] for part in parts]


def _rounded(conductor: int, value: complex) -> flint.fmpq_poly:
    """Return a number of the field near a complex one, a rational near a real one."""
    if not value.imag:
        return flint.fmpq_poly([round(value.real * ROUNDING)], ROUNDING)
    quarter = round(conductor / 4)
    root = cmath.exp(2j * cmath.pi * quarter / conductor)
    turned = round(value.imag / root.imag * ROUNDING)
    straight = round((value.real - turned / ROUNDING * root.real) * ROUNDING)
    return flint.fmpq_poly([straight, *[0] * (quarter - 1), turned], ROUNDING)


def _codes(
    action: GroupAction, blocks: Sequence[_Block], letters: dict[int, list[Rows]], starts: Sequence[Rows]
) -> dict[int, list[Rows]]:
    """Return the codes of the states by blocks, breadth first from the start."""
    stabiliser = np.flatnonzero(action.stabiliser)
    first = [block.times(block.mean(stabiliser), start) for block, start in zip(blocks, starts, strict=True)]
    codes, queue = {int(action.states[0]): first}, [0]
    for element in queue:
        for letter, matrices in letters.items():
            moved = int(action.group.columns[letter, element])
            if int(action.states[moved]) not in codes:
                before = zip(blocks, matrices, codes[int(action.states[element])], strict=True)
                codes[int(action.states[moved])] = [block.times(matrix, code) for block, matrix, code in before]
                queue.append(moved)
    return codes


def _direct_sum(conductor: int, parts: Sequence[Rows]) -> FieldRows:
    """Return the matrix with these blocks."""
    size, place = sum(map(len, parts)), 0
    zero, rows = Cyclotomic.rational(conductor, 0), list[FieldVector]()
    for part in parts:
        for row in part:
            entries = [zero] * size
            entries[place : place + len(row)] = [_number(conductor, entry) for entry in row]
            rows.append(tuple(entries))
        place += len(part)
    return tuple(rows)


def _number(conductor: int, value: flint.fmpq_poly) -> Cyclotomic:
    numerators = [int(entry) for entry in value.numer().coeffs()]
    padded = (*numerators, *[0] * (degree(conductor) - len(numerators)))
    return Cyclotomic(conductor, padded, int(value.denom()))
