"""python -m benchmarks.families.family_table [--out ROWS.jsonl] [--only FAMILY;...] [--markdown FILE]: what each holds.

Every published family on 125 machines of ../shared/machines and 60 of the catalogue: the verdict; the network and its
published cell, each run on 1,000 random symbols, 10,000 on the first ten machines of a family, or up to the horizon
that is proved; the witness, replayed. Rows are appended as they are done, and those in the file are not done again. A
network that cannot be stored or run is a row with its error; anything else that is raised ends the script.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import torch

import fsm2rnn
from benchmarks.families.catalogue_machines import CATALOGUE
from fsm2rnn import StateMachine
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.attention import HIDDEN, LoopedAttention
from fsm2rnn.cells.published.published_cell import PublishedCell
from fsm2rnn.cells.published.table import published_cell
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.compiler import ask_and_prove, minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.errors import FsmError
from fsm2rnn.families import FAMILIES
from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.outputs import next_outputs
from fsm2rnn.result import Result

SYMBOLS: Final = 1_000
LONG: Final = 10_000
LONG_MACHINES: Final = 10  # of each family, which are run LONG symbols
PIECE: Final = 8  # letters that attention reads at a time, all pieces of a word at once
SEED: Final = 7
ROOT: Final = Path(__file__).parents[2]
SHARED: Final = ROOT.parent / "shared" / "machines"
SUFFIXES: Final = (".att", ".dot")
Row: TypeAlias = dict[str, object]


def machines() -> Iterator[tuple[str, str]]:
    """Yield collection and name of every machine: files by their path under ../shared/machines."""
    for path in sorted(SHARED.rglob("*")):
        if path.suffix in SUFFIXES:
            yield "shared", str(path.relative_to(SHARED))
    for name in CATALOGUE:
        yield "catalogue", name


def read_machine(collection: str, name: str) -> StateMachine:
    """Return a machine; a missing transition of a file leads to a rejecting sink."""
    return fsm2rnn.read(SHARED / name, complete="sink") if collection == "shared" else fsm2rnn.read(name)


def row(family: PublishedFamily, facts: Facts, symbols: int) -> Row:
    """Return what one family says of one machine, and what running or replaying it found."""
    (answer,) = ask_and_prove(facts, Contract.INJECTIVE, [family])
    said: Row = {"family": family.name, "states": len(facts.machine.states)}
    match answer.verdict:
        case Compiled() as verdict:
            said |= {"verdict": "compiled", "size": verdict.operator.size}
            try:
                return said | ran(Result(family.name, facts.machine, verdict), verdict, symbols)
            except FsmError as error:
                return said | {"error": str(error)}
        case Impossible(witness):
            return said | {"verdict": "impossible", "replayed": replace(witness) == witness, "reason": str(witness)}
        case Unsettled(tried):
            return said | {"verdict": "unsettled", "reason": tried}


def ran(result: Result, verdict: Compiled, symbols: int) -> Row:
    """Return how many symbols the network and its published cell answered wrongly, and of how many."""
    proved = verdict.steps()
    dtype = "float32" if "float32" in proved else next(iter(proved), "float32")
    horizon = proved.get(dtype)
    network = result.network(dtype)
    machine = result.machine
    steps = symbols if horizon is None else min(symbols, horizon)
    ids = torch.randint(len(machine.symbols), (1, steps), generator=torch.Generator().manual_seed(SEED))
    due = answers(machine, ids[0].tolist())
    cell = published_cell(network, result.target)
    read = decoded(network, published_states(cell, network, ids), ids)
    found = [machine.output_labels.index(label) for label in network.outputs(ids[0])]
    return {
        "dtype": dtype,
        "steps": steps,
        "horizon": horizon,
        "wrong": sum(one != other for one, other in zip(found, due, strict=True)),
        "cell_wrong": sum(one != other for one, other in zip(read, due, strict=True)),
    }


@torch.no_grad()
def published_states(
    cell: PublishedCell | LoopedAttention, network: Network | Tracker, ids: torch.Tensor
) -> torch.Tensor:
    """Return the network's states (1, T, H) of a word, as the published cell has them."""
    if isinstance(cell, LoopedAttention) and isinstance(network, Network):
        return at_once(cell, network.rnn(ids)[0][0], ids[0]).unsqueeze(0)
    return cell.read(cell(ids)[0])


