"""A layer in words: its kind and how many numbers it holds."""

from __future__ import annotations

from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import layer_name
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker


def layer_words(network: Network | Tracker) -> str:
    """Return the kind of a network's layer and its hidden numbers, of a stack its layers and channels."""
    layer = network.rnn
    if isinstance(layer, GatedStack):
        return f"{layer_name(layer)}, {_many(len(layer.layers), 'layer')}, {_many(layer.channels, 'channel')}"
    what = network.structure.stored if isinstance(network, Network) else layer_name(layer)
    return f"{what}, {_many(layer.hidden_size, 'hidden number')}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
