"""Vectors side by side: A X for a matrix X of N columns, coordinate by coordinate, where few of their entries are 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from fsm2rnn.exact.sparse import Scalar, Vector

Rows: TypeAlias = list[list[Scalar]]
"""Entry [i][n] is coordinate i of vector n."""


def side_by_side(vectors: Sequence[Vector], height: int) -> Rows | None:
    """Return the vectors as rows of coordinates; None where most entries are zero, and sparse vectors are shorter."""
    if 4 * sum(map(len, vectors)) < height * len(vectors):
        return None
    rows: Rows = [[0] * len(vectors) for _ in range(height)]
    for place, entries in enumerate(vectors):
        for index, value in entries:
            rows[index][place] = value
    return rows


def applied(columns: Sequence[Vector], height: int, rows: Rows) -> Rows:
    """Return A X, A given by its columns, X by rows."""
    found: list[list[Scalar] | None] = [None] * height
    for column, row in zip(columns, rows, strict=True):
        for index, entry in column:
            total = found[index]
            if total is None:
                found[index] = row if entry == 1 else [entry * value for value in row]
            elif entry == 1:
                found[index] = [before + value for before, value in zip(total, row, strict=True)]
            else:
                found[index] = [before + entry * value for before, value in zip(total, row, strict=True)]
    zeros: list[Scalar] = [0] * len(rows[0]) if rows else []
    return [zeros if total is None else total for total in found]
