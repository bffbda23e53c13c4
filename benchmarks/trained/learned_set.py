"""python -m benchmarks.trained.learned_set [--folder FOLDER]: eleven bilinear networks, read, compared, repaired.

Networks of width 32 are trained by `fsm2rnn.train` on S3 and C6, both on generators of orders 2 and 3, a random
permutation machine and a random machine, each of 6 states and 2 letters; seeds stand in the rows. For each: accuracy
at 500 and 5,000, whether `extract` gives the machine, the verdicts of `compare` beside all four machines, and the
accuracy at 5,000 of what `repair` makes of it. Networks and rows are kept in the folder, so that a run goes on.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import torch

import fsm2rnn
from fsm2rnn import StateMachine, Tracker
from fsm2rnn.comparison.matching import matched_machine, matching
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.models import Model, new_network
from fsm2rnn.learn.task import connected_random
from fsm2rnn.learn.trainer import train
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.tracing.compare import isomorphism

HIDDEN = 32
SEEDS = {"S3": (0, 1, 2), "C6": (0, 1, 2), "permutations": (0, 1, 2), "random": (0, 1)}
HEAD = (
    "| network | seed | at 500 | at 5,000 | extract | compare: S3, C6, permutations, random | one step | dispersion | "
    "equal words | trace | repaired at 5,000 | readout kept | weights moved | grade |"
)


def machines() -> dict[str, StateMachine]:
    """Return the four machines by their names in the rows."""
    return {
        "S3": fsm2rnn.read("S3@gens"),
        "C6": fsm2rnn.read("Z2xZ3@gens"),
        "permutations": fsm2rnn.read("random-permutation(states=6,symbols=2,seed=2)"),
        "random": connected_random(6, 2),
    }


def trained(machine: StateMachine, seed: int, path: Path) -> Tracker:
    """Return the network of a seed, trained where the folder has none."""
    if not path.exists():
        network = new_network(Model.FULL, machine, HIDDEN, seed=seed)
        train(network, machine, seed=seed, measured=(), checkpoint=path)
    found = fsm2rnn.load(path)
    if not isinstance(found, Tracker):
        message = f"{path} holds no trained network"
        raise TypeError(message)
    return found


def row(name: str, seed: int, network: Tracker) -> str:
    """Return the row of one network."""
    known = machines()
    machine = known[name]
    words = fsm2rnn.extract(network)
    own = matched_machine(minimise(machine).target, matching(network.machine, machine), network.machine.symbols)
    extracted = "right" if isomorphism(words, own) is not None else f"wrong, {len(words.states)} states"
    found = {other: fsm2rnn.compare(network, target) for other, target in known.items()}
    verdicts = ", ".join(
        f"{answer.verdict}" + (f" ({len(answer.witness)})" if answer.witness else "") for answer in found.values()
    )
    laws = found[name]
    made = fsm2rnn.repair(network, machine)
    rates = [f"{accuracy(network, machine, length).raw:.3f}" for length in (500, 5_000)]
    right = f"{accuracy(made.merged, machine, 5_000).raw:.3f}"
    kept = "yes" if torch.equal(made.merged.readout.weight, network.readout.weight) else "no"
    numbers = [f"{value:.3f}" for value in (laws.onestep, laws.dispersion)]
    numbers += ["-" if value is None else f"{value:.3f}" for value in (laws.equal_words, laws.trace)]
    cells = [name, str(seed), *rates, extracted, verdicts, *numbers, right, kept, f"{made.edit:.2f}", made.grade]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the rows, and keep each as it is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where networks and rows are kept; a temporary one by default")
    folder = parser.parse_args().folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    kept = folder / "rows.json"
    rows: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    print(f"{HEAD}\n|{'---|' * HEAD.count(' | ')}---|")
    for name, machine in machines().items():
        for seed in SEEDS[name]:
            key = f"{name}-{seed}"
            if key not in rows:
                rows[key] = row(name, seed, trained(machine, seed, folder / f"{key}.safetensors"))
                kept.write_text(json.dumps(rows, indent=1))
            print(rows[key], flush=True)


if __name__ == "__main__":
    main()
