"""Small networks that answer for machines: drawn at random, built by the recipe, and carried by nothing but chance."""

from __future__ import annotations

import itertools

import torch

from fsm2rnn.cells.layer import stock_layer
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.learn.trainer import train
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.proof.cell_networks import cell_tensors

LAYERS = {
    CellKind.ELMAN: lambda *sizes: torch.nn.RNN(*sizes, batch_first=True),
    CellKind.RELU: lambda *sizes: torch.nn.RNN(*sizes, nonlinearity="relu", batch_first=True),
    CellKind.GRU: lambda *sizes: torch.nn.GRU(*sizes, batch_first=True),
    CellKind.LSTM: lambda *sizes: torch.nn.LSTM(*sizes, batch_first=True),
}


def drawn_tracker(kind: CellKind, machine: StateMachine, seed: int, size: int = 3, state: str | None = None) -> Tracker:
    """Return a network with weights drawn wide enough to be of several minds."""
    torch.manual_seed(seed)
    layer = LAYERS[kind](len(machine.symbols), size)
    readout = torch.nn.Linear(size, len(machine.output_labels))
    for parameter in itertools.chain(layer.parameters(), readout.parameters()):
        torch.nn.init.uniform_(parameter, -3, 3)
    return Tracker(layer, readout, machine, state=state)


def recipe_tracker(kind: CellKind, machine: StateMachine, noise: float = 0.0, state: str | None = None) -> Tracker:
    """Return the recipe's cell in torch.nn, its weights moved by relative noise."""
    tensors = {name: torch.tensor(array, dtype=torch.float32) for name, array in cell_tensors(kind, machine).items()}
    torch.manual_seed(0)
    moved = {name: tensor * (1 + noise * torch.randn(tensor.shape)) for name, tensor in tensors.items()}
    layer = stock_layer(kind, {name: tensor for name, tensor in moved.items() if name.endswith("_l0")})
    weight, bias = moved["readout.weight"], moved["readout.bias"]
    readout = torch.nn.Linear(weight.shape[1], len(weight))
    readout.load_state_dict({"weight": weight, "bias": bias})
    return Tracker(layer, readout, machine, state=state)


def first_failure(tracker: Tracker, longest: int) -> tuple[int, ...] | None:
    """Return the first word, by length and then by letters, after which the greatest logit is another output's."""
    machine, labels = tracker.machine, list(tracker.machine.output_labels)
    for length in range(1, longest + 1):
        for word in itertools.product(range(len(machine.symbols)), repeat=length):
            state = tracker.begin(1)
            for letter in word:
                state = tracker.step(torch.tensor([letter]), state)
            logits = tracker.read(state)[0].tolist()
            due = machine.answers([machine.symbols[letter] for letter in word])[-1]
            if any(logit >= logits[labels.index(due)] for place, logit in enumerate(logits) if labels[place] != due):
                return word
    return None


def learned_tracker(kind: CellKind, machine: StateMachine, size: int = 8, steps: int = 400) -> Tracker:
    """Return a network trained for a few seconds on short words of the machine, with seeds of its own."""
    torch.manual_seed(0)
    layer = LAYERS[kind](len(machine.symbols), size)
    tracker = Tracker(layer, torch.nn.Linear(size, len(machine.output_labels)), machine)
    train(tracker, steps=steps, lengths=(1, 10), lr=1e-2, targets="every", patience=1, measured=())
    return tracker
