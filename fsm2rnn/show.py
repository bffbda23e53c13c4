"""Answers as a person reads them: tables on a terminal, plain text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from fsm2rnn.compiler import Answer
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.explanation import Explanation
from fsm2rnn.machine.labels import Json
from fsm2rnn.targets.verdict import Compiled, Impossible, Unsettled

WIDTH = 100  # of tables that go into files and pipes


def console() -> Console:
    """Return stdout; colour only on a terminal and without NO_COLOR, a fixed width elsewhere."""
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False)


def show_explanation(name: str, explanation: Explanation) -> None:
    """Print facts and one row per target."""
    out = console()
    out.print(facts_text(name, explanation.facts), markup=False)
    out.print(targets_table(explanation.answers))


def facts_text(name: str, facts: Mapping[str, Json]) -> str:
    """Return the facts, and under them those that this version does not decide."""
    known = [f"{_words(key)} {_words(str(value))}" for key, value in facts.items() if value is not None]
    undecided = [_words(key) for key, value in facts.items() if value is None]
    text = f"{name}: {', '.join(known)}"
    return f"{text}\nnot decided by this version: {', '.join(undecided)}" if undecided else text


def targets_table(answers: Iterable[Answer]) -> Table:
    """Return the table of targets: sizes and grades, or why not."""
    table = Table(box=None, pad_edge=False)
    for heading in ("target", "size", "parameters", "contract", "margin", "proved, or why not"):
        table.add_column(heading, justify="right" if heading in ("size", "parameters", "margin") else "left")
    for answer in answers:
        match answer.verdict:
            case Compiled() as verdict:
                table.add_row(
                    answer.target,
                    f"{verdict.operator.size:,}",
                    f"{verdict.parameters:,}",
                    verdict.proof.contract.value,
                    verdict.margin or "-",
                    Text(_proved(verdict)),
                )
            case Impossible(witness):
                table.add_row(answer.target, "-", "-", "-", "-", Text(f"impossible: {witness}"))
            case Unsettled(tried):
                table.add_row(answer.target, "-", "-", "-", "-", Text(f"unsettled: {tried}"))
    return table


def _proved(verdict: Compiled) -> str:
    steps = verdict.steps()
    exact = [name for name, count in steps.items() if count is None]
    if len(exact) == len(FORMATS):
        return "every length, every format"
    parts = [f"every length in {', '.join(exact)}"] if exact else []
    parts += [f"{count:,} steps in {name}" for name, count in steps.items() if count is not None]
    return ", ".join(parts) or "no step in any format"


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
