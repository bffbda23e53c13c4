"""A_x = U diag(w_x) V^T over the integers: one term of U, w, V^T for each rank-one tensor of the smallest cut.

A slice M of rank r is factored as M = C B with integer C of r columns and integer B of r rows.

- If every column of M is c e_a or c (e_a - e_b), take the graph of these edges, to a ground vertex or between a and b.
  In a component without ground the rows of M sum to zero, so M = sum_v (e_v - e_root) (row v of M) over the vertices
  that are no root, with e_ground = 0: as many terms as a spanning forest has edges. The entries are those of M and 1.
- Otherwise B is a basis of the lattice that the rows of M span, and C is integer by definition: some rows of M where
  they are such a basis, or the transposed, or a Hermite form shortened by the algorithm of Lenstra, Lenstra and Lovasz.
  Of a large slice terms with a pivot 1 or -1 are taken off before (`unit_terms`).

R is the least of five upper bounds (see `cp_bounds`), or less where few small letters are searched for terms
(`searched_parts`); it is not the rank of the tensor, which may be less over Q, R and C.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, final

import flint

from fsm2rnn.algebra.tensor_rank.cp_bounds import (
    GROUND,
    Block,
    Construction,
    dense,
    forest_root,
    smallest_cut,
    spanning_forest,
)
from fsm2rnn.algebra.tensor_rank.pencil import Column, IntegerTensor, Slice, integer_tensor, transpose
from fsm2rnn.algebra.tensor_rank.pencil_terms import GateRing
from fsm2rnn.algebra.tensor_rank.searched_parts import ScaledPart, searched_parts
from fsm2rnn.algebra.tensor_rank.unit_terms import unit_terms
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, magnitude, transposed


@final
@dataclass(frozen=True)
class CPFactors:
    """A_x = U diag(w_x) V^T: the entry (i, j) of A_x is sum_r U[i, r] w_x[r] V[j, r].

    U and V are integers, and so are the gates, but some that are divided by a power of two, or rational ones of
    `rational_factors`. Raises NumericError where the shapes do not fit.
    """

    output: SparseMatrix  # U (H, R)
    gates: tuple[Vector, ...]  # w_x, one vector of height R per symbol
    input: SparseMatrix  # V^T (R, H)
    construction: Construction

    def __post_init__(self) -> None:
        """Prove that the shapes fit."""
        SparseMatrix(self.rank, self.gates)  # the gates are vectors of height R
        if self.input.height != self.rank or len(self.input.columns) != self.output.height:
            shape = f"{self.input.height} x {len(self.input.columns)}"
            message = f"V^T is {shape}, expected {self.rank} x {self.output.height}"
            raise NumericError(message)

    @property
    def rank(self) -> int:
        """Return R, the number of terms."""
        return len(self.output.columns)

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return U diag(w_x) V^T for the symbol of this index."""
        gates = dict(self.gates[symbol])
        gated = (tuple((r, entry * gates[r]) for r, entry in column if r in gates) for column in self.input.columns)
        return SparseMatrix(self.output.height, tuple(self.output.apply(column) for column in gated))

    @property
    def condition(self) -> float:
        """The largest | |U| |diag w_x| |V|^T |_F / |A_x|_F over the letters that are not zero; 1 where all are."""
        sizes = replace(
            self,
            output=self.output.magnitude(),
            gates=tuple(magnitude(row) for row in self.gates),
            input=self.input.magnitude(),
        )
        norms = [(_square(sizes.matrix(x)), _square(self.matrix(x))) for x in range(len(self.gates))]
        return math.sqrt(max((large / small for large, small in norms if small), default=1))


def _square(matrix: SparseMatrix) -> Scalar:
    return sum(entry * entry for column in matrix.columns for _, entry in column)


def cp_factors(matrices: Sequence[SparseMatrix]) -> CPFactors:
    """Return integer factors for the smallest of the five constructions, or fewer products where a search finds them.

    What is found may be wrong without harm: whoever uses it proves U diag(w) V^T = A_x by `exact.factored`. Raises
    InputError unless the matrices are integer, square and of one size; LimitError beyond the limit of entries.
    """
    tensor = integer_tensor(matrices)
    cut = smallest_cut(tensor)
    parts = searched_parts(tensor, cut.rank)
    if parts is not None:
        return _assembled(tensor, [term for part in parts for term in _terms_of(part)], Construction.SEARCHED)
    terms = [term for block in cut.blocks for term in _terms(block)]
    return _assembled(tensor, terms, cut.construction)


