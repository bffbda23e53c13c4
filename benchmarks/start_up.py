"""P8: the CPU seconds of a command beyond those of an empty interpreter."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale

GOAL = "P8"
PROGRAM = (sys.executable, "-m", "fsm2rnn")
MACHINE = "S5"


def start_up_rows(scale: Scale) -> list[Row]:
    """Return the rows of `--help`, `check` and `explain`, run as installed: compiled to bytecode."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "network.safetensors")
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        run = partial(_cpu_seconds, environment)
        run((*PROGRAM, "compile", MACHINE, "-t", "pd", "-o", file))
        commands: list[tuple[str, tuple[str, ...], float]] = [
            ("--help", ("--help",), 0.3),
            (f"check FILE ({MACHINE}, pd)", ("check", file), 0.3),
            (f"explain {MACHINE}", ("explain", MACHINE), 0.8),
        ]
        spent: dict[str, list[float]] = {name: [] for name, _, _ in commands}
        for _, arguments, _ in commands:
            run((*PROGRAM, *arguments))
        for _ in range(scale.rounds):
            empty = run((sys.executable, "-c", "pass"))
            for name, arguments, _ in commands:
                spent[name].append(run((*PROGRAM, *arguments)) - empty)
    return [
        at_most(Row(GOAL, f"fsm2rnn {name}", Spread.of(spent[name]), "CPU-s"), limit) for name, _, limit in commands
    ]


def _cpu_seconds(environment: Mapping[str, str], command: tuple[str, ...]) -> float:
    """Return user and system seconds of a command, which must exit with status 0."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
