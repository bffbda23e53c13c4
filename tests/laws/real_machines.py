"""Every real machine through every target and both checkers, one row per class of machines.

python -m tests.laws.real_machines FOLDER [--markdown FILE] [--out ROWS] prints the table, or writes it; with ROWS those
of a machine are kept as they are done, and a run that was stopped goes on from there. A class is the third part of an
MLRegTest name (SL, SP, LT, ...); the models of protocols and the examples beside them are one class.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from fsm2rnn import compiler
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.read import reading
from fsm2rnn.targets import RUNGS as TARGETS
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.targets.householder import HOUSEHOLDER, NEITHER
from tests.laws.replay import shows
from tests.second_checker.checker import accepts

# Widths, by the target that has them: one coordinate per state, the fewest with a linear head, integer matrices.
WIDTHS = {"states": "full", "Hankel rank": "minimal", "integer": "integer"}
SUFFIXES = (".att", ".dot")
# From the fewest means to the most; the first that holds a machine is its rung.
RUNGS = (
    "positive-diagonal",
    "real-diagonal",
    "rotation",
    "affine-positive-diagonal",
    "affine-real-diagonal",
    "householder",
    "pd",
)
# Which targets may leave a machine open, and what they must say of it then.
OPEN = {HOUSEHOLDER.name: NEITHER}
TIMED = ("full", "minimal", "pd")  # the targets of the time that is asked for
LIMIT = 60.0  # seconds for all MLRegTest machines on these
PROTOCOLS = "protocols"


@dataclass(frozen=True)
class Row:
    """One machine under one target."""

    name: str
    states: int
    target: str
    verdict: str  # "compiled", "impossible" or "unsettled"
    robust: bool  # whether decay compiles what is impossible with a finite orbit
    size: int | None  # of the network
    block: int | None  # the largest, of target block-diagonal
    tried: str  # what an unsettled verdict says
    first: bool  # the package's checker accepts, every format
    second: bool  # the second checker accepts, every format
    files: int
    replayed: bool  # the witness shows on the machine as read what it says
    seconds: float  # to compile, store, and check with the first checker

    @property
    def kind(self) -> str:
        """The class of the machine."""
        return self.name.split(".")[2] if self.name.endswith(".att") else PROTOCOLS

    @property
    def holds(self) -> bool:
        """Whether both checkers accept, or the witness is replayed, or the verdict is open as it may be."""
        outcomes = {"compiled": self.first and self.second and self.files > 0, "impossible": self.replayed}
        return outcomes.get(self.verdict, self.tried == OPEN.get(self.target))


def machine_files(folder: Path) -> list[Path]:
    """Return the files of machines in a folder, in one order."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]


def rows(path: Path) -> Iterator[Row]:
    """Yield one row per target; a missing transition goes to a sink."""
    machine = reading(path, ReadOptions(complete=Completion.SINK)).machine
    for target in TARGETS:
        started = time.perf_counter()
        (answer,) = compiler.ask_all(machine, targets=(target,))
        verdicts = [verdict for verdict in (answer.verdict, answer.robust) if isinstance(verdict, Compiled)]
        files = [data for verdict in verdicts for data in _files(verdict, target.name)]
        first = all(check_bytes(data).accepted for data in files)
        seconds = time.perf_counter() - started
        yield Row(
            path.name,
            len(answer.machine.states),
            target.name,
            _kind(answer.verdict),
            robust=answer.robust is not None,
            size=answer.verdict.operator.size if isinstance(answer.verdict, Compiled) else None,
            block=_block(answer.verdict, target.name),
            tried=answer.verdict.tried if isinstance(answer.verdict, Unsettled) else "",
            first=first,
            second=all(accepts(data)[0] for data in files),
            files=len(files),
            replayed=isinstance(answer.verdict, Impossible) and shows(machine, answer.verdict.witness),
            seconds=seconds,
        )


def _files(verdict: Compiled, target: str) -> Iterator[bytes]:
    """Yield the network file in float32, or else in the first format in which a step is proved."""
    proved = [form for form in FORMATS if form.name in verdict.steps()]
    form = next((form for form in proved if form.name == "float32"), proved[0])
    yield network_bytes(verdict.store(form, {"target": target}))


def _kind(verdict: Verdict) -> str:
    match verdict:
        case Compiled():
            return "compiled"
        case Impossible():
            return "impossible"
        case Unsettled():
            return "unsettled"


def _block(verdict: Verdict, target: str) -> int | None:
    if not isinstance(verdict, Compiled) or target != BLOCK_DIAGONAL.name:
        return None
    block = verdict.sizes.of(Counts.LARGEST_BLOCK)
    return None if block is None else block.number


