"""Vectors side by side: A X for a matrix X of N columns, coordinate by coordinate, where few of their entries are 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Final, TypeAlias, final

from fsm2rnn.exact.sparse import Scalar, Vector, transposed

Rows: TypeAlias = list[list[Scalar]]
"""Entry [i][n] is coordinate i of vector n."""

KEPT: Final = 1 << 20
"""Most values of forms that are kept for the forms that follow: 8 MB of references."""


def side_by_side(vectors: Sequence[Vector], height: int) -> Rows | None:
    """Return the vectors as rows of coordinates; None where most entries are zero, and sparse vectors are shorter."""
    if 4 * sum(map(len, vectors)) < height * len(vectors):
        return None
    rows: Rows = [[0] * len(vectors) for _ in range(height)]
    for place, entries in enumerate(vectors):
        for index, value in entries:
            rows[index][place] = value
    return rows


@final
@dataclass(frozen=True, eq=False)
class FormValues:
    """The values of linear forms a on the vectors, a X as a row: sums of halves, which forms have in common.

    Each is computed once, while there is room to keep it.
    """

    rows: Rows
    known: dict[Vector, list[Scalar]] = field(default_factory=dict)

    def of(self, form: Vector) -> list[Scalar]:
        """Return a X; [] for the zero form on no vectors."""
        found = self.known.get(form)
        if found is None:
            half = len(form) // 2
            if half:
                found = list(map(add, self.of(form[:half]), self.of(form[half:])))
            else:
                found = [entry * value for index, entry in form for value in self.rows[index]]
                found = found or [0] * len(next(iter(self.rows), ()))
            if len(self.known) * len(found) < KEPT:
                self.known[form] = found
        return found


def applied(columns: Sequence[Vector], height: int, values: FormValues) -> Rows:
    """Return A X, A given by its columns, X by the values of forms on it."""
    return [values.of(form) for form in transposed(columns, height)]
