"""demo: four machines compiled to every target, checked, and run over a long word."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from fsm2rnn import api
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.cells.network import Network
from fsm2rnn.commands.answer import print_json
from fsm2rnn.commands.status import Status
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.rows import targets_view
from fsm2rnn.pages.terminal import facts_text, fitted, obstructions_text, show, width
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.form.gather import gather_form, moves_entries
from fsm2rnn.running.result import Verification
from fsm2rnn.running.verification import verify_network
from fsm2rnn.targets import RUNGS

HEADINGS = ("network", "certificate", "equations", "long word", "run as", "wrong", "float word", "wrong")
NUMBERS = (2, 3, 5, 6, 7)  # cells that are set to the right
STEPS = 10_000_000
FLOAT_STEPS = 2_000  # of the module's own loop in its own floats; the long word runs as the gather it is proved to be

# A small session protocol, a Mealy machine in AALpy's DOT dialect; its letters merge states.
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
class NetworkRun:
    """What was done with one network file: its certificate checked, a long word, and a word in its own floats."""

    machine: str
    target: str
    file: str
    accepted: bool
    equations: int
    long: Verification
    float_steps: int
    float_equal: bool

    @property
    def holds(self) -> bool:
        """Whether all of it holds."""
        return self.accepted and not self.long.mismatches and self.float_equal

    def to_json(self) -> dict[str, Json]:
        """Return the fields, the verification as `verify --json` gives it."""
        return {**vars(self), "long": self.long.to_json(), "holds": self.holds}


def run(options: argparse.Namespace) -> Status:
    """Show the demonstration; status 1 when something in it does not hold."""
    silent = options.json or options.quiet
    answer = demonstrate(options.output, show=(lambda *_: None) if silent else show)
    if options.json:
        print_json(answer)
    return Status.REFUTED if answer["failures"] else Status.HOLDS


def demonstrate(folder: str, *, show: Callable[..., None]) -> dict[str, Json]:
    """Show the demonstration piece by piece, write its files into `folder`, and return it as JSON.

    The key "failures" counts the networks of which something did not hold.
    """
    started = time.perf_counter()
    home = Path(folder)
    _prepare(home)
    machines: dict[str, Json] = {}
    everything: list[NetworkRun] = []
    for name, text in _machines(home):
        machine = api.read(text)
        explanation = api.explain(machine)
        show(fitted(facts_text(text, explanation.facts)))
        show(targets_view(explanation.answers, width()))
        show(fitted(obstructions_text(explanation.obstructions)))
        show("")
        linear = {target.name for target in RUNGS}
        answers = [answer for answer in explanation.answers if answer.target in linear]
        compiled = [answer.target for answer in answers if isinstance(answer.verdict, Compiled)]
        runs = [_run(machine, name, target, home / f"{name}-{target}.safetensors") for target in compiled]
        everything += runs
        machines[text] = {**explanation.to_json(), "runs": [run.to_json() for run in runs]}
    show(_runs_table(everything))
    failures = sum(not run.holds for run in everything)
    seconds = time.perf_counter() - started
    verdict = f"{failures} networks FAILED" if failures else "every certificate and every run above holds"
    show(f"\n{verdict}; {seconds:.0f} s; the files are in {home}")
    return {"folder": str(home), "failures": failures, "machines": machines}


def _runs_table(runs: list[NetworkRun]) -> str:
    """Return one row per network: certificate, long word, word in floats."""
    rows = [
        HEADINGS,
        *(
            (
                f"{run.machine} {run.target}",
                "accepted" if run.accepted else "REJECTED",
                f"{run.equations:,}",
                f"{run.long.steps:,}",
                run.long.evaluated,
                f"{run.long.mismatches:,}",
                f"{run.float_steps:,}",
                "0" if run.float_equal else "SOME",
            )
            for run in runs
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(size) if place in NUMBERS else cell.ljust(size)
            for place, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _prepare(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_atomically(home / "session.dot", PROTOCOL.encode())
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


def _run(machine: StateMachine, name: str, target: str, path: Path) -> NetworkRun:
    """Write one network file, check it, load it and run it."""
    api.compile(machine, target).save(path)
    report = api.check(path)
    network = api.load(path)
    if not isinstance(network, Network):
        message = f"target {target} is no linear recurrence, and the demonstration shows those"
        raise InputError(message)
    # Only weights that are proved one-hot or signed permutations run as an index; others over a shorter word.
    stored = network.meaning()
    moves = network.structure is Structure.COLUMN_ONE_HOT and moves_entries(stored)
    steps = STEPS if moves or gather_form(stored) is not None else FLOAT_STEPS
    long = verify_network(network, machine, steps=steps)
    equal = _float_agrees(network, machine)
    return NetworkRun(name, target, str(path), report.accepted, report.equations, long, FLOAT_STEPS, equal)


def _float_agrees(network: Network, machine: StateMachine) -> bool:
    """Run the torch module itself, in its own floats, and compare every output with the machine's table."""
    width = len(machine.symbols)
    word = [machine.symbols[step * step % width] for step in range(FLOAT_STEPS)]
    return network.outputs(word) == machine.answers(word)
