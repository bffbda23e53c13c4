"""The demonstration: four machines compiled to every target, checked, and run over a long word."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import final

from rich.console import RenderableType
from rich.text import Text

from fsm2rnn import api
from fsm2rnn.cells.network import Network
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.show import facts_text, targets_table
from fsm2rnn.targets.verdict import Compiled
from fsm2rnn.verify.verification import verify_network

STEPS = 10_000_000
FLOAT_STEPS = 2_000  # run in the network's own floats, where the long word runs as the gather it is proved to be

# A telephone-like session protocol as a Mealy machine in AALpy's DOT dialect.
PROTOCOL = """\
digraph session {
__start0 [label="" shape="none"];
closed; hello; open;
closed -> hello [label="connect/ack"];
closed -> closed [label="auth/error"];
closed -> closed [label="data/error"];
closed -> closed [label="close/ok"];
hello -> hello [label="connect/error"];
hello -> open [label="auth/ok"];
hello -> closed [label="data/reset"];
hello -> closed [label="close/ok"];
open -> open [label="connect/error"];
open -> open [label="auth/error"];
open -> open [label="data/ack"];
open -> closed [label="close/ok"];
__start0 -> closed;
}
"""


@final
@dataclass(frozen=True)
class Run:
    """What was done with one network file, in words, and whether all of it held."""

    target: str
    file: str
    says: str
    holds: bool


def run_demo(folder: str, *, show: Callable[[RenderableType], None]) -> dict[str, Json]:
    """Show the demonstration piece by piece, write its files into `folder`, and return it as JSON.

    The key "failures" counts the networks of which something did not hold.
    """
    started = time.perf_counter()
    home = Path(folder)
    _prepare(home)
    machines: dict[str, Json] = {}
    failures = 0
    for name, text in _machines(home):
        machine = api.read(text)
        explanation = api.explain(machine)
        show(Text(f"\n{facts_text(text, explanation.facts)}"))
        show(targets_table(explanation.answers))
        compiled = [answer.target for answer in explanation.answers if isinstance(answer.verdict, Compiled)]
        runs = [_run(machine, target, home / f"{name}-{target}.safetensors") for target in compiled]
        for run in runs:
            show(Text(f"  {run.says}"))
        failures += sum(not run.holds for run in runs)
        machines[text] = {**explanation.to_json(), "runs": [asdict(run) for run in runs]}
    seconds = time.perf_counter() - started
    verdict = f"{failures} networks FAILED" if failures else "every certificate and every run above holds"
    show(Text(f"\n{verdict}; {seconds:.0f} s; the files are in {home}"))
    return {"folder": str(home), "failures": failures, "machines": machines}


def _prepare(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / "session.dot").write_text(PROTOCOL, encoding="utf-8")
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(message, file=str(home)) from error


def _machines(home: Path) -> tuple[tuple[str, str], ...]:
    """Return (file stem, MACHINE text) of what is shown: two groups, a regular language, a protocol."""
    return (
        ("S5", "S5"),
        ("A5", "A5"),
        ("regex", "re:(a|b)*abb(a|b)*"),
        ("session", str(home / "session.dot")),
    )


def _run(machine: StateMachine, target: str, path: Path) -> Run:
    """Write one network file, check it, load it and run it."""
    api.compile(machine, target).save(path)
    report = api.check(path)
    network = api.load(path)
    long = verify_network(network, machine, steps=STEPS)
    equal = _float_agrees(network, machine)
    says = (
        f"{target}: certificate {'accepted' if report.accepted else 'REJECTED'}, {report.equations:,} equations; "
        f"{long.steps:,} symbols as {long.evaluated}: {long.mismatches:,} mismatches; "
        f"{FLOAT_STEPS:,} symbols in {long.dtype} arithmetic: {'no mismatch' if equal else 'MISMATCH'}"
    )
    return Run(target, str(path), says, report.accepted and not long.mismatches and equal)


def _float_agrees(network: Network, machine: StateMachine) -> bool:
    """Run the torch module itself, in its own floats, and compare every output with the machine's table."""
    width = len(machine.symbols)
    word = [machine.symbols[step * step % width] for step in range(FLOAT_STEPS)]
    return network.outputs(word) == [machine.outputs[state] for state in machine.run(word)]
