"""Grade exact: max over orbit and rows of sum_j |A_ij| |h_j| <= 2^p, all integers, so no operation ever rounds.

Factors U diag(w) V^T may be multiples of powers of two below 1: with units 1/u, 1/v, 1/t of U, w and V every number of
their step is a multiple of 1 / (u v t), and it is their multiples that are to be 2^p at most. So u v t <= 2^p, and no
such number is below the normal range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import final

from fsm2rnn.exact.coordinates import FormValues, Rows, side_by_side
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.rounding import NATIVE, FloatFormat
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, absolute, magnitude
from fsm2rnn.exact.updates import UpdateProduct, reach_of
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.rounding.scan_order import exact_sums

REASON = (
    "every weight, code and bias is an integer of magnitude at most partial_sums, and over all codes so is every "
    "partial sum of A h (factor by factor where A is stored as factors; update by update, counted in units of the last "
    "bit, where it is stored as updates), of the readout and of the head; every such integer is a number of these "
    "formats, so, applied one symbol at a time to operands that are not cut to a shorter format first, no operation "
    "rounds, in any order of summation, with or without fused multiply-add, at any length"
)
IN_UNITS = (
    "every code, bias and weight outside the factors is an integer, and every number of the factors a multiple of a "
    "power of two; all are of magnitude at most partial_sums, and over all codes so is every partial sum of A h, "
    "factor by factor, of the readout and of the head, those of factors counted in units of the last bit; every "
    "such number is one of these formats, so, applied one symbol at a time to operands that are not cut to a "
    "shorter format first, no operation rounds, in any order of summation, with or without fused multiply-add, at "
    "any length"
)


# Values of forms on codes, of which the largest counts: a second at the limit.
VALUE_LIMIT = 1 << 23


@final
@dataclass(frozen=True)
class ExactGrade:
    """The float formats in which a simulation runs without rounding at every length.

    `partial_sums` bounds every partial sum along the orbit; None when an entry is not an integer, nor a multiple of a
    power of two in factors, and then no format is listed. Of factors partial sums are counted in `units`, so many to 1.
    `products` bounds those of letters that are multiplied as matrices, and `scan` lists the
    formats in which they never round either; see `scan_order`.
    """

    partial_sums: int | None
    formats: tuple[FloatFormat, ...]
    products: int | None = None
    scan: tuple[FloatFormat, ...] = ()
    units: int = 1

    @property
    def reason(self) -> str:
        """Why nothing rounds."""
        return REASON if self.units == 1 else IN_UNITS


def exact_grade(simulation: Simulation, formats: Sequence[FloatFormat] = NATIVE) -> ExactGrade:
    """Return those of `formats` with 2^precision >= the bound on all partial sums of the orbit."""
    decoder = simulation.decoder
    # Equal columns, of which a machine's matrices have many, are looked at once.
    stored = {column for matrix in (*_plain(simulation), decoder.readout) for column in matrix.columns}
    stored |= {*simulation.codes, decoder.bias}
    updates = {matrix for matrix in simulation.matrices if isinstance(matrix, UpdateProduct)}
    factors = {column for matrix in _factors(simulation) for column in matrix.columns}
    dyadic = [*(value for column in factors for _, value in column), *_numbers(updates)]
    if not all(value.denominator == 1 for column in stored for _, value in column) or not all(map(_is_dyadic, dyadic)):
        return ExactGrade(None, ())
    sizes = tuple({magnitude(code) for code in simulation.codes})
    reach = reach_of(simulation.codes)
    # A weight outside the orbit's support still has to be stored, and meets only exact zeros.
    bound = max([*map(_largest, stored), *(matrix.partial_sums(*reach) for matrix in updates)])
    rows = side_by_side(sizes, simulation.size)
    # The image of a unit vector is a stored column.
    others = [size for size in sizes if rows is not None or [value for _, value in size] != [1]]
    bound = max(bound, _largest_image(_plain(simulation), others, rows))
    units = max((_units(matrix) for matrix in simulation.matrices if isinstance(matrix, FactoredMatrix)), default=1)
    sums = list(_sums_of_factors(simulation))
    inside = max([*map(_largest, factors), _largest_image(sums, sizes, rows)])
    bound = max(bound, units * inside, units if units > 1 else 0)
    bound = max(bound, _largest_score(decoder, sizes, rows))
    exact = tuple(form for form in formats if bound <= 1 << form.precision)
    # Letters that are made matrices: the numbers of a step from a unit vector.
    formed = [units * _largest(column) for matrix in sums for column in matrix.columns]
    formed += [matrix.partial_sums(1, 1) for matrix in updates]
    products = exact_sums(simulation)
    products = None if products is None else int(max([products, *formed]))
    scan = () if products is None else tuple(form for form in exact if products <= 1 << form.precision)
    return ExactGrade(int(bound), exact, products, scan, units)


def _largest_image(matrices: Iterable[SparseMatrix], sizes: Sequence[Vector], rows: Rows | None) -> Scalar:
    """Return the largest entry of any |A| times the sizes, which are given by `rows` too where few entries are 0."""
    if rows is None:
        plain = {matrix.magnitude() for matrix in matrices} if sizes else set()
        return max((_largest(matrix.apply(size)) for matrix in plain for size in sizes), default=0)
    forms = {form for matrix in matrices for form in matrix.transposed().columns}
    values = FormValues(rows)
    return max((max(values.of(form)) for form in {*map(magnitude, forms)}), default=0)


def _largest_score(decoder: Decoder, sizes: Sequence[Vector], rows: Rows | None) -> Scalar:
    """Return the largest entry of |C| size + |b|, or less if it is one of |b|, which is stored.

    Of more than VALUE_LIMIT entries a bound, by a size that is the largest in every coordinate.
    """
    bias = magnitude(decoder.bias)
    if decoder.readout.height * len(sizes) > VALUE_LIMIT:
        sizes, rows = (_largest_of_each(sizes),), None
    if rows is None:
        plain, added = decoder.readout.magnitude(), dict(bias)
        return max((score + added.get(row, 0) for size in sizes for row, score in plain.apply(size)), default=0)
    readout = SparseMatrix(decoder.readout.height, (*decoder.readout.columns, bias))
    return _largest_image([readout], sizes, [*rows, [1] * len(sizes)])


def _largest_of_each(sizes: Iterable[Vector]) -> Vector:
    """Return the largest entry of every coordinate."""
    found: dict[int, Scalar] = {}
    for size in sizes:
        for place, value in size:
            found[place] = max(value, found.get(place, 0))
    return tuple(sorted(found.items()))


def _factors(simulation: Simulation) -> Iterator[SparseMatrix]:
    """Yield the factors that are stored."""
    factors: dict[int, SparseMatrix] = {}
    for matrix in simulation.matrices:
        if isinstance(matrix, FactoredMatrix):
            yield SparseMatrix(matrix.output.width, (matrix.gates,))
            factors |= {id(matrix.output): matrix.output, id(matrix.input): matrix.input}
    yield from factors.values()


def _plain(simulation: Simulation) -> Iterator[SparseMatrix]:
    """Yield the matrices that are stored as they are; every partial sum of a step is an entry of |A| |h| at most."""
    yield from (matrix for matrix in simulation.matrices if isinstance(matrix, SparseMatrix))
    if simulation.head is not None:
        yield simulation.head


def _sums_of_factors(simulation: Simulation) -> Iterator[SparseMatrix]:
    """Yield matrices M such that every partial sum of a factored step is an entry of M |h| at most.

    They are |V|^T, |V|^T times the largest gate, and |U| diag(|w|) |V|^T.
    """
    inner: dict[int, tuple[SparseMatrix, Scalar]] = {}
    magnitudes: dict[int, SparseMatrix] = {}
    for matrix in simulation.matrices:
        if not isinstance(matrix, FactoredMatrix):
            continue
        output, gates, source = matrix.output, matrix.gates, matrix.input
        for factor in (output, source):
            if id(factor) not in magnitudes:
                magnitudes[id(factor)] = factor.magnitude()
        largest = max(_largest(gates), inner.get(id(source), (source, 1))[1])
        inner[id(source)] = source, largest
        left, middle, right = magnitudes[id(output)], magnitude(gates), magnitudes[id(source)]
        same = left is output and middle is gates and right is source
        yield matrix.product if same else FactoredMatrix(left, middle, right).product
    for source, gate in inner.values():
        columns = magnitudes[id(source)].transposed().columns
        scaled = tuple(tuple((place, gate * value) for place, value in column) for column in columns)
        yield SparseMatrix(source.width, scaled)


def _numbers(updates: Iterable[UpdateProduct]) -> Iterator[Scalar]:
    return (number for matrix in updates for update in matrix.updates for number in update.numbers)


def _units(matrix: FactoredMatrix) -> int:
    """Return how many units of the last bit, of a product of an entry of each dyadic factor, are 1."""
    columns = (matrix.output.columns, (matrix.gates,), matrix.input.columns)
    return math.prod(max((value.denominator for part in one for _, value in part), default=1) for one in columns)


def _is_dyadic(number: Scalar) -> bool:
    return not number.denominator & (number.denominator - 1)


def _largest(state: Vector) -> Scalar:
    return max((absolute(value) for _, value in state), default=0)
