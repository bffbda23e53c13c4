"""python -m benchmarks.modules.module_table [--out ROWS.jsonl] [--only MODULE;...]: every module on seven machines.

Of each module, machine and dtype: the verdict and, where there is a network, the certificate's grade, how many states
of the module's own arithmetic words reach, and how many of 10,000 random symbols the exported folder answers wrongly in
a process that cannot load this package. Modules whose package is missing are left out: transformers, xlstm and mingru
go together, fla has an environment of its own. Rows are appended as they are done, and those in the file are not done
again; the table is printed from it. Two of the machines are files of ../shared/machines.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import fsm2rnn
from fsm2rnn import StateMachine
from fsm2rnn.proof.claim.outputs import next_outputs
from fsm2rnn.targets.modules import MODULES
from fsm2rnn.targets.modules.module_target import ModuleTarget

SYMBOLS: Final = 10_000
DTYPES: Final = ("float32", "bfloat16")
PACKAGES: Final = {"transformers": "transformers", "xlstm": "xlstm", "mingru": "mingru", "fla": "fla"}
ROOT: Final = Path(__file__).parents[2]
SHARED: Final = ROOT.parent / "shared" / "machines"
NAIVE: Final = ROOT / "tests" / "exports" / "modules" / "delta" / "naive_fla.py"
RUNNER: Final = Path(__file__).with_name("runner.py")
Row = dict[str, object]


def session() -> StateMachine:
    """Return three stages of a session with three tries each, nine states; letters reset, merge, and turn nothing."""
    letters = ("connect", "login", "fail", "retry", "read", "write", "logout", "reset")
    states = [(stage, tries) for stage in range(3) for tries in range(3)]

    def after(stage: int, tries: int) -> list[tuple[int, int]]:
        failed = (stage, min(tries + 1, 2))
        return [
            (max(stage, 1), tries),
            (2, 0) if stage == 1 else failed,
            failed,
            (stage, 0),
            (stage, tries) if stage else failed,
            (stage, 0) if stage > 1 else failed,
            (1, tries) if stage > 1 else (stage, tries),
            (0, 0),
        ]

    table = [[states.index(to) for to in after(*state)] for state in states]
    return fsm2rnn.from_table(table, symbols=letters)


def _file(name: str) -> Callable[[], StateMachine]:
    return lambda: fsm2rnn.read(SHARED / name, complete="sink")


def _named(name: str) -> Callable[[], StateMachine]:
    return lambda: fsm2rnn.read(name)


MACHINES: Final[dict[str, Callable[[], StateMachine]]] = {
    "parity": _named("parity"),
    "flip-flop": _named("flip-flop"),
    "S3@gens": _named("S3@gens"),
    "session, 9 states": session,
    "A5@gens": _named("A5@gens"),
    "04.04.SL.4.1.3": _file("mlregtest/04.04.SL.4.1.3.att"),
    "nRF52832": _file("protocols/nRF52832.dot"),
}


def row(module: ModuleTarget, name: str, machine: StateMachine, dtype: str) -> Row:
    """Return the row of one module, machine and dtype."""
    said: Row = {"module": module.name, "package": module.package, "machine": name, "dtype": dtype}
    result = fsm2rnn.compile(machine, module.name)
    if not isinstance(result.verdict, fsm2rnn.Compiled):
        kind = "impossible" if isinstance(result.verdict, fsm2rnn.Impossible) else "unsettled"
        return said | {"verdict": kind, "reason": str(result.verdict)}
    with tempfile.TemporaryDirectory() as place:
        report = result.save(Path(place) / "net.safetensors", dtype)
        size = result.verdict.operator.size
        said |= {"verdict": "compiled", "grade": report.grade, "size": size}
        try:
            found = fsm2rnn.export(Path(place) / "net.safetensors", module.export, Path(place) / "folder")
        except fsm2rnn.FsmError as error:
            return said | {"refused": str(error)}
        wrong = mismatches(result.machine, module, Path(place) / "folder")
    return said | {"states": found.states, "lead": found.lead, "wrong": wrong, "of": SYMBOLS}


def mismatches(machine: StateMachine, module: ModuleTarget, folder: Path) -> int:
    """Return how many symbols a folder answers wrongly."""
    word = random.Random(7).choices(range(len(machine.symbols)), k=SYMBOLS)
    way = "code" if module.export == "torch" else "words" if (folder / "letters.json").exists() else "tokens"
    command = [sys.executable, str(RUNNER), str(folder), way, *([str(NAIVE)] if module.export == "fla" else [])]
    ran = subprocess.run(command, input=json.dumps(word), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    shows = json.loads((folder / "labels.json").read_text("utf-8"))["answers"] if way == "code" else "states"
    due, state = [], machine.start
    outputs = next_outputs(machine)
    for symbol in word:
        before, state = state, machine.table[state][symbol]
        due.append(outputs[before][symbol] if shows == "outputs" else state)
    return sum(one != other for one, other in zip(json.loads(ran.stdout.splitlines()[-1]), due, strict=True))


def table(rows: list[Row]) -> str:
    """Return the table in Markdown: a row for each module and dtype, a column for each machine."""
    cells = {(one["module"], one["dtype"], one["machine"]): cell(one) for one in rows}
    lines = [f"| module | dtype | {' | '.join(MACHINES)} |", f"|{'---|' * (len(MACHINES) + 2)}"]
    for module in MODULES:
        for dtype in DTYPES:
            own = [cells.get((module.name, dtype, name), "") for name in MACHINES]
            if any(own):
                lines.append(f"| {module.name} | {dtype} | {' | '.join(own)} |")
    return "\n".join(lines)


def cell(one: Row) -> str:
    """Return grade, states that were stepped from and wrong answers of 10,000, or why there are none."""
    if one["verdict"] != "compiled":
        return str(one["verdict"])
    if "refused" in one:
        return f"{one['grade']}; refused"
    return f"{one['grade']}, {one['states']:,}: {one['wrong']}"


def main(arguments: list[str]) -> None:
    """Make the rows that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.modules.module_table")
    parser.add_argument("--out", type=Path, default=Path("module_table.jsonl"))
    parser.add_argument("--only", default="", help="modules, separated by semicolons")
    options = parser.parse_args(arguments)
    done = [json.loads(line) for line in options.out.read_text("utf-8").splitlines()] if options.out.exists() else []
    known = {(one["module"], one["dtype"], one["machine"]) for one in done}
    here = [one for one in MODULES if importlib.util.find_spec(PACKAGES[one.extra]) is not None]
    asked = [one for one in here if not options.only or one.name in options.only.split(";")]
    for module in asked:
        for name, make in MACHINES.items():
            for dtype in DTYPES:
                if (module.name, dtype, name) in known:
                    continue
                made = row(module, name, make(), dtype)
                done.append(made)
                with options.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(made) + "\n")
                print(f"{module.name} {dtype} {name}: {cell(made)}", file=sys.stderr, flush=True)
    print(table(done))


if __name__ == "__main__":
    main(sys.argv[1:])
