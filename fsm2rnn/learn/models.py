"""The models that `fsm2rnn train -m` names: a layer with a readout, its weights drawn for training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Final

import torch
from torch import nn

from fsm2rnn.api import compile  # noqa: A004  the contract's name
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.seed import seed as seeded
from fsm2rnn.learn.seeded_core import output_readout
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.state_machine import StateMachine

BLOCK: Final = 4  # blocks of width 4 track A5 and S5; a narrower one is taken where the width does not divide
PRODUCTS: Final = 2  # products of a factored layer to one hidden number
HIDDEN_LIMIT: Final = 1 << 14  # hidden numbers: a check holds 500 states of 128 words, 4 GiB in float32
WEIGHT_LIMIT: Final = 1 << 26  # of the layer: 256 MiB in float32, and training keeps some eight times as much
SEEDS: Final = 1 << 64  # that torch tells apart


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
    """Return a network of `hidden` numbers for a machine, its weights a function of seed mod 2^64 (on the CPU).

    The global generator of torch is left as it was. InputError for a width below 1, LimitError beyond HIDDEN_LIMIT
    hidden numbers or WEIGHT_LIMIT weights of the layer.
    """
    _require_room(model, len(machine.symbols), hidden)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % SEEDS)
        layer = _layer(model, len(machine.symbols), hidden)
        biased = not (isinstance(layer, BilinearRNN) and not layer.recurrence.affine)
        readout = nn.Linear(hidden, len(machine.output_labels), bias=biased)
    return Tracker(layer, readout, machine)


def seeded_network(model: Model, machine: StateMachine, hidden: int, protect: Protect, *, seed: int = 0) -> Tracker:
    """Return a network of `hidden` numbers, or as many as the compiled one has where that is more, seeded with it.

    The network is one for the minimised machine. Its readout is right from the start, with logits 1 and 0, where the
    outputs are an affine function of the compiled states, else it is drawn. What is drawn is a function of seed mod
    2^64. A bilinear layer is compiled for the Moore form of a Mealy machine, as its readout sees the state alone; what
    that form says of the empty word is an output like any other.
    NotCompiled where the machine has no such network, InputError where its rows cannot be protected or the width is
    below 1, LimitError beyond HIDDEN_LIMIT hidden numbers or WEIGHT_LIMIT weights of the layer.
    """
    _require_room(model, len(machine.symbols), hidden)
    found = compile(_moore(machine) if model.is_bilinear else machine, model.value)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % SEEDS)
        core = found.network()
        layer = seeded(found, max(hidden, core.rnn.hidden_size), protect)
        if isinstance(layer, Tracker):
            return layer
        known = output_readout(core, layer.hidden_size) if isinstance(core, Network) else None
        readout = nn.Linear(layer.hidden_size, len(found.machine.output_labels)) if known is None else known
    return Tracker(layer, readout, found.machine)


def _moore(machine: StateMachine) -> StateMachine:
    """Return a machine with the same answers to all words but the empty one, whose outputs belong to its states."""
    if not machine.is_mealy:
        return machine
    form = moore_form(machine).machine
    return replace(form, outputs=(machine.output_labels[0], *form.outputs[1:]))


def _require_room(model: Model, symbols: int, hidden: int) -> None:
    """Refuse a width before memory is spent on it: torch's meta device counts weights without holding them."""
    if hidden < 1:
        message = f"a network has 1 hidden number or more, found {hidden}"
        raise InputError(message)
    if hidden > HIDDEN_LIMIT:
        what = "hidden numbers"
        raise LimitError(what, limit=HIDDEN_LIMIT, needed=hidden)
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        weights = sum(one.numel() for one in _layer(model, symbols, hidden).parameters())
    if weights > WEIGHT_LIMIT:
        what = f"weights of a {model.value} layer of {hidden:,} hidden numbers for {symbols:,} symbols"
        raise LimitError(what, limit=WEIGHT_LIMIT, needed=weights, hint="ask for fewer hidden numbers")


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
