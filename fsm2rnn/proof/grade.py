"""Grade exact: max over orbit and rows of sum_j |A_ij| |h_j| <= 2^p, all integers, so no operation ever rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.rounding import FORMATS, FloatFormat
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, magnitude, vector
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
    stored = [*_stored(simulation), decoder.readout, *_as_matrices(simulation)]
    if not all(_integral(matrix) for matrix in stored):
        return ExactGrade(None, ())
    sizes = [magnitude(code) for code in simulation.codes]
    # A weight outside the orbit's support still has to be stored, and meets only exact zeros.
    bound = max(_largest(column) for matrix in stored for column in matrix.magnitude().columns)
    for absolute in _partial_sums(simulation):
        bound = max(bound, *(_largest(absolute.apply(size)) for size in sizes))
    readout, bias = decoder.readout.magnitude(), magnitude(decoder.bias)
    bound = max(bound, *(_largest(vector((*readout.apply(size), *bias))) for size in sizes))
    exact = tuple(form for form in FORMATS if bound <= 1 << form.precision)
    return ExactGrade(int(bound), exact)


def _stored(simulation: Simulation) -> Iterator[SparseMatrix]:
    """Yield the matrices that are stored: each A_x, or its factors, and the head."""
    factors: dict[int, SparseMatrix] = {}
    for matrix in simulation.matrices:
        match matrix:
            case SparseMatrix():
                yield matrix
            case FactoredMatrix(output, gates, source):
                yield SparseMatrix(output.width, (gates,))
                factors |= {id(output): output, id(source): source}
    yield from factors.values()
    if simulation.head is not None:
        yield simulation.head


def _partial_sums(simulation: Simulation) -> Iterator[SparseMatrix]:
    """Yield matrices M such that every partial sum of a step and of the head is an entry of M |h| at most.

    |A| for a matrix; for factors |V|^T, the same times the largest gate, and |U| diag(|w|) |V|^T.
    """
    inner: dict[int, tuple[SparseMatrix, Scalar]] = {}
    absolute: dict[int, SparseMatrix] = {}
    for matrix in simulation.matrices:
        match matrix:
            case SparseMatrix():
                yield matrix.magnitude()
            case FactoredMatrix(output, gates, source):
                for factor in (output, source):
                    if id(factor) not in absolute:
                        absolute[id(factor)] = factor.magnitude()
                largest = max(_largest(magnitude(gates)), inner.get(id(source), (source, 1))[1])
                inner[id(source)] = source, largest
                left, middle, right = absolute[id(output)], magnitude(gates), absolute[id(source)]
                same = left is output and middle is gates and right is source
                yield matrix.product if same else FactoredMatrix(left, middle, right).product
    for source, gate in inner.values():
        columns = absolute[id(source)].transposed().columns
        scaled = tuple(tuple((place, gate * value) for place, value in column) for column in columns)
        yield SparseMatrix(source.width, scaled)
    if simulation.head is not None:
        yield simulation.head.magnitude()


def _as_matrices(simulation: Simulation) -> tuple[SparseMatrix, SparseMatrix]:
    """Return the codes and the bias as the columns of matrices."""
    decoder = simulation.decoder
    return SparseMatrix(simulation.size, simulation.codes), SparseMatrix(decoder.readout.height, (decoder.bias,))


def _integral(matrix: SparseMatrix) -> bool:
    return all(value.denominator == 1 for column in matrix.columns for _, value in column)


def _largest(state: Vector) -> Scalar:
    return max((value for _, value in state), default=0)
