"""Answers as a person reads them: tables on a terminal, plain text elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, final

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.sizes import BestFound, ByDefinition, Counts, Least, Measure, SizeProof
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.escapes import escaped
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.explanation import Explanation, Obstruction
from fsm2rnn.machine.labels import Json
from fsm2rnn.sizes import Size

MILLION = 1_000_000
BESIDE = {Counts.PRODUCTS: "R", Counts.UPDATES: "n_h", Counts.LARGEST_BLOCK: "b"}
WIDTH = 100  # of tables that go into files and pipes
NARROWEST = 24  # columns for the reasons, below which they stand under the numbers
CONTINUED = "  "
NUMBERS = (1, 2, 4)  # cells that are set to the right


def width() -> int:
    """Return the columns of a line: COLUMNS where it is set, else those of the terminal, else `WIDTH`."""
    return shutil.get_terminal_size((WIDTH, 24)).columns


def show(*parts: RenderableType) -> None:
    """Print on stdout; colour only on a terminal and without NO_COLOR."""
    console = Console(width=width(), highlight=False)
    # Rich would end the program with status 1 when the reader of stdout has left.
    with console.capture() as captured:
        for part in parts:
            console.print(part, markup=False, soft_wrap=isinstance(part, Text))
    sys.stdout.write(captured.get())


def show_explanation(name: str, explanation: Explanation) -> None:
    """Print facts, one row per target, sizes, and what else is refuted."""
    texts = [sizes_text(explanation.sizes), obstructions_text(explanation.obstructions)]
    below = [Text(fitted(text)) for text in texts if text]
    show(Text(fitted(facts_text(name, explanation.facts))), targets_view(explanation.answers, width()), *below)


def fitted(text: str) -> str:
    """Return the lines of a text broken between words where somebody sees them in so many columns, else as they are."""
    if not (sys.stdout.isatty() or "COLUMNS" in os.environ):
        return text
    return "\n".join(wrapped(line, width()) for line in text.split("\n"))


def wrapped(line: str, columns: int, indent: str = "") -> str:
    """Return a line in lines of so many columns, all but the first set in; a word is never cut."""
    return "\n".join(
        textwrap.wrap(
            line,
            max(columns, 2 * len(CONTINUED)),
            initial_indent=indent,
            subsequent_indent=indent + CONTINUED,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def facts_text(name: str, facts: Mapping[str, Json]) -> str:
    """Return the facts in one line, and under it those that a limit stopped; a machine that is no group has no name."""
    # A group without a name is called by its order, which is not said twice.
    said = {
        key: value for key, value in facts.items() if facts.get("group") != f"order {value}" or key != "group_order"
    }
    known = [f"{_words(key)} {_words(str(value))}" for key, value in said.items() if value is not None]
    stopped = [_words(key) for key, value in facts.items() if value is None and key not in {"group", "group_order"}]
    text = f"{escaped(name)}: {', '.join(known)}"
    return f"{text}\nnot decided within limits: {', '.join(stopped)}" if stopped else text


@final
@dataclass(frozen=True)
class Line:
    """What is said of a target: five short cells, and why or for how long."""

    cells: tuple[str, str, str, str, str]  # target, size, numbers, contract or verdict, margin
    why: str
    style: str = ""


HEADINGS: Final = Line(("target", "size", "numbers", "contract", "margin"), "proved, or why not", "bold")


def targets_view(answers: Iterable[Answer], columns: int) -> RenderableType:
    """Return the targets as a table, or as a list where the table's last column would be too narrow for its words."""
    rows = _rows(answers)
    widths = [max(len(row.cells[place]) for row in [HEADINGS, *rows]) for place in range(len(HEADINGS.cells))]
    rest = columns - sum(widths) - len(widths)
    longest = max((len(word) for row in rows for word in row.why.split()), default=0)
    return _table(rows) if rest >= max(longest, NARROWEST) else _list(rows, widths, columns)


