"""A_x = U diag(w_x) V^T over Q for letters that permute integer codes: exact over Q, in floats in an orthonormal basis.

Let C = sum_q code_q code_q^T. Letters permute the codes, so A C A^T = C, and each A is an isometry of C^-1. With
C = L L^T the L^-1 A L are orthogonal, and have the factors L^-1 U and L^T V with the same gates. Thirds round, but
letters that keep lengths do not enlarge what is lost, so as many steps as theorem D gives are proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import flint
import numpy as np

from fsm2rnn.algebra.integral.module_sums import IntegerRepresentation
from fsm2rnn.algebra.representation.spherical_function import Floats
from fsm2rnn.constructions.dense.orthogonal_network import FieldCodes, field_network, float_matrix, nearest
from fsm2rnn.constructions.integer_network import MANY
from fsm2rnn.constructions.promise import finite_promise
from fsm2rnn.constructions.sizes import Sizes
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.cyclotomic import Cyclotomic
from fsm2rnn.exact.sparse import Scalar, SparseMatrix
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.factored import Factored
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.hermitian_norm import FieldMatrix

RATIONAL: Final = 1
"""The conductor of Q."""


def rational_products(
    machine: StateMachine, codes: IntegerRepresentation, exact: Factored, contract: Contract, sizes: Sizes
) -> Compiled:
    """Return the network of these factors over Q; CertificateError unless they multiply to the letters.

    The letters permute the states. LimitError where the proof is too large.
    """
    if len(codes.codes) > MANY:
        what = "prototypes of products over Q, which are all compared"
        raise LimitError(what, limit=MANY, needed=len(codes.codes))
    letters = tuple(exact.matrix(symbol).product for symbol in range(len(machine.symbols)))
    if letters != codes.matrices:
        message = "the factors do not multiply to the letters"
        raise CertificateError("factors", message)
    points = _rows(SparseMatrix(codes.size, codes.codes))
    integers = flint.fmpz_mat([[int(entry) for entry in row] for row in points])
    whole = integers * integers.transpose()
    gram = flint.fmpq_mat(whole).inv().tolist()
    proof = FieldSimulation(
        machine,
        RATIONAL,
        tuple(_over_field(_rows(matrix)) for matrix in letters),
        tuple(zip(*_over_field(points), strict=True)),
        tuple(range(len(codes.codes))),
        _over_field([[Fraction(int(entry.p), int(entry.q)) for entry in row] for row in gram]),
        finite_promise(contract),
    )
    lower = np.linalg.cholesky(np.array(whole.tolist(), dtype=np.float64))
    placed, output = (_floats(np.linalg.solve(lower, _floats(part))) for part in (points, _rows(exact.output)))
    operator = Factored(float_matrix(output), exact.gates, float_matrix(lower.T @ _floats(_rows(exact.input))))
    readout = nearest(machine, placed.T / np.linalg.norm(placed[:, 0]))
    return field_network(FieldCodes(proof, readout), operator, sizes)


def _rows(matrix: SparseMatrix) -> list[list[Scalar]]:
    columns = [dict(column) for column in matrix.columns]
    return [[column.get(row, 0) for column in columns] for row in range(matrix.height)]


def _floats(rows: object) -> Floats:
    return np.array(rows, dtype=np.float64)


def _over_field(rows: Sequence[Sequence[Scalar]]) -> FieldMatrix:
    return tuple(tuple(Cyclotomic.rational(RATIONAL, entry) for entry in row) for row in rows)
