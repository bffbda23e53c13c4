"""Grade exact: max over orbit and rows of sum_j |A_ij| |h_j| <= 2^p, all integers, so no operation ever rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from fsm2rnn.exact.rounding import FORMATS, FloatFormat
from fsm2rnn.exact.sparse import ExactMatrix, Scalar, SparseMatrix, Vector, magnitude, vector
from fsm2rnn.proof.simulation import Simulation

REASON = (
    "every weight, code and bias is an integer of magnitude at most partial_sums, and over all codes so is every "
    "partial sum of A h (factor by factor where A is stored as factors), of the readout and of the head; every such "
    "integer is a number of these formats, so, applied one symbol at a time to operands that are not cut to a shorter "
    "format first, no operation rounds, in any order of summation, with or without fused multiply-add, at any length"
)


@final
@dataclass(frozen=True)
class ExactGrade:
    """The float formats in which a simulation runs without rounding at every length.

    `partial_sums` bounds every partial sum along the orbit; None when an entry is not an integer, and
    then no format is listed.
    """

    partial_sums: int | None
    formats: tuple[FloatFormat, ...]


def exact_grade(simulation: Simulation) -> ExactGrade:
    """Return the formats of 2^precision >= the bound on all partial sums of the orbit."""
    decoder = simulation.decoder
    heads = () if simulation.head is None else (simulation.head,)
    matrices = (*simulation.matrices, *heads)
    values = [*(stage for matrix in matrices for stage in matrix.stages), decoder.readout, *_as_matrices(simulation)]
    if not all(_integral(matrix) for matrix in values):
        return ExactGrade(None, ())
    sizes = [magnitude(code) for code in simulation.codes]
    bound = max(_largest(size) for size in sizes)
    for matrix in matrices:
        bound = max(bound, _partial_sums(matrix, simulation.codes))
    readout, bias = decoder.readout.magnitude(), magnitude(decoder.bias)
    bound = max(bound, *(_largest(vector((*readout.apply(size), *bias))) for size in sizes))
    bound = max(bound, *(_largest(column) for column in readout.columns))
    exact = tuple(form for form in FORMATS if bound <= 1 << form.precision)
    return ExactGrade(int(bound), exact)


def _partial_sums(matrix: ExactMatrix, codes: Sequence[Vector]) -> Scalar:
    """Return the largest entry of any stage, and the largest partial sum of magnitudes of any stage on the orbit."""
    bound: Scalar = 0
    states = codes
    for position, stage in enumerate(matrix.stages):
        absolute = stage.magnitude()
        bound = max(bound, *(_largest(absolute.apply(magnitude(state))) for state in states))
        # A weight outside the orbit's support still has to be stored, and meets only exact zeros.
        bound = max(bound, *(_largest(column) for column in absolute.columns))
        if position + 1 < len(matrix.stages):
            states = [stage.apply(state) for state in states]
    return bound


def _as_matrices(simulation: Simulation) -> tuple[SparseMatrix, SparseMatrix]:
    """Return the codes and the bias as the columns of matrices."""
    decoder = simulation.decoder
    return SparseMatrix(simulation.size, simulation.codes), SparseMatrix(decoder.readout.height, (decoder.bias,))


def _integral(matrix: SparseMatrix) -> bool:
    return all(value.denominator == 1 for column in matrix.columns for _, value in column)


def _largest(state: Vector) -> Scalar:
    return max((value for _, value in state), default=0)
