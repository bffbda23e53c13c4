"""python -m benchmarks.proved_training [MACHINE ...]: train_until_proved on machines, for elman, gru and lstm.

One row as each is done: machine, cell, accuracy at length 500 after training, what came of how many rounds, boxes or
states of the proof, its slack, and CPU seconds of both. All seeds are 0.
"""

from __future__ import annotations

import sys
import time

import torch

import fsm2rnn
from fsm2rnn.comparison.answers import Finding, Proved
from fsm2rnn.comparison.until_proved import rounds_until_proved
from fsm2rnn.learn.trainer import train

HIDDEN = 16
LAYERS = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
# Short words and every answer: small machines are learned in some hundred steps so.
STEPS, LENGTHS, LR = 600, (1, 10), 1e-2


def row(name: str, cell: str) -> str:
    """Return the row of one machine and one cell."""
    machine = fsm2rnn.read(name)
    torch.manual_seed(0)
    layer = LAYERS[cell](len(machine.symbols), HIDDEN, batch_first=True)
    tracker = fsm2rnn.Tracker(layer, torch.nn.Linear(HIDDEN, len(machine.output_labels)), machine)
    began = time.process_time()
    training = train(tracker, steps=STEPS, lengths=LENGTHS, lr=LR, targets="every", patience=1, measured=(500,))
    trained = time.process_time()
    heard: list[Finding] = []
    found = rounds_until_proved(tracker, listener=lambda _, finding: heard.append(finding))
    seconds = f"{trained - began:.1f} + {time.process_time() - trained:.1f} s"
    right = f"{training.accuracy[500]:.4f}"
    if isinstance(found, Proved):
        slack = "" if found.slack is None else f", slack {float(found.slack):.2g}"
        said = f"{found.grade}, {found.states} states{slack}"
    else:
        said = repr(found)
    return f"| {name} | {cell} | {right} | {len(heard) - 1} rounds | {said} | {seconds} |"


def main(names: list[str]) -> None:
    """Write the rows."""
    torch.set_num_threads(1)
    for name in names or ["parity", "tomita1", "tomita4"]:
        for cell in LAYERS:
            print(row(name, cell), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
