"""What `fsm2rnn explain` costs on large machines: python -m benchmarks.explained [--only NAMES] [--out ROWS].

Each machine has a process of its own: CPU seconds of user and system, peak memory, and how many targets were left
unsettled for lack of time. Beside groups and random tables stands a made-up client of a protocol: messages in their
order lead on, some back, and others are answered and ignored or lead to an alert, as in models learned from traffic.
`factored` is asked alone, of a table that the others need no longer search. Rows are appended as they are done.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, final

import fsm2rnn
from benchmarks.start_up import PROGRAM
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.write import write_machine
from fsm2rnn.targets import TARGETS

TARGET_NAMES: Final = frozenset(target.name for target in TARGETS)
LATE: Final = "--budget raises it"
"""What the reason of a target without enough time ends with."""
SECONDS: Final = 10.0
MEGABYTES: Final = 512.0
UNSETTLED: Final = 3


def mealy(states: int, letters: int, seed: int = 0) -> StateMachine:
    """Return a Mealy machine whose every entry is drawn: next states, and outputs of as many kinds as letters."""
    draw = random.Random(seed)
    rows = [[draw.randrange(states) for _ in range(letters)] for _ in range(states)]
    return fsm2rnn.from_table(rows, outputs=[[f"o{draw.randrange(letters)}" for _ in row] for row in rows])


def client(states: int, letters: int, seed: int = 0) -> StateMachine:
    """Return a Mealy machine of which state 0 is the start and the last one an alert that nothing leaves."""
    draw = random.Random(seed)
    rows, answers = [], []
    for state in range(states):
        ways = (state, draw.randrange(state + 1), states - 1)
        row = [draw.choices(ways, (6, 1, 3))[0] for _ in range(letters)]
        if state < states - 1:
            row[draw.randrange(letters)] = state + 1
        rows.append(row)
        answers.append([f"o{draw.randrange(4)}" if to != states - 1 else "alert" for to in row])
    return fsm2rnn.from_table(rows, outputs=answers)


MADE: Final[dict[str, Callable[[], StateMachine]]] = {
    "Mealy(300,30)": lambda: mealy(300, 30),
    "client(193,12)": lambda: client(193, 12),
}
GROUPS: Final = (
    *("PSL(2,13)@gens", "PSL(2,23)@gens", "M11@gens", "A5xA5@gens", "Z1000@gens", "Dih(1000)@gens"),
    *("S7@gens", "A7@gens", "S6@gens", "Z360"),
)
FACTORED: Final = "random(5000,4)"
MACHINES: Final = (*GROUPS, "counter(1000)", "random(3000,4)", *MADE, FACTORED)


@final
@dataclass(frozen=True)
class Cost:
    """What one explanation took: peak memory in MB of 10^6 bytes, targets by verdict, and those that lacked time."""

    machine: str
    cpu_seconds: float
    peak_megabytes: float
    compiled: int
    impossible: int
    unsettled: int
    late: tuple[str, ...]

    @property
    def within(self) -> bool:
        """Whether all bars are met."""
        return self.cpu_seconds <= SECONDS and self.peak_megabytes <= MEGABYTES and len(self.late) <= UNSETTLED


def cost(name: str, budget: str) -> Cost:
    """Return what explaining a machine costs, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        text = name
        if name in MADE:
            text = str(Path(folder) / "machine.json")
            write_machine(MADE[name](), text)
        target = ("-t", "factored") if name == FACTORED else ()
        with (Path(folder) / "answer.txt").open("w+", encoding="utf-8") as answer:
            command = (*PROGRAM, "explain", text, "--budget", budget, *target)
            child = subprocess.Popen(command, stdout=answer, env=os.environ | {"COLUMNS": "10000"})
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                raise subprocess.CalledProcessError(child.returncode, child.args)
            answer.seek(0)
            lines = {words[0]: line for line in answer if (words := line.split())[:1] and words[0] in TARGET_NAMES}
    kinds = [line.split()[3] for line in lines.values()]
    impossible, unsettled = (kinds.count(kind) for kind in ("impossible", "unsettled"))
    return Cost(
        name,
        round(used.ru_utime + used.ru_stime, 2),
        round(used.ru_maxrss * 1024 / 1e6),
        len(kinds) - impossible - unsettled,
        impossible,
        unsettled,
        tuple(target for target, line in lines.items() if line.rstrip().endswith(LATE)),
    )


def markdown(costs: Sequence[Cost]) -> str:
    """Return the table of a page."""
    lines = ["| machine | CPU s | peak MB | compiled | impossible | unsettled | for lack of time |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for one in costs:
        numbers = (one.cpu_seconds, one.peak_megabytes, one.compiled, one.impossible, one.unsettled)
        lines.append(f"| {one.machine} | {' | '.join(f'{number:g}' for number in numbers)} | {', '.join(one.late)} |")
    return "\n".join(lines)


def machines(text: str) -> tuple[str, ...]:
    """Return the machines of a list separated by semicolons, since names have commas."""
    chosen = tuple(text.split(";"))
    if not set(chosen) <= set(MACHINES):
        message = f"known: {';'.join(MACHINES)}"
        raise argparse.ArgumentTypeError(message)
    return chosen


def main(arguments: Sequence[str]) -> int:
    """Print a table of the machines; 1 where one is not within the bars."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explained")
    parser.add_argument("--only", type=machines, default=MACHINES)
    parser.add_argument("--budget", default="10")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    costs = []
    for name in options.only:
        costs.append(cost(name, options.budget))
        print(costs[-1], file=sys.stderr, flush=True)
        if options.out is not None:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(costs[-1])) + "\n")
    print(markdown(costs))
    return 0 if all(one.within for one in costs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
