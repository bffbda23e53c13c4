"""A_x code_q = code_delta(q, x) in integers: the last step of every network whose state is exactly one of some codes.

The state after a word is a code, hence read without error by the nearest prototype 2 <p, h> - |p|^2, or, where the
codes are unit vectors, by the coordinate that is one. The simulation proves the equations and the readout; nothing here
is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from fsm2rnn.algebra.integral.permutation_module import integer_inverse
from fsm2rnn.constructions.promise import finite_promise, one_hot_promise
from fsm2rnn.constructions.sizes import Sizes
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.matrix import ExactMatrix, columns_of
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, dot, unit, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.operator import Operator
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.claim.simulation import Simulation

MANY: Final = 2048
"""Most codes that are read by the nearest prototype whatever the letters: the proof compares all pairs of them."""
FEW: Final = 256
"""Most coordinates on which a form that all letters keep is looked for, by an exact inverse."""


def integer_network(
    machine: StateMachine,
    operator: Operator,
    codes: Sequence[Vector],
    contract: Contract,
    sizes: Sizes,
    *,
    reads: Sequence[int] | None = None,
    head: SparseMatrix | None = None,
) -> Compiled:
    """Return the network of integer codes, that of the start first unless codes are those of all states in order.

    `codes` have operator.size coordinates; where the matrices act on (h, 1) the constant is added. `reads` are the
    states that the codes stand for, by default each its own. `head` is the linear head of contract linear. Raises
    CertificateError where the codes are not kept or not told apart.
    """
    states = tuple(range(len(codes)) if reads is None else reads)
    matrices = tuple(operator.matrix(symbol) for symbol in range(len(machine.symbols)))
    constant: Vector = ((operator.size, 1),) if matrices[0].height > operator.size else ()
    decoder = _invariant(machine, matrices, codes, states) or nearest_integers(codes, states, matrices[0].width)
    whole = tuple((*code, *constant) for code in codes)
    proof = Simulation(machine, matrices, whole, states, decoder, finite_promise(contract), head)
    return Compiled(operator, proof, sizes)


def one_hot_network(machine: StateMachine, operator: Operator, contract: Contract, sizes: Sizes) -> Compiled:
    """Return the network whose state is e_q, read without a product; its head is that of the output functions."""
    states = len(machine.states)
    kept, head = one_hot_promise(machine, contract)
    matrices = tuple(operator.matrix(symbol) for symbol in range(len(machine.symbols)))
    codes = tuple(unit(state) for state in range(states))
    decoder = Decoder.linear(SparseMatrix.identity(states))
    proof = Simulation(machine, matrices, codes, tuple(range(states)), decoder, kept, head)
    return Compiled(operator, proof, sizes)


def _invariant(
    machine: StateMachine, matrices: Sequence[ExactMatrix], codes: Sequence[Vector], reads: Sequence[int]
) -> Decoder | None:
    """Return `invariant_integers` of many states that letters permute, on few coordinates and not as isometries."""
    if len(machine.states) <= MANY or matrices[0].width > FEW:
        return None
    if not all(map(_distinct, zip(*machine.table, strict=True))) or _orthogonal(matrices):
        return None
    try:
        return invariant_integers(codes, reads, matrices[0].width)
    except (LimitError, NumericError):
        return None


def _distinct(column: Sequence[int]) -> bool:
    return len(set(column)) == len(column)


def _orthogonal(matrices: Iterable[ExactMatrix]) -> bool:
    """Whether the columns of all letters are orthonormal."""
    return all(
        dot(column, other) == (place == number)
        for matrix in matrices
        for place, column in enumerate(columns_of(matrix))
        for number, other in enumerate(columns_of(matrix))
    )


def invariant_integers(prototypes: Sequence[Vector], reads: Sequence[int], size: int) -> Decoder:
    """Return the decoder with the row G p of each prototype p, by the states they are read as, without a bias.

    G is the inverse of sum p p^T, times a number: where invertible letters permute the prototypes, A G^-1 A^T = G^-1,
    so A is an isometry of G, all p have one norm in it, and <G p, q> is greatest for q = p (Cauchy and Schwarz). The
    rows are permuted as the states are, and the proof looks at the first code alone. NumericError where prototypes do
    not span all coordinates, LimitError for large entries.
    """
    points = np.zeros((len(prototypes), size), dtype=np.int64)
    for place, prototype in enumerate(prototypes):
        for index, value in prototype:
            points[place, index] = int(value)
    rows = (points @ integer_inverse(points.T @ points))[np.argsort(reads)]
    columns = tuple(vector(enumerate(column)) for column in rows.T.tolist())
    return Decoder(DecoderKind.LINEAR, SparseMatrix(len(rows), columns), (), tuple(sorted(reads)))


def nearest_integers(prototypes: Iterable[Vector], reads: Sequence[int], size: int) -> Decoder:
    """Return the decoder with one row per integer prototype, by the states they are read as; doubled, so no halves.

    `size` is the width of the state; coordinates beyond the prototypes' score nothing.
    """
    rows = sorted(zip(reads, prototypes, strict=True))
    columns: list[list[tuple[int, Scalar]]] = [[] for _ in range(size)]
    for row, (_, prototype) in enumerate(rows):
        for place, value in prototype:
            columns[place].append((row, 2 * value))
    bias = vector((row, -dot(prototype, prototype)) for row, (_, prototype) in enumerate(rows))
    readout = SparseMatrix(len(rows), tuple(tuple(column) for column in columns))
    return Decoder(DecoderKind.NEAREST, readout, bias, tuple(read for read, _ in rows))