def rational_factors(matrices: Sequence[SparseMatrix], below: int) -> CPFactors | None:
    """Return factors with fewer than `below` products, gates in Q; None where none were found. As `cp_factors` else."""
    tensor = integer_tensor(matrices)
    parts = searched_parts(tensor, below, GateRing.RATIONAL)
    if parts is None:
        return None
    return _assembled(tensor, [term for part in parts for term in _terms_of(part)], Construction.SEARCHED)


def slice_factors(part: Slice) -> list[tuple[Column, Column]]:
    """Return the pairs (column of C, row of B) of an integer factorisation M = C B with rank M of them."""
    flipped = transpose(part)
    forest = spanning_forest(part.values())
    if forest is not None:
        return _forest_factors(forest, flipped)
    forest = spanning_forest(flipped.values())
    if forest is not None:
        return [(left, right) for right, left in _forest_factors(forest, part)]
    terms, rest = unit_terms(part)
    if not rest:
        return terms
    left, right = _lattice_factors(dense(rest))
    rows, columns = sorted(transpose(rest)), sorted(rest)
    return terms + [
        (_spelled(rows, column), _spelled(columns, row))
        for column, row in zip(left.transpose().tolist(), right.tolist(), strict=True)
    ]


class _Term(NamedTuple):
    output: Column
    gates: Vector  # over the distinct letters
    input: Column


def _terms(block: Block) -> Iterator[_Term]:
    for left, right in slice_factors(block.part):
        vectors = [left, right]
        vectors.insert(block.axis, block.fixed)
        yield _Term(*vectors)


def _terms_of(part: ScaledPart) -> Iterator[_Term]:
    columns = (_spelled(range(len(column)), column) for column in part.matrix.T.tolist())
    gates = tuple((letter, gate) for letter, gate in enumerate(part.gates) if gate)
    for left, right in slice_factors({number: column for number, column in enumerate(columns) if column}):
        yield _Term(left, gates, right)


def _assembled(tensor: IntegerTensor, terms: Sequence[_Term], construction: Construction) -> CPFactors:
    by_letter = transposed([term.gates for term in terms], len(tensor.letters))
    inputs = transpose(dict(enumerate(term.input for term in terms)))
    return CPFactors(
        SparseMatrix(tensor.size, tuple(term.output for term in terms)),
        tuple(by_letter[letter] for letter in tensor.letter_of),
        SparseMatrix(len(terms), tuple(inputs.get(state, ()) for state in range(tensor.size))),
        construction,
    )


def _forest_factors(parents: dict[int, int], rows: Slice) -> list[tuple[Column, Column]]:
    factors: list[tuple[Column, Column]] = []
    for vertex in sorted(parents):
        root = forest_root(parents, vertex)
        if root == GROUND != vertex:
            factors.append((((vertex, 1),), rows[vertex]))
        elif root != vertex:
            factors.append((((root, -1), (vertex, 1)), rows[vertex]))
    return factors


def _lattice_factors(matrix: flint.fmpz_mat) -> tuple[flint.fmpz_mat, flint.fmpz_mat]:
    """Return integer C, B with M = C B: rows of M if they span its lattice, or columns, or a short basis."""
    flipped = _basis_of_columns(matrix.transpose())
    if flipped is not None:
        right, left = flipped
        return left.transpose(), right.transpose()
    found = _basis_of_columns(matrix)
    if found is not None:
        return found
    hermite = [row for row in matrix.hnf().tolist() if any(entry != 0 for entry in row)]
    pivots = [_first(row) for row in hermite]
    basis = flint.fmpz_mat(hermite).lll()
    # The rows of M are integer combinations of the basis, found where the basis has a regular minor.
    minor, values = (flint.fmpq_mat([[row[p] for p in pivots] for row in m.tolist()]) for m in (basis, matrix))
    return (values * minor.inv()).numer_denom()[0], basis


def _basis_of_columns(matrix: flint.fmpz_mat) -> tuple[flint.fmpz_mat, flint.fmpz_mat] | None:
    """Return C, B with M = C B where C are the pivot columns of M, or None where B is not integer."""
    reduced, scale, rank = matrix.rref()
    rows = reduced.tolist()[:rank]
    if any(entry % scale != 0 for row in rows for entry in row):
        return None
    pivots = [_first(row) for row in rows]
    columns = flint.fmpz_mat([[row[pivot] for pivot in pivots] for row in matrix.tolist()])
    return columns, flint.fmpz_mat([[entry // scale for entry in row] for row in rows])


def _first(row: Sequence[flint.fmpz]) -> int:
    return next(position for position, entry in enumerate(row) if entry != 0)


def _spelled(names: Sequence[int], values: Iterable[flint.fmpz | int]) -> Column:
    return tuple((name, int(value)) for name, value in zip(names, values, strict=True) if value != 0)