def _rows(answers: Iterable[Answer]) -> list[Line]:
    rows: list[Line] = []
    above = ""
    for answer in answers:
        match answer.verdict:
            case Compiled() as verdict:
                rows.append(Line((answer.target, *_sizes(verdict)), _proved(verdict)))
            case Impossible(witness):
                robust = "" if answer.robust is None else "; contract robust holds, by decay"
                why = escaped(f"{witness}{robust}")
                said = "as above" if why == above else why
                rows.append(Line((answer.target, "-", "-", "impossible", "-"), said, "red"))
                above = why
            case Unsettled(tried):
                rows.append(Line((answer.target, "-", "-", "unsettled", "-"), escaped(tried), "yellow"))
    return rows


def _table(rows: Iterable[Line]) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(HEADINGS.cells):
        table.add_column(heading, justify="right" if place in NUMBERS else "left", no_wrap=True)
    table.add_column(HEADINGS.why, overflow="fold")
    for row in rows:
        *before, verdict, margin = row.cells
        table.add_row(*map(Text, before), Text(verdict, style=row.style), Text(margin), Text(row.why))
    return table


def _list(rows: Iterable[Line], widths: Sequence[int], columns: int) -> Text:
    """Return a line of short cells per target, and below it, set in, the rest."""
    found = Text()
    for row in [HEADINGS, *rows]:
        cells = zip(row.cells, widths, strict=True)
        line = " ".join(
            cell.rjust(size) if place in NUMBERS else cell.ljust(size) for place, (cell, size) in enumerate(cells)
        )
        found.append(f"{line.rstrip()}\n", style=row.style)
        found.append(f"{wrapped(row.why, columns, CONTINUED)}\n")
    found.rstrip()
    return found


def sizes_text(sizes: Iterable[Size]) -> str:
    """Return the sizes in one line."""
    parts = [f"{size.name} {_mark(size.proof)}{size.size:,}" for size in sizes]
    return f"sizes (= proved least, <= best found): {', '.join(parts)}"


def _mark(proof: SizeProof) -> str:
    match proof:
        case Least():
            return "= "
        case BestFound():
            return "<= "
        case ByDefinition():
            return ""


def obstructions_text(obstructions: Iterable[Obstruction]) -> str:
    """Return one line per further family that is refuted."""
    return "\n".join(escaped(f"no {found.refutes}: {found.witness}") for found in obstructions)


def _sizes(verdict: Compiled) -> tuple[str, str, str, str]:
    """Return size (and rank), numbers stored, contract and margin."""
    size = f"{verdict.operator.size:,}{_beside(verdict.sizes.finer)}"
    return size, f"{verdict.parameters:,}", verdict.proof.contract.value, verdict.margin or "-"


def _beside(finer: Measure | None) -> str:
    """Return the number that a structure has beside its size: products, updates, the largest block."""
    return "" if finer is None else f" {BESIDE[finer.counts]}={finer.number}"


def _proved(verdict: Compiled) -> str:
    """Return for how long each format is proved, lengths beyond a million to two digits, rounded down."""
    steps = verdict.steps()
    if [*steps.values()] == [None] * len(NATIVE):
        return "every length, every format"
    parts = [f"{name} {_length(count)}" for name, count in steps.items()]
    return f"steps: {', '.join(parts)}" if parts else "no step in any format"


def _length(steps: int | None) -> str:
    if steps is None:
        return "all"
    digits = str(steps)
    return f"{digits[0]}.{digits[1]}e{len(digits) - 1}" if steps >= MILLION else f"{steps:,}"


def _words(name: str) -> str:
    return {"True": "yes", "False": "no"}.get(name, name.replace("_", " "))


@contextmanager
def progress_bar(steps: int, *, wanted: bool) -> Iterator[Callable[[int], None] | None]:
    """Give a callback that counts steps on a bar on stderr; None unless wanted and stderr is a terminal."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    columns = (TextColumn("{task.percentage:>3.0f}%"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps)
        yield lambda done: bar.advance(task, done)
