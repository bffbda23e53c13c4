"""The layers that a Tracker can be around, each as a function of symbols and a state of tensors (B, H).

torch.nn.RNN, GRU and LSTM of L layers: the state is h, with an LSTM (h, c), the layers' own side by side, (B, L H).
BilinearRNN: the state is h. GatedStack: the channels of all layers, then the units shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import torch
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import held
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.errors import InputError
from fsm2rnn.proof.claim.cell_kinds import CellKind

Stock: TypeAlias = nn.RNN | nn.GRU | nn.LSTM
Layer: TypeAlias = Stock | BilinearRNN | GatedStack
StateParts: TypeAlias = tuple[Tensor, ...]  # of a state, each (B, L H)

BILINEAR: Final = "bilinear"
STACK: Final = "gated-stack"


def found_layer(module: nn.Module) -> Layer:
    """Return the module as a layer that a Tracker takes; InputError says why it is none."""
    if isinstance(module, BilinearRNN | GatedStack):
        layer: Layer = module
    elif isinstance(module, nn.RNN | nn.GRU | nn.LSTM):
        _require_plain(module)
        layer = module
    else:
        message = (
            f"a Tracker is around torch.nn.RNN, GRU, LSTM, BilinearRNN or GatedStack, found {type(module).__name__}"
        )
        raise InputError(message)
    if not layer.batch_first:
        message = "a Tracker reads ids (batch, time), and this layer has batch_first=False"
        raise InputError(message, hint="build it with batch_first=True; its weights stay as they are")
    return layer


def _require_plain(stock: Stock) -> None:
    if stock.bidirectional:
        message = "a Tracker reads words from left to right, and this layer is bidirectional"
        raise InputError(message)
    if stock.proj_size:
        message = f"this layer has proj_size={stock.proj_size}; a Tracker takes layers without projections"
        raise InputError(message)


def stock_kind(stock: Stock) -> CellKind:
    """Return the kind of a layer of torch.nn."""
    match stock:
        case nn.GRU():
            return CellKind.GRU
        case nn.LSTM():
            return CellKind.LSTM
        case _:
            return CellKind.RELU if stock.nonlinearity == "relu" else CellKind.ELMAN


def layer_name(layer: Layer) -> str:
    """Return the name of a layer's kind as files have it: elman, relu, gru, lstm, bilinear or gated-stack."""
    match layer:
        case BilinearRNN():
            return BILINEAR
        case GatedStack():
            return STACK
        case _:
            return stock_kind(layer).stored


def layer_weight(layer: Layer) -> Tensor:
    """Return a tensor of the layer that has its dtype and device."""
    match layer:
        case BilinearRNN():
            weight: Tensor = layer.initial_state
        case GatedStack():
            weight = layer.shown.weight
        case _:
            weight = layer.all_weights[0][1]
    return weight


def layer_width(layer: Layer) -> int:
    """Return how many numbers one tensor of a state has per word: L H."""
    if isinstance(layer, GatedStack):
        return layer.width
    return layer.hidden_size if isinstance(layer, BilinearRNN) else layer.num_layers * layer.hidden_size


def first_state(layer: Layer, words: Tensor) -> StateParts:
    """Return the state before the first symbol: zeros of torch.nn's layers, else the buffer `initial_state`.

    One for each row of `words`, whose number torch follows where it exports or traces, as it does not follow an int.
    """
    if isinstance(layer, BilinearRNN):
        start = layer.initial_state
        return (start.to(held(start.dtype)).expand(words.shape[0], -1),)
    if isinstance(layer, GatedStack):
        return (layer.first_state(words.shape[0]),)
    zeros = layer_weight(layer).new_zeros(words.shape[0], layer_width(layer))
    return (zeros,) * stock_kind(layer).states


def advanced(layer: Layer, x: Tensor, state: StateParts) -> tuple[Tensor, StateParts]:
    """Return the last layer's h after every symbol, (B, T, H), and the last state, from x (B, T, D) or ids (B, T)."""
    if isinstance(layer, BilinearRNN):
        output, last = layer(x, state[0].unsqueeze(0))
        return output, (last.squeeze(0),)
    if not x.numel():
        return state[0].new_zeros(*x.shape[:2], layer.hidden_size), state
    if isinstance(layer, GatedStack):
        output, last = layer(x, state[0])
        return output, (last,)
    sizes = (layer.num_layers, layer.hidden_size)
    stacked = tuple(part.reshape(-1, *sizes).transpose(0, 1).contiguous() for part in state)
    output, after = layer(x, stacked if isinstance(layer, nn.LSTM) else stacked[0])
    parts = after if isinstance(layer, nn.LSTM) else (after,)
    return output, tuple(part.transpose(0, 1).flatten(1) for part in parts)


def stock_layer(kind: CellKind, weights: Mapping[str, Tensor]) -> Stock:
    """Return the layer of torch.nn that holds these tensors, named as in its state_dict, without copying them.

    Sizes are read off them; InputError where they do not fit the kind and each other.
    """
    hidden, inputs = _sizes(kind, weights)
    layers = sum(name.startswith("weight_hh_l") for name in weights)
    more = {"nonlinearity": "relu"} if kind is CellKind.RELU else {}
    make = {CellKind.GRU: nn.GRU, CellKind.LSTM: nn.LSTM}.get(kind, nn.RNN)
    stock: Stock = make(inputs, hidden, layers, bias="bias_hh_l0" in weights, batch_first=True, device="meta", **more)
    wanted = {name: tensor.shape for name, tensor in stock.state_dict().items()}
    found = {name: tensor.shape for name, tensor in weights.items()}
    if wanted != found:
        sizes = f"{inputs} inputs and {hidden} hidden numbers"
        message = f"{kind.stored} of {sizes} has {_shapes(wanted)}, found {_shapes(found)}"
        raise InputError(message)
    stock.load_state_dict(dict(weights), assign=True)
    return stock


def _sizes(kind: CellKind, weights: Mapping[str, Tensor]) -> tuple[int, int]:
    """Return H and D."""
    for name in ("weight_hh_l0", "weight_ih_l0"):
        if name not in weights or weights[name].dim() != 2 or not weights[name].numel():  # a matrix
            message = f"{kind.stored} has a matrix {name}, found {_shapes({n: t.shape for n, t in weights.items()})}"
            raise InputError(message)
    (rows, hidden), inputs = weights["weight_hh_l0"].shape, weights["weight_ih_l0"].shape[1]
    if rows != kind.gates * hidden:
        message = f"weight_hh_l0 has {rows} rows for {hidden} columns; {kind.stored} has {kind.gates} x {hidden}"
        fitting = [other.stored for other in CellKind if rows == other.gates * hidden]
        raise InputError(message, hint=f"these are the sizes of {' or '.join(fitting)}" if fitting else None)
    return int(hidden), int(inputs)


def _shapes(shapes: Mapping[str, torch.Size]) -> str:
    """Return names and shapes as one text."""
    shown = [f"{name!r} {tuple(shape)}" for name, shape in list(shapes.items())[:12]]
    return ", ".join(shown) + (", ..." if len(shapes) > len(shown) else "")
