"""python -m benchmarks.trained.seeding [MACHINE ...]: a compiled core under 500 steps of Adam, protected and not.

The core of the target `full` is put into a layer with 26 more numbers, a new readout is drawn, and Adam makes 500 steps
at 1e-2 on words of 2 to 30 letters. Told are: accuracy at 500 and 5,000 after 100 steps and at the end, the residual
P A - Pi P of the core then, for how many symbols the core as it is then is proved, and what `check` says of it.
"""

from __future__ import annotations

import sys
from typing import Final

import torch

import fsm2rnn
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.retention import core_kept
from fsm2rnn.learn.seed import seed
from fsm2rnn.learn.trainer import Training, train

MORE: Final = 26
STEPS: Final = (100, 500)
LR: Final = 1e-2


def trained(name: str, protect: Protect, steps: int) -> tuple[Tracker, Training]:
    """Return a network with a fresh readout after so many steps, with the weights of the last one."""
    compiled = fsm2rnn.compile(fsm2rnn.read(name), "full")
    torch.manual_seed(0)
    layer = seed(compiled, compiled.network().rnn.hidden_size + MORE, protect)
    if isinstance(layer, Tracker):
        message = "the target full is a bilinear layer"
        raise TypeError(message)
    network = Tracker(layer, torch.nn.Linear(layer.hidden_size, len(compiled.machine.output_labels)), compiled.machine)
    # One check, at the end: no earlier weights are chosen.
    return network, train(network, steps=steps, every=steps, lr=LR, average=0.0, patience=None)


def row(name: str, protect: Protect) -> str:
    """Return the row of one machine and one protection."""
    _, first = trained(name, protect, STEPS[0])
    network, last = trained(name, protect, STEPS[1])
    shares = (f"{one.accuracy[length]:.3f}" for one in (first, last) for length in (500, 5_000))
    kept = core_kept(network)
    if kept is None or not isinstance(network.rnn, fsm2rnn.BilinearRNN):
        message = "a seeded layer has a core"
        raise TypeError(message)
    steps = "all lengths" if kept.steps is None else f"{kept.steps:,}"
    accepted = "accepted" if fsm2rnn.check(network.rnn.core()).accepted else "rejected"
    return f"| {name} | {protect.value} | {' | '.join(shares)} | {kept.residual:.2g} | {steps} | {accepted} |"


def main(names: list[str]) -> None:
    """Write the rows."""
    torch.set_num_threads(1)
    for name in names or ["S3@gens", "modadd(5)", "tomita3"]:
        for protect in Protect:
            print(row(name, protect), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
