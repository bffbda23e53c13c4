"""python -m benchmarks.trained.fourteen_machines [--out ROWS.jsonl] [--only MACHINE;...]: three cells each.

Of each: a network of H units, seed 0, is taught by short words, as `train_until_proved` begins; then come its score on
512,000 random symbols, what audit says of it as it is, and what `train_until_proved` makes of it, at its default
settings, of two minutes of the processor's time. Every word that refutes is replayed in the module, one symbol at a
time. Rows are appended as they are done, and those in the file are not done again; the table is printed from it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import torch

import fsm2rnn
from fsm2rnn import StateMachine, Tracker
from fsm2rnn.comparison.answers import Finding, Proved, Refuted
from fsm2rnn.comparison.until_proved import LESSONS, rounds_until_proved
from fsm2rnn.learn.models import Model, new_network
from fsm2rnn.learn.trainer import train

HIDDEN: Final = 32
WORDS, LETTERS = 1_000, 512
CELLS: Final = (Model.ELMAN, Model.GRU, Model.LSTM)
TITLES: Final = ("machine", "cell", "score", "first answer", "rounds", "last answer", "states", "CPU s")
Row = dict[str, object]


def level() -> StateMachine:
    """Return a level from 0 to 8 that goes up, down, and back to 0 by a letter: 9 states, three outputs."""
    table = [[min(at + 1, 8), max(at - 1, 0), 0] for at in range(9)]
    outputs = [("low", "middle", "high")[at // 3] for at in range(9)]
    return fsm2rnn.from_table(table, outputs=outputs, symbols=["up", "down", "reset"])


def session() -> StateMachine:
    """Return a protocol of four states, a Mealy machine: connect, authenticate, send, and wait until it is done."""
    moves = {
        "closed": ("hello ack", "closed error", "closed error", "closed error"),
        "hello": ("hello error", "open ok", "closed reset", "hello error"),
        "open": ("open error", "open error", "busy ack", "open error"),
        "busy": ("busy error", "busy error", "busy wait", "open ack"),
    }
    states = tuple(moves)
    pairs = [[move.split() for move in row] for row in moves.values()]
    table = tuple(tuple(states.index(to) for to, _ in row) for row in pairs)
    shown = tuple(tuple(output for _, output in row) for row in pairs)
    return StateMachine(states, ("connect", "auth", "data", "done"), table, 0, shown, is_mealy=True)


def _named(text: str) -> Callable[[], StateMachine]:
    return lambda: fsm2rnn.read(text)


CATALOGUE = ("parity", *(f"tomita{number}" for number in range(1, 8)), "S3@gens", "Z5@gens", "flip-flop")
# Of random machines of 8 states the first seed from which words reach all of them.
MACHINES: Final[dict[str, Callable[[], StateMachine]]] = {
    **{name: _named(name) for name in CATALOGUE},
    "random, 8 states": _named("random(states=8,symbols=2,seed=3)"),
    "level with reset, 9 states": level,
    "session, Mealy": session,
}


def row(name: str, model: Model, hidden: int) -> Row:
    """Return the row of one machine and one cell."""
    machine = MACHINES[name]()
    network = new_network(model, machine, hidden, seed=0)
    began = time.process_time()
    train(network, measured=(), **LESSONS)
    taught = time.process_time() - began
    right = score(network)
    first = fsm2rnn.audit(network)
    require_failing(network, first)
    heard: list[Finding] = []
    began = time.process_time()
    last = rounds_until_proved(network, listener=lambda _, finding: heard.append(finding))
    seconds = taught + time.process_time() - began
    for finding in heard[-1:]:
        require_failing(network, finding)
    states = last.states if isinstance(last, Proved) else None
    said: Row = {"machine": name, "cell": model.value, "hidden": hidden, "score": right, "first": first.to_json()}
    return said | {"rounds": len(heard) - 1, "last": last.to_json(), "states": states, "seconds": round(seconds, 1)}


@torch.no_grad()
def score(network: Tracker) -> float:
    """Return the share of right answers among those of 1,000 random words of 512 letters."""
    machine = network.machine
    ids = torch.randint(len(machine.symbols), (WORDS, LETTERS), generator=torch.Generator().manual_seed(0))
    found, right = network(ids).argmax(-1).tolist(), 0
    labels = machine.output_labels
    for word, answers in zip(ids.tolist(), found, strict=True):
        due = machine.answers([machine.symbols[letter] for letter in word])
        right += sum(labels[answer] == label for answer, label in zip(answers, due, strict=True))
    return right / (WORDS * LETTERS)


def require_failing(network: Tracker, finding: Finding) -> None:
    """Read a refuting word in the module as it is, one symbol at a time; RuntimeError where it is read rightly."""
    if isinstance(finding, Refuted) and network.outputs(finding.word)[-1] == finding.expected:
        message = f"a word that refutes is read rightly: {finding.word}"
        raise RuntimeError(message)


def table(rows: list[Row]) -> str:
    """Return the table in Markdown."""
    lines = [f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}"]
    for one in rows:
        seconds, states = f"{one['seconds']:.0f}", "" if one["states"] is None else f"{one['states']:,}"
        right = f"{one['score']:.6f}" if one["score"] != 1 else "1"
        cells = (one["machine"], one["cell"], right, said(one["first"]), one["rounds"], said(one["last"]), states)
        lines.append(f"| {' | '.join(map(str, (*cells, seconds)))} |")
    return "\n".join(lines)


def said(answer: object) -> str:
    """Return an answer in a few words."""
    if not isinstance(answer, dict):
        raise TypeError(answer)
    match answer["answer"]:
        case "proved" if answer["grade"] == "invariant":
            return f"proved, boxes, slack {answer['slack']:.2g}"
        case "proved":
            return f"proved, {answer['grade']}, {answer['arithmetic'].split(' after')[0].split()[-1]}"
        case "refuted":
            return f"refuted, {len(answer['word'])} letters"
        case _:
            # What goes before the details: a list of words, or why the kernel was not asked.
            return "open: " + re.split(r" \(| as this module|; ", answer["reason"])[0]


def main(arguments: list[str]) -> None:
    """Make the rows that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trained.fourteen_machines")
    parser.add_argument("--out", type=Path, default=Path("fourteen_machines.jsonl"))
    parser.add_argument("--only", default="", help="machines, separated by semicolons")
    parser.add_argument("--hidden", type=int, default=HIDDEN)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    done = [json.loads(line) for line in options.out.read_text("utf-8").splitlines()] if options.out.exists() else []
    known = {(one["machine"], one["cell"], one["hidden"]) for one in done}
    for name in options.only.split(";") if options.only else MACHINES:
        for model in CELLS:
            if (name, model.value, options.hidden) in known:
                continue
            made = row(name, model, options.hidden)
            done.append(made)
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(made) + "\n")
            print(table([made]).splitlines()[-1], file=sys.stderr, flush=True)
    order = [(name, model.value) for name in MACHINES for model in CELLS]
    print(table(sorted(done, key=lambda one: order.index((one["machine"], one["cell"])))))


if __name__ == "__main__":
    main(sys.argv[1:])
