"""The nonlinear cells of torch.nn, one layer in one direction, with the gates that each stacks in its rows.

elman    h' = tanh(W_ih x + b_ih + W_hh h + b_hh)
relu     h' = max(0, W_ih x + b_ih + W_hh h + b_hh)
gru      r, z = sigmoid(W_ih x + b_ih + W_hh h + b_hh), n = tanh(W_in x + b_in + r (W_hn h + b_hn)),
         h' = (1 - z) n + z h; rows r, z, n
lstm     i, f, o = sigmoid(...), g = tanh(...), c' = f c + i g, h' = o tanh(c'); rows i, f, g, o

Tensors are named as in state_dict: weight_ih_l0 (G H, D), weight_hh_l0 (G H, H), bias_ih_l0 (G H,), bias_hh_l0 (G H,).
"""

from __future__ import annotations

from enum import Enum, unique
from typing import final


@final
@unique
class CellKind(Enum):
    """A cell: its name in files and as a target, how many gates its rows stack, how many tensors its state has."""

    ELMAN = ("elman", 1, 1)
    RELU = ("relu", 1, 1)
    GRU = ("gru", 3, 1)
    LSTM = ("lstm", 4, 2)

    def __init__(self, stored: str, gates: int, states: int) -> None:
        """Take the name, the number of gates, and the number of tensors (B, H) of a state: (h,) or (h, c)."""
        self.stored = stored
        self.gates = gates
        self.states = states