def class_table(table: Iterable[Row]) -> list[list[str]]:
    """Return the heading, a line per class, and the sums."""
    heading = ["class", "machines", *RUNGS, "with decay", *WIDTHS, "gain", "blocks", "files", "witnesses"]
    by_machine: dict[str, list[Row]] = {}
    for row in table:
        by_machine.setdefault(row.name, []).append(row)
    kinds = sorted({group[0].kind for group in by_machine.values()}, key=lambda kind: (kind == PROTOCOLS, kind))
    lines = [[kind, *_counts([group for group in by_machine.values() if group[0].kind == kind])] for kind in kinds]
    return [heading, *lines, ["all", *_counts(list(by_machine.values()))]]


def _counts(groups: list[list[Row]]) -> list[str]:
    """Return the numbers of one class; what is accepted or replayed stands before what was to be."""
    rungs = Counter(lowest_rung(group) for group in groups)
    every = [row for group in groups for row in group]
    widths = {target: [row.size or 0 for row in every if row.target == target] for target in WIDTHS.values()}
    blocks = [(row.block, row.states) for row in every if row.block is not None]
    files = [row for row in every if row.files]
    accepted = sum(row.files for row in files if row.first and row.second)
    witnesses = [row.replayed for row in every if row.verdict == "impossible"]
    numbers = [len(groups), *(rungs[rung] for rung in RUNGS), sum(any(row.robust for row in group) for group in groups)]
    return [
        *(str(number or "") for number in numbers),
        *(str(sum(sizes)) for sizes in widths.values()),
        str(sum(linear < states for states, linear in zip(widths["full"], widths["minimal"], strict=True))),
        f"{sum(block for block, _ in blocks)}/{sum(states for _, states in blocks)}",
        f"{accepted}/{sum(row.files for row in files)}",
        f"{sum(witnesses)}/{len(witnesses)}",
    ]


def lowest_rung(group: Iterable[Row]) -> str:
    """Return the first of RUNGS that holds the machine with a finite orbit."""
    held = {row.target for row in group if row.verdict == "compiled"}
    return next(rung for rung in RUNGS if rung in held)


def unsettled(table: Iterable[Row]) -> dict[str, int]:
    """Return the number of open verdicts per target."""
    found = Counter(row.target for row in table if row.verdict == "unsettled")
    return {target.name: found[target.name] for target in TARGETS}


def aligned(table: list[list[str]]) -> str:
    """Return the table as Markdown, the first column to the left."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [
        [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        for line in table
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], rule, *lines[1:]])


def page(table: list[Row]) -> str:
    """Return the page without times, which differ from run to run."""
    counted = [f"{target} {count}" for target, count in unsettled(table).items() if count]
    return f"""# Real machines

    python -m tests.laws.real_machines FOLDER --markdown docs/real_machines.md

103 acceptors of MLRegTest (arXiv 2304.07687) by class, and 22 models of protocols and examples shipped with AALpy
(class {PROTOCOLS}). A missing transition leads to a rejecting sink. Each rung counts the machines of which it is the
lowest that holds them, contract injective; with decay: machines that only contract robust adds to a diagonal rung.
States are those of the minimal machines, the Hankel rank and integer are the widths of targets minimal and integer, a
gain is a rank below the number of states, blocks are the largest ones of target block-diagonal, before the states of
the machines that it compiles. Files: accepted by both checkers, of all networks compiled by all targets. Witnesses:
replayed on the machine as read, of all impossible verdicts.

{aligned(class_table(table))}

Unsettled verdicts: {", ".join(counted) or "none"}. Products of updates are built where letters permute states, or
functions on them, in part, and set the others to constants; they are refuted by two idempotents with one image.
"""


def times(table: list[Row]) -> str:
    """Return how long the machines took, in one process."""
    timed = sum(row.seconds for row in table if row.target in TIMED and row.kind != PROTOCOLS)
    whole = sum(row.seconds for row in table)
    return (
        f"The MLRegTest machines to {', '.join(TIMED)}, compiled, stored and checked: {timed:.1f} s "
        f"(wanted: below {LIMIT:.0f} s). All machines to all targets: {whole:.1f} s."
    )


def kept_rows(folder: Path, out: Path | None) -> Iterator[Row]:
    """Yield the rows of all machines, those that are kept and those that are made now and kept."""
    kept = [] if out is None or not out.exists() else [Row(**json.loads(line)) for line in out.read_text().splitlines()]
    for path in machine_files(folder):
        found = [row for row in kept if row.name == path.name]
        if not found:
            found = list(rows(path))
            if out is not None:
                with out.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(asdict(row)) + "\n" for row in found)
        yield from found


def main(arguments: list[str]) -> int:
    """Print the page and what took how long, or write both; 1 when a row does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.real_machines")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    table = list(kept_rows(options.folder, options.out))
    text = f"{page(table)}\n{times(table)}\n"
    if options.markdown is None:
        print(text)
    else:
        options.markdown.write_text(text, encoding="utf-8")
    wrong = [row for row in table if not row.holds]
    for row in wrong:
        print(row, file=sys.stderr)
    return 1 if wrong or not table else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
