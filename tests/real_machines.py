"""Every real machine through every target and both checkers: python -m tests.real_machines FOLDER prints the table."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import fsm2rnn
from fsm2rnn import compiler
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.checker import check_bytes, network_bytes
from fsm2rnn.targets.verdict import Compiled
from tests.second_checker.checker import accepts

SUFFIXES = (".att", ".dot")


@dataclass(frozen=True)
class Row:
    """One machine under one target."""

    name: str
    states: int
    minimal: int
    symbols: int
    target: str
    equations: int | None
    size: int
    first: bool
    second: bool
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether both checkers accept, or the target refused for its limit and pd did not."""
        return (self.first and self.second) if self.equations is not None else self.target != "pd"


def rows(path: Path) -> list[Row]:
    """Return one row per target; a missing transition goes to a sink."""
    machine = fsm2rnn.read(path, complete="sink")
    return [_row(path.name, len(machine.states), answer) for answer in compiler.ask_all(machine)]


def _row(name: str, states: int, answer: compiler.Answer) -> Row:
    started = time.perf_counter()
    minimal, symbols = len(answer.machine.states), len(answer.machine.symbols)
    if not isinstance(answer.verdict, Compiled):
        assert "target pd" in answer.verdict.tried
        return Row(name, states, minimal, symbols, answer.target, None, 0, first=False, second=False, seconds=0.0)
    data = network_bytes(store(answer.verdict.operator, answer.verdict.proof, FLOAT32, {"target": answer.target}))
    report = check_bytes(data)
    second, _ = accepts(data)
    seconds = time.perf_counter() - started
    return Row(
        name, states, minimal, symbols, answer.target, report.equations, len(data), report.accepted, second, seconds
    )


def main(folder: str) -> int:
    """Print the table and its sums; 1 when a row does not hold."""
    started = time.perf_counter()
    files = [path for path in sorted(Path(folder).rglob("*")) if path.suffix in SUFFIXES]
    table = [row for path in files for row in rows(path)]
    print(f"{'machine':42} {'states':>6} {'min':>5} {'syms':>4} {'target':6} {'equations':>9} {'bytes':>11}  checkers")
    for row in table:
        checks = "refused: limit" if row.equations is None else f"{_word(row.first)}, {_word(row.second)}"
        equations = "-" if row.equations is None else f"{row.equations:,}"
        print(
            f"{row.name:42} {row.states:6} {row.minimal:5} {row.symbols:4} {row.target:6} {equations:>9} "
            f"{row.size:11,}  {checks}"
        )
    wrong = [row for row in table if not row.holds]
    refused = sum(row.equations is None for row in table)
    print(
        f"{len(files)} machines, {len(table)} verdicts: {len(table) - refused - len(wrong)} accepted by both checkers, "
        f"{refused} refused for a limit, {len(wrong)} wrong; {sum(row.equations or 0 for row in table):,} equations; "
        f"{time.perf_counter() - started:.1f} s"
    )
    return 1 if wrong or not files else 0


def _word(accepted: bool) -> str:  # noqa: FBT001  it only words its argument
    return "accepted" if accepted else "REJECTED"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
