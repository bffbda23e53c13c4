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
from fsm2rnn.constructions.sizes import BestFound, ByDefinition, Counts, Least, Measure, SizeProof
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.explanation import Explanation, Obstruction
from fsm2rnn.machine.labels import Json
from fsm2rnn.sizes import Size

MILLION = 1_000_000
BESIDE = {Counts.PRODUCTS: "R", Counts.UPDATES: "n_h", Counts.LARGEST_BLOCK: "b"}
WIDTH = 100  # of tables that go into files and pipes


def console() -> Console:
    """Return stdout; colour only on a terminal and without NO_COLOR, a fixed width elsewhere."""
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False)


def show_explanation(name: str, explanation: Explanation) -> None:
    """Print facts and one row per target."""
    out = console()
    out.print(facts_text(name, explanation.facts), markup=False, soft_wrap=True)
    out.print(targets_table(explanation.answers))
    out.print(sizes_text(explanation.sizes), markup=False, soft_wrap=True)
    if explanation.obstructions:
        out.print(obstructions_text(explanation.obstructions), markup=False, soft_wrap=True)


def facts_text(name: str, facts: Mapping[str, Json]) -> str:
    """Return the facts in one line, and under it those that a limit stopped; a machine that is no group has no name."""
    # A group without a name is called by its order, which is not said twice.
    said = {
        key: value for key, value in facts.items() if facts.get("group") != f"order {value}" or key != "group_order"
    }
    known = [f"{_words(key)} {_words(str(value))}" for key, value in said.items() if value is not None]
    stopped = [_words(key) for key, value in facts.items() if value is None and key not in {"group", "group_order"}]
    text = f"{name}: {', '.join(known)}"
    return f"{text}\nnot decided within limits: {', '.join(stopped)}" if stopped else text


def targets_table(answers: Iterable[Answer]) -> Table:
    """Return the table of targets: sizes and grades, or why not."""
    table = Table(box=None, pad_edge=False)
    for heading in ("target", "size", "numbers", "contract", "margin", "proved, or why not"):
        table.add_column(heading, justify="right" if heading in ("size", "numbers", "margin") else "left")
    above = ""
    for answer in answers:
        match answer.verdict:
            case Compiled() as verdict:
                table.add_row(answer.target, *_sizes(verdict), Text(_proved(verdict)))
            case Impossible(witness):
                robust = "" if answer.robust is None else "; contract robust holds, by decay"
                why = f"{witness}{robust}"
                table.add_row(answer.target, "-", "-", "impossible", "-", Text("as above" if why == above else why))
                above = why
            case Unsettled(tried):
                table.add_row(answer.target, "-", "-", "unsettled", "-", Text(tried))
    return table


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
    return "\n".join(f"no {found.refutes}: {found.witness}" for found in obstructions)


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
