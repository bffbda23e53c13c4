"""The exact matrices of a compiled linear recurrence as sympy's: rational, of cosines and sines, or over Q(zeta_n)."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import InputError
from fsm2rnn.exact.cyclotomic import Cyclotomic
from fsm2rnn.exact.matrix import ExactMatrix, columns_of
from fsm2rnn.exact.sparse import Scalar
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Turn
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.hermitian_norm import FieldMatrix
from fsm2rnn.proof.claim.simulation import Simulation


def symbolic_matrices(compiled: Compiled) -> tuple[sympy.ImmutableMatrix, ...]:
    """Return A_x of each symbol, in the order of the machine's symbols, exactly as it was proved.

    h <- A_x h. Rational matrices are (H, H); with additive terms they act on (h, 1) and are (H + 1, H + 1). A turn by
    the part t of a full turn is [[cos 2 pi t, -sin 2 pi t], [sin 2 pi t, cos 2 pi t]], after the lines on the
    diagonal. A proof over Q(zeta_n) has matrices (d, d) in the basis of its proof, zeta_n = exp(2 pi i / n); the stored
    weights are theirs in an orthonormal real basis, rounded. InputError for nonlinear cells, which have no matrices.
    """
    match compiled.proof:
        case Simulation() as proof:
            return tuple(map(_rational, proof.matrices))
        case Enclosure() as proof:
            return tuple(map(_turning, proof.letters))
        case FieldSimulation() as proof:
            zeta = sympy.exp(2 * sympy.pi * sympy.I / proof.conductor)
            return tuple(_over_field(matrix, zeta) for matrix in proof.matrices)
        case _:
            message = f"{type(compiled.operator).__name__} is no linear recurrence: it has no matrix of a symbol"
            raise InputError(message, hint="compile(...).network() has its weights")


def _number(value: Scalar) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def _rational(matrix: ExactMatrix) -> sympy.ImmutableMatrix:
    columns = columns_of(matrix)
    found = sympy.zeros(matrix.height, len(columns))
    for at, column in enumerate(columns):
        for row, value in column:
            found[row, at] = _number(value)
    return found.as_immutable()


def _turning(letter: Letter) -> sympy.ImmutableMatrix:
    blocks: Iterable[sympy.Matrix] = (
        *(sympy.Matrix([[_number(factor)]]) for factor in letter.lines),
        *map(_block, letter.planes),
    )
    return sympy.diag(*blocks).as_immutable()


def _block(turn: Turn) -> sympy.Matrix:
    if turn is None:
        return sympy.zeros(2, 2)
    angle = 2 * sympy.pi * _number(turn)
    return sympy.Matrix([[sympy.cos(angle), -sympy.sin(angle)], [sympy.sin(angle), sympy.cos(angle)]])


def _over_field(matrix: FieldMatrix, zeta: sympy.Expr) -> sympy.ImmutableMatrix:
    return sympy.ImmutableMatrix([[_sum(entry, zeta) for entry in row] for row in matrix])


def _sum(entry: Cyclotomic, zeta: sympy.Expr) -> sympy.Expr:
    terms = (part * zeta**power for power, part in enumerate(entry.coefficients))
    return sympy.Add(*terms) / entry.denominator
