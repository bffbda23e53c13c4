"""A proved cell as the layer of torch.nn that holds exactly its stored bits, inside a Tracker."""

from __future__ import annotations

import torch
from torch import nn

from fsm2rnn.cells.layer import stock_layer
from fsm2rnn.cells.packing import unpack
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.proof.file.cell_network import ProvedCell


def lower_cell(network: ProvedCell, device: torch.device | str | None = None) -> Tracker:
    """Return the tracker around torch.nn's layer with the stored bits of a proved cell; nothing is rounded."""
    tensors = {name: unpack(tensor, device) for name, tensor in network.weights.items()}
    embedding = tensors.pop("embedding.weight", None)
    readout = {name: tensors.pop(f"readout.{name}") for name in ("weight", "bias") if f"readout.{name}" in tensors}
    labels, size = readout["weight"].shape
    linear = nn.Linear(size, labels, bias="bias" in readout, device="meta")
    linear.load_state_dict(readout, assign=True)
    table = None
    if embedding is not None:
        symbols, inputs = embedding.shape
        table = nn.Embedding(symbols, inputs, device="meta")
        table.load_state_dict({"weight": embedding}, assign=True)
    layer = stock_layer(network.kind, tensors)
    return Tracker(layer, linear, network.machine, embedding=table, state=network.state_format)
