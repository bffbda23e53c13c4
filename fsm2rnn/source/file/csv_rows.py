"""Rows of comma-separated values with the line each ends on."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from fsm2rnn.errors import InputError


class Rows(NamedTuple):
    """The rows that are not empty, and their lines."""

    cells: list[list[str]]
    lines: list[int]


def csv_rows(text: str, file: str | None) -> Rows:
    """Return the rows of a text; InputError, with the line, where its quotes do not close, and for no rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = Rows([], [])
    try:
        for row in reader:
            if row:
                rows.cells.append(row)
                rows.lines.append(reader.line_num)
    except csv.Error as error:
        message = f"not comma-separated values: {error}"
        raise InputError(message, file=file, line=reader.line_num) from None
    if not rows.cells:
        message = "an empty table"
        raise InputError(message, file=file, line=1)
    return rows
