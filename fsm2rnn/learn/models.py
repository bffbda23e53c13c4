"""The models that `fsm2rnn train -m` names: a layer with a readout, its weights drawn for training."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import torch
from torch import nn

from fsm2rnn.api import compile  # noqa: A004  the contract's name
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.seed import seed as seeded
from fsm2rnn.learn.seeded_core import output_readout
from fsm2rnn.machine.state_machine import StateMachine

BLOCK: Final = 4  # blocks of width 4 track A5 and S5; a narrower one is taken where the width does not divide
PRODUCTS: Final = 2  # products of a factored layer to one hidden number


class Init(Enum):
    """Where weights begin: drawn at RANDOM, or around those COMPILED for the machine."""

    RANDOM = "random"
    COMPILED = "compiled"


class Model(Enum):
    """A bilinear layer by its structure, or a layer of torch.nn by its kind.

    Homogeneous layers divide their state by its norm after each step, rotations, which keep it, aside; an affine one
    does not, as its offset would mean another thing. Homogeneous layers have a readout without bias.
    """

    FULL = "full"
    FACTORED = "factored"
    BLOCK_DIAGONAL = "block-diagonal"
    ROTATION = "rotation"
    REAL_DIAGONAL = "real-diagonal"
    AFFINE_REAL_DIAGONAL = "affine-real-diagonal"
    ELMAN = "elman"
    RELU = "relu"
    GRU = "gru"
    LSTM = "lstm"

    @property
    def is_bilinear(self) -> bool:
        """Whether the state is moved by a matrix that the symbol chooses."""
        return self not in _STOCK


_STOCK: Final[Mapping[Model, type[nn.RNN | nn.GRU | nn.LSTM]]] = {
    Model.ELMAN: nn.RNN,
    Model.RELU: nn.RNN,
    Model.GRU: nn.GRU,
    Model.LSTM: nn.LSTM,
}


def new_network(model: Model, machine: StateMachine, hidden: int, *, seed: int = 0) -> Tracker:
    """Return a network of `hidden` numbers for a machine, its weights a function of the seed (on the CPU).

    The global generator of torch is left as it was. InputError for a width that the model does not have.
    """
    if hidden < 1:
        message = f"a network has 1 hidden number or more, found {hidden}"
        raise InputError(message)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = _layer(model, len(machine.symbols), hidden)
        biased = not (isinstance(layer, BilinearRNN) and not layer.recurrence.affine)
        readout = nn.Linear(hidden, len(machine.output_labels), bias=biased)
    return Tracker(layer, readout, machine)


def seeded_network(model: Model, machine: StateMachine, hidden: int, protect: Protect, *, seed: int = 0) -> Tracker:
    """Return a network of `hidden` numbers, or as many as the compiled one has where that is more, seeded with it.

    The network is one for the minimised machine. Its readout is right from the start, with logits 1 and 0, where the
    outputs are an affine function of the compiled states, else it is drawn. What is drawn is a function of the seed.
    NotCompiled where the machine has no such network, InputError where its rows cannot be protected.
    """
    found = compile(machine, model.value)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        core = found.network()
        layer = seeded(found, max(hidden, core.rnn.hidden_size), protect)
        if isinstance(layer, Tracker):
            return layer
        known = output_readout(core, layer.hidden_size) if isinstance(core, Network) else None
        readout = nn.Linear(layer.hidden_size, len(found.machine.output_labels)) if known is None else known
    return Tracker(layer, readout, found.machine)


def _layer(model: Model, symbols: int, hidden: int) -> nn.Module:
    if model in _STOCK:
        relu = {"nonlinearity": "relu"} if model is Model.RELU else {}
        return _STOCK[model](symbols, hidden, batch_first=True, **relu)
    structure, inner, normalize = _bilinear(model, hidden)
    return BilinearRNN(symbols, hidden, structure=structure, inner=inner, normalize=normalize)


def _bilinear(model: Model, hidden: int) -> tuple[str, int | None, bool]:
    """Return structure, inner size, and whether the state is divided by its norm."""
    match model:
        case Model.FACTORED:
            return "factored", PRODUCTS * hidden, True
        case Model.BLOCK_DIAGONAL:
            return "block-diagonal", next(width for width in (BLOCK, 3, 2, 1) if hidden % width == 0), True
        case Model.ROTATION:
            return "rotation", hidden % 2, False
        case Model.REAL_DIAGONAL:
            return "diagonal", None, True
        case Model.AFFINE_REAL_DIAGONAL:
            return "affine-diagonal", None, False
        case _:
            return "full", None, True
