"""A network taken apart into what every export is written from: a layer, what reads it, and nothing hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import form_of
from fsm2rnn.cells.auditable import Word
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import Stock, layer_name, layer_weight
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.readout import IndexReadout, LinearReadout, Snap
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.machine.labels import Json, Label, label_plain, label_text

STATES: Final = "states"
OUTPUTS: Final = "outputs"


@final
@dataclass(frozen=True)
class PlainLinear:
    """h_t = A_{x_t} h_{t-1}, perhaps with an additive term, its readout, and what puts the state back."""

    layer: BilinearRNN
    readout: LinearReadout | IndexReadout | nn.Linear
    snap: Snap | None

    @property
    def name(self) -> str:
        """The structure of the matrices."""
        return str(self.layer.recurrence.name)


@final
@dataclass(frozen=True)
class PlainStock:
    """A torch.nn.RNN, GRU or LSTM, its torch.nn.Linear, and the embedding of symbols that do not enter one-hot."""

    layer: Stock
    readout: nn.Linear
    embedding: nn.Embedding | None

    @property
    def name(self) -> str:
        """The kind of cell: relu, elman, gru or lstm."""
        return layer_name(self.layer)


Plain: TypeAlias = PlainLinear | PlainStock


def plain_parts(network: Network | Tracker) -> Plain:
    """Return the parts of a network; InputError, by name, for what no export can say in plain operations."""
    require_computing(network)
    if isinstance(network, Network):
        return PlainLinear(network.rnn, network.readout, network.snap)
    if network.state_format is not None:
        message = f"this network rounds its state to {network.state_format.name}, which no exported layer does"
        raise InputError(message)
    if isinstance(network.rnn, GatedStack):
        message = "a stack of gated layers has no export as one plain layer"
        raise InputError(message, hint="fsm2rnn.load(FILE) runs it in torch")
    if not isinstance(network.rnn, BilinearRNN):
        return PlainStock(network.rnn, network.readout, network.embedding)
    if network.embedding is not None or network.rnn.normalize:
        what = "an embedding before it" if network.embedding is not None else "normalize=True"
        message = f"a bilinear layer with {what} is not exported"
        raise InputError(message)
    return PlainLinear(network.rnn, network.readout, None)


def require_computing(network: Network | Tracker) -> None:
    """Raise InputError for weights in a format that is only stored, in which torch does not compute."""
    form = number_format(network)
    if not form.native:
        message = f"weights in {form.name}, in which torch stores numbers and does not compute"
        raise InputError(message, hint="compile with --dtype float32")


def number_format(network: Network | Tracker) -> FloatFormat:
    """Return the float format of the weights."""
    return form_of(layer_weight(network.rnn).dtype)


def require_format(network: Network | Tracker, allowed: tuple[str, ...], where: str) -> None:
    """Raise InputError where the weights are in none of the formats that are `allowed` in files of this kind."""
    form = number_format(network)
    if form.name not in allowed:
        message = f"{where} holds networks in {' and '.join(allowed)}, and this one is in {form.name}"
        raise InputError(message, hint=f"compile with --dtype {allowed[0]}, or export with -f torch")


@torch.no_grad()
def answers_of(network: Network | Tracker, word: Word) -> Tensor:
    """Return what an export has to say after every symbol: numbers of states, of a Tracker numbers of outputs."""
    return network.run(word) if isinstance(network, Network) else network.output_ids(word)


def names_of(network: Network | Tracker) -> dict[str, Json]:
    """Return what ids and answers mean: id k is symbols[k], answer k is states[k], or of a Tracker outputs[k].

    Where answers are states, `state_outputs` has the output of every state, of a Mealy machine one for each symbol.
    """
    machine = network.machine
    names: dict[str, Json] = {"symbols": [label_text(symbol) for symbol in machine.symbols]}
    if isinstance(network, Tracker):
        return names | {"answers": OUTPUTS, OUTPUTS: [label_plain(label) for label in machine.output_labels]}
    states: dict[str, Json] = {"answers": STATES, STATES: [label_text(state) for state in machine.states]}
    return names | states | {"state_outputs": [_outputs(label, mealy=machine.is_mealy) for label in machine.outputs]}


def _outputs(label: Label, *, mealy: bool) -> Json:
    return [label_plain(one) for one in label] if mealy and isinstance(label, tuple) else label_plain(label)
