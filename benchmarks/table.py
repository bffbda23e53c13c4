"""The rows as JSON and as a Markdown table."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.row import Met, Row

HEADER = ("goal", "what", "median [min-max]", "ratio", "wanted", "met", "note")
LEGEND = """Msym/s are millions of input symbols per second of CPU time, on one core unless said; the methods of one
block are measured in turn, round by round, and a ratio is the median of the rounds' ratios. Rows without a goal are
there to compare with. A goal that is not met says in its note what bounds it. The row on two cores needs two free
ones: its note says how many its threads were given."""


def markdown(rows: Sequence[Row], facts: Mapping[str, str], command: str, *, legend: str = LEGEND) -> str:
    """Return the whole document: command, facts, table."""
    lines = ["# Benchmarks", "", f"    {command}", "", legend, ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    return "\n".join([*lines, "", *table_lines(rows), "", summary(rows), ""])


def table_lines(rows: Iterable[Row]) -> list[str]:
    """Return the lines of the table, its columns aligned."""
    cells = [HEADER, *[_cells(row) for row in rows]]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    rule = tuple("-" * width for width in widths)
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in (cells[0], rule, *cells[1:])
    ]
    return [f"| {' | '.join(line)} |" for line in padded]


def summary(rows: Sequence[Row]) -> str:
    """Return the sentence that counts the goals."""
    met, missed = (sum(row.met is answer for row in rows) for answer in (Met.YES, Met.NO))
    return f"{met} of {met + missed} goals met." if met + missed else "No goals are set."


def document(rows: Sequence[Row], facts: Mapping[str, str], command: str) -> str:
    """Return the same as JSON."""
    plain = [dataclasses.asdict(row) | {"met": row.met.value} for row in rows]
    return json.dumps({"command": command, "facts": dict(facts), "rows": plain}, indent=2) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    measured = "-" if row.measured is None else f"{row.measured} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio}x"
    return (row.goal, row.what, measured, ratio, row.wanted, row.met.value, row.note)
