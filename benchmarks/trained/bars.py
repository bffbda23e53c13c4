"""python -m benchmarks.trained.bars [MACHINE ...]: how often the trainer's defaults learn a machine, seeds 0 to 3.

Full matrices, 32 hidden numbers, words of 2 to 30 letters, one thread, seeds side by side. One row as each machine is
done: accuracy at lengths 500 and 5,000 of each seed, in how many the first is at least 0.99, optimiser steps, and CPU
seconds of all seeds together.
"""

from __future__ import annotations

import sys
import time
from typing import Final

import torch

import fsm2rnn
from fsm2rnn.learn.models import Model, new_network
from fsm2rnn.learn.task import connected_random
from fsm2rnn.learn.trainer import Training, train_seeds
from fsm2rnn.machine.state_machine import StateMachine

HIDDEN: Final = 32
SEEDS: Final = range(4)
LONG, LONGER = 500, 5_000
SOLVED: Final = 0.99
RANDOM: Final = "random(5,5)"  # the first table of 5 states and letters that reaches all, drawn from seed 0 on
MACHINES: Final = ("S3@gens", "A5@gens", "S5@gens", RANDOM, "modadd(5)")


def machine_of(name: str) -> StateMachine:
    """Return the machine of a name."""
    return connected_random(5, 5, 0) if name == RANDOM else fsm2rnn.read(name)


def trained(machine: StateMachine) -> list[Training]:
    """Return what the defaults make of each seed, all side by side."""
    networks = {seed: new_network(Model.FULL, machine, HIDDEN, seed=seed) for seed in SEEDS}
    return list(train_seeds(networks, lengths=(2, 30), measured=(LONG, LONGER)).values())


def row(name: str) -> str:
    """Train all seeds on one machine, and return the row."""
    machine = machine_of(name)
    began = time.process_time()
    found = trained(machine)
    spent = time.process_time() - began
    long, longer = (" ".join(f"{one.accuracy[length]:.3f}" for one in found) for length in (LONG, LONGER))
    solved = sum(one.accuracy[LONG] >= SOLVED for one in found)
    steps = " ".join(str(one.steps) for one in found)
    return f"| {name} | {long} | {longer} | {solved} of {len(found)} | {steps} | {spent:.0f} |"


def main(names: list[str]) -> None:
    """Write the rows."""
    torch.set_num_threads(1)
    for name in names or MACHINES:
        print(row(name), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
