"""Vectors side by side: A X for a matrix X of N columns, coordinate by coordinate, where few of their entries are 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from fsm2rnn.exact.sparse import Scalar, Vector, transposed

Rows: TypeAlias = list[list[Scalar]]
"""Entry [i][n] is coordinate i of vector n."""

KEPT: Final = 1 << 20
"""Most coordinates of images that are kept for the matrices that follow: 8 MB of references."""


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
    return [combined(form, rows) for form in transposed(columns, height)]


def images(matrices: Iterable[Sequence[Vector]], height: int, rows: Rows) -> Iterator[Rows]:
    """Yield A X for each A, given by its columns, X by rows.

    The letters of a machine have many rows in common, of which each is multiplied once.
    """
    known: dict[Vector, list[Scalar]] = {}
    most = KEPT // max(1, len(rows[0])) if rows else 0
    for columns in matrices:
        found = []
        for form in transposed(columns, height):
            image = known.get(form) or combined(form, rows)
            if len(known) < most:
                known[form] = image
            found.append(image)
        yield found


def combined(form: Vector, rows: Rows) -> list[Scalar]:
    """Return the row a X of a row a."""
    total: list[Scalar] = []
    for index, entry in form:
        row = rows[index]
        if not total:
            total = row if entry == 1 else [entry * value for value in row]
        elif entry == 1:
            total = [before + value for before, value in zip(total, row, strict=True)]
        else:
            total = [before + entry * value for before, value in zip(total, row, strict=True)]
    return total or [0] * (len(rows[0]) if rows else 0)
