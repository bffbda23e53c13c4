"""Sparse vectors and matrices over Q, with equality that is equality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.errors import NumericError

Scalar: TypeAlias = int | Fraction
NUMBERS = (int, Fraction)
# (index, value) pairs, indices rising, values not zero: one spelling per vector, so == is equality.
Vector: TypeAlias = tuple[tuple[int, Scalar], ...]


def vector(entries: Iterable[tuple[int, Scalar]]) -> Vector:
    """Return the sum of value * e_index over `entries` in its one spelling."""
    total: dict[int, Scalar] = {}
    for index, value in entries:
        total[index] = total.get(index, 0) + value
    return canonical_vector(total)


def canonical_vector(total: Mapping[int, Scalar]) -> Vector:
    """Return the vector with these entries in its one spelling."""
    entries = sorted([entry for entry in total.items() if entry[1]])
    return tuple([(index, value if type(value) is int else simplest(value)) for index, value in entries])


def unit(index: int) -> Vector:
    """Return e_index."""
    return ((index, 1),)


def simplest(value: Scalar) -> Scalar:
    """Return an integer where the fraction is one: integer arithmetic is the faster of the two."""
    return value.numerator if value.denominator == 1 else value


def dot(left: Vector, right: Vector) -> Scalar:
    """Return sum_i left_i right_i."""
    values = dict(right)
    total: Scalar = 0
    for index, value in left:
        total += value * values.get(index, 0)
    return simplest(total)


@final
@dataclass(frozen=True)
class SparseMatrix:
    """A of shape (height, len(columns)) over Q, by columns: a sparse vector is multiplied column by column.

    Raises NumericError when a column is not spelled as `vector` spells it, or leaves the height.
    """

    height: int
    columns: tuple[Vector, ...]

    def __post_init__(self) -> None:
        """Prove the spelling of every column."""
        for position, column in enumerate(self.columns):
            last = -1
            for index, value in column:
                if not last < index < self.height or not value or not isinstance(value, NUMBERS):
                    message = f"column {position} is not a sparse vector of height {self.height}: {column!r:.80}"
                    raise NumericError(message)
                last = index

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[Scalar]]) -> SparseMatrix:
        """Return the matrix with these dense rows."""
        return cls(len(rows), tuple(vector(enumerate(column)) for column in zip(*rows, strict=True)))

    @classmethod
    def identity(cls, size: int) -> SparseMatrix:
        """Return the identity of `size` rows."""
        return cls(size, tuple(unit(index) for index in range(size)))

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    def apply(self, state: Vector) -> Vector:
        """Return A state. NumericError when the state has an entry beyond the last column."""
        if state and state[-1][0] >= len(self.columns):
            message = f"a vector with entry {state[-1][0]} meets a matrix of {len(self.columns)} columns"
            raise NumericError(message)
        if len(state) == 1 and state[0][1] == 1:
            return self.columns[state[0][0]]
        total: dict[int, Scalar] = {}
        for index, value in state:
            for row, entry in self.columns[index]:
                total[row] = total.get(row, 0) + entry * value
        return canonical_vector(total)

    def transposed(self) -> SparseMatrix:
        """Return the transpose."""
        return SparseMatrix(self.width, transposed(self.columns, self.height))

    def magnitude(self) -> SparseMatrix:
        """Return the matrix of absolute values |A|; the same object where nothing changes."""
        columns = tuple(magnitude(column) for column in self.columns)
        same = all(new is old for new, old in zip(columns, self.columns, strict=True))
        return self if same else SparseMatrix(self.height, columns)

    def __matmul__(self, other: SparseMatrix) -> SparseMatrix:
        """Return the product A B."""
        return SparseMatrix(self.height, tuple(self.apply(column) for column in other.columns))


def transposed(columns: Sequence[Vector], height: int) -> tuple[Vector, ...]:
    """Return the rows of the matrix of so many rows with these columns."""
    rows: list[list[tuple[int, Scalar]]] = [[] for _ in range(height)]
    for place, column in enumerate(columns):
        for row, value in column:
            rows[row].append((place, value))
    return tuple(map(tuple, rows))


def magnitude(state: Vector) -> Vector:
    """Return the vector of absolute values |state|; the same object where nothing changes."""
    for _, value in state:
        if value < 0:
            return tuple((index, absolute(value)) for index, value in state)
    return state


def absolute(value: Scalar) -> Scalar:
    """Return |value|."""
    return -value if value < 0 else value
