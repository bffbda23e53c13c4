"""python -m benchmarks.cascades.cascade_table [--made] [--out ROWS] [--only T] [--symbols N] [--runs M] [--markdown F].

Every machine of ../shared/machines as a stack of gated layers, or those of `made_machines` as a stack with blocks:
verdict, layers, channels, units, tuples, and the proof of the stored numbers, with the CPU seconds that search and
proof took. The stacks of the first M machines are run on N symbols in float32, bfloat16 and float16, half of the words
uniform and half steered away from absorbing states. Rows are appended as they are done, and machines in the file are
not done again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import torch

import fsm2rnn
from benchmarks.cascades.made_machines import MADE
from fsm2rnn.cells.loading import module_of
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.errors import FsmError
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.outputs import next_outputs
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.result import find_format
from fsm2rnn.targets.block_cascade import BLOCK_CASCADE
from fsm2rnn.targets.cascade import CASCADE
from fsm2rnn.targets.target import Target

SHARED: Final = Path(__file__).parents[3] / "shared" / "machines"
SUFFIXES: Final = (".att", ".dot")
FORMATS: Final = ("float32", "bfloat16", "float16")
BATCH: Final = 20
Row: TypeAlias = dict[str, object]


def files() -> Iterator[str]:
    """Yield the machines by their path under ../shared/machines."""
    for path in sorted(SHARED.rglob("*")):
        if path.suffix in SUFFIXES:
            yield str(path.relative_to(SHARED))


def row(name: str, symbols: int, target: Target = CASCADE) -> Row:
    """Return what a target says of one machine, which is made, or in a file."""
    facts = minimal_facts(MADE[name]() if name in MADE else fsm2rnn.read(SHARED / name, complete="sink"))
    told: Row = {"machine": name, "states": len(facts.machine.states), "aperiodic": facts.aperiodicity.aperiodic}
    start = time.process_time()
    try:
        verdict: Verdict = target.compile(facts, Contract.COVER)
    except FsmError as error:
        verdict = Unsettled(str(error))
    told["search_seconds"] = round(time.process_time() - start, 2)
    match verdict:
        case Compiled(operator=StackRecipe() as recipe):
            return told | {"verdict": "compiled"} | _stack(verdict, recipe) | _runs(verdict, facts.machine, symbols)
        case Impossible(witness):
            return told | {"verdict": "impossible", "why": str(witness)}
        case _:
            return told | {"verdict": "unsettled", "why": str(verdict)}


def _stack(verdict: Compiled, recipe: StackRecipe) -> Row:
    start = time.process_time()
    proved = verdict.store(FLOAT32, {})
    seconds = round(time.process_time() - start, 2)
    return {
        "layers": len(recipe.layers),
        "turning": sum(bool(layer.turns) for layer in recipe.layers),
        "kinds": [layer.kind.value for layer in recipe.layers],
        "channels": recipe.size,
        "units": recipe.units,
        "tuples": recipe.tuples,
        "proved": report_on(proved).equations,
        "proof_seconds": seconds,
    }


def _runs(verdict: Compiled, machine: StateMachine, symbols: int) -> Row:
    """Return the symbols read in each format, and on how many the output was another one than the machine's."""
    if not symbols:
        return {}
    words = torch.tensor(list(_words(machine, symbols)))
    shown, states, wanted = torch.tensor(next_outputs(machine)), torch.full((BATCH,), machine.start), []
    table = torch.tensor(machine.table)
    for letters in words.unbind(1):
        wanted.append(shown[states, letters])
        states = table[states, letters]
    due = torch.stack(wanted, 1)
    found: dict[str, int] = {}
    for dtype in FORMATS:
        network = module_of(verdict.store(find_format(dtype), {}))
        if isinstance(network, Tracker):
            found[dtype] = int((network.output_ids(words) != due).sum())
    return {"symbols": words.numel(), "mismatches": found}


def _words(machine: StateMachine, symbols: int) -> Iterator[list[int]]:
    """Yield words, every second one of letters that keep away from absorbing states where some do."""
    draw = random.Random(0)
    letters = range(len(machine.symbols))
    absorbing = {state for state, targets in enumerate(machine.table) if set(targets) == {state}}
    for number in range(BATCH):
        state, word = machine.start, []
        for _ in range(symbols // BATCH):
            living = [letter for letter in letters if machine.table[state][letter] not in absorbing]
            word.append(draw.choice(living if number % 2 and living else letters))
            state = machine.table[state][word[-1]]
        yield word


def markdown(rows: Iterable[Row]) -> str:
    """Return the table of a page."""
    keys = ("machine", "states", "aperiodic", "layers", "turning", "channels", "units", "tuples", "search_seconds")
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    for one in rows:
        said = [str(one.get(key, "")) for key in keys]
        if one["verdict"] != "compiled":
            said[3] = str(one["why"])
        lines.append("| " + " | ".join(said) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Append the rows that are missing, and write the table where one is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cascades.cascade_table")
    parser.add_argument("--made", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("cascades.jsonl"))
    parser.add_argument("--only", default="")
    parser.add_argument("--symbols", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--markdown", type=Path)
    asked = parser.parse_args(arguments)
    rows = [json.loads(line) for line in asked.out.read_text().splitlines()] if asked.out.exists() else []
    done = {one["machine"] for one in rows}
    run = sum("mismatches" in one for one in rows)
    target = BLOCK_CASCADE if asked.made else CASCADE
    for name in MADE if asked.made else files():
        if asked.only in name and name not in done:
            rows.append(row(name, asked.symbols if run < asked.runs else 0, target))
            run += "mismatches" in rows[-1]
            with asked.out.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
    if asked.markdown is not None:
        asked.markdown.write_text(markdown(rows))


if __name__ == "__main__":
    main()