def at_once(cell: LoopedAttention, states: torch.Tensor, word: torch.Tensor) -> torch.Tensor:
    """Return the states (T, H) that attention finds, PIECE letters at a time, each piece from the network's state.

    Where they are the network's at all places, so are those that it finds from its own: a piece ends where the next
    one starts.
    """
    full = len(word) // PIECE * PIECE
    starts = torch.cat((cell.initial_state.unsqueeze(0), states[PIECE - 1 : full : PIECE]))
    letters, size, _ = cell.table.shape
    many = max(1, HIDDEN // (PIECE * size * max(letters, size * size)))
    batches = zip(word[:full].view(-1, PIECE).split(many), starts[: full // PIECE].split(many), strict=True)
    found = [cell(ids, first)[0].flatten(0, 1) for ids, first in batches]
    rest = cell(word[full:].unsqueeze(0), starts[-1:])[0][0]
    return torch.cat((*found, rest))


def answers(machine: StateMachine, word: list[int]) -> list[int]:
    """Return the places of the machine's outputs along a word."""
    outputs, state, due = next_outputs(machine), machine.start, []
    for symbol in word:
        due.append(outputs[state][symbol])
        state = machine.table[state][symbol]
    return due


def decoded(network: Network | Tracker, states: torch.Tensor, ids: torch.Tensor) -> list[int]:
    """Return the places of the outputs that states (1, T, H) are read as."""
    if isinstance(network, Tracker):
        return [int(place) for place in network.readout(states)[0].argmax(-1)]
    machine = network.machine
    shown = torch.tensor(next_outputs(machine))
    reached = network.decode(states)[0]
    if machine.is_mealy:
        before = torch.cat((torch.tensor([machine.start]), reached[:-1]))
        return [int(place) for place in shown[before, ids[0]]]
    own = [machine.output_labels.index(label) for label in machine.outputs]
    return [own[int(state)] for state in reached]


def long_runs(rows: Iterable[Row]) -> Counter[object]:
    """Return by family how many machines have been run LONG symbols."""
    return Counter(one["family"] for one in rows if one.get("steps") == LONG)


def make(out: Path, asked: tuple[PublishedFamily, ...]) -> list[Row]:
    """Append the rows that are missing, and return all."""
    done = [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []
    known = {(one["machine"], one["family"]) for one in done}
    long = long_runs(done)
    for collection, name in machines():
        missing = [family for family in asked if (name, family.name) not in known]
        if not missing:
            continue
        facts = minimal_facts(read_machine(collection, name))
        for family in missing:
            started = time.perf_counter()
            symbols = LONG if long[family.name] < LONG_MACHINES else SYMBOLS
            made = {"machine": name, "collection": collection} | row(family, facts, symbols)
            made["seconds"] = round(time.perf_counter() - started, 3)
            long[family.name] += made.get("steps") == LONG
            done.append(made)
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(made) + "\n")
        verdicts = dict(Counter(one["verdict"] for one in done[-len(missing) :]))
        print(f"{name}: {verdicts}", file=sys.stderr, flush=True)
    return done


def failures(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that do not hold: an error, a wrong answer, a witness that was not replayed."""
    return [
        one
        for one in rows
        if "error" in one or one.get("wrong") or one.get("cell_wrong") or one.get("replayed") is False
    ]


def table(rows: list[Row]) -> str:
    """Return the counts in Markdown, a row for each family."""
    head = [
        "family",
        "machines",
        "compiled",
        "impossible",
        "unsettled",
        "symbols run",
        "wrong",
        "cell wrong",
        "replayed",
        "errors",
    ]
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    for family in FAMILIES:
        own = [one for one in rows if one["family"] == family.name]
        if own:
            lines.append(f"| `{family.name}` | {' | '.join(map(str, counts(own)))} |")
    return "\n".join(lines)


def counts(own: list[Row]) -> list[str]:
    """Return the figures of one family."""
    verdicts = Counter(str(one["verdict"]) for one in own)
    replayed = [one["replayed"] for one in own if "replayed" in one]
    return [
        str(len(own)),
        *(str(verdicts[kind]) for kind in ("compiled", "impossible", "unsettled")),
        f"{total(own, 'steps'):,}",
        str(total(own, "wrong")),
        str(total(own, "cell_wrong")),
        f"{sum(map(bool, replayed))}/{len(replayed)}",
        str(sum("error" in one for one in own)),
    ]


def total(own: Iterable[Mapping[str, object]], name: str) -> int:
    """Return the sum of a figure over the rows that have it."""
    return sum(int(str(one[name])) for one in own if name in one)


def main(arguments: list[str]) -> int:
    """Make the rows that are missing, and print or write the table; 1 where a row does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.families.family_table")
    parser.add_argument("--out", type=Path, default=Path("family_table.jsonl"))
    parser.add_argument("--only", default="", help="families, separated by semicolons")
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args(arguments)
    asked = tuple(one for one in FAMILIES if not options.only or one.name in options.only.split(";"))
    rows = make(options.out, asked)
    wrong = failures(rows)
    for one in wrong:
        print(f"does not hold: {one}", file=sys.stderr)
    if options.markdown is None:
        print(table(rows))
    else:
        options.markdown.write_text(page(rows), encoding="utf-8")
    return 1 if wrong else 0


def page(rows: list[Row]) -> str:
    """Return the page of docs: how it was made, the counts, and what stays unsettled."""
    by_machine = Counter((one["collection"], one["machine"]) for one in rows)
    collections = Counter(collection for collection, _ in by_machine)
    unsettled = Counter(str(one["family"]) for one in rows if one["verdict"] == "unsettled")
    left = ", ".join(f"`{name}` {count}" for name, count in unsettled.most_common())
    return f"""# Published recurrences over machines

    python -m benchmarks.families.family_table --out ROWS.jsonl --markdown docs/family_table.md

{collections["shared"]} machines of files (103 acceptors of MLRegTest, 22 models of protocols and examples) and
{collections["catalogue"]} of the catalogue, asked of every family under contract injective. Symbols run: random words,
of the stored network and of the recurrence in its published parameters, 10,000 symbols on ten machines at least where
a family holds so many and 1,000 on the others, fewer where the proved horizon is shorter. Wrong: answers of the
network, cell wrong: those of the published cell. Replayed: witnesses of the kernel. Errors: networks that could not be
stored or run. Rows are appended as they are made: where a family has fewer machines than others, the rest is not done
yet.

{table(rows)}

Unsettled: {left}. Why: [families.md](families.md).
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
