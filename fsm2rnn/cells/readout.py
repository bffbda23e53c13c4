"""scores = C h + b: the readout of a state as one score per machine state."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn


@final
class LinearReadout(nn.Module):
    """scores = weight h + bias, `weight` (Q, H) and `bias` (Q,)."""

    def __init__(self, weight: Float[Tensor, "Q H"], bias: Float[Tensor, " Q"]) -> None:
        """Take the tensors as parameters."""
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias)

    def forward(self, h: Float[Tensor, "*B H"]) -> Float[Tensor, "*B Q"]:
        """Return the scores."""
        return torch.nn.functional.linear(h, self.weight, self.bias)


@final
class IndexReadout(nn.Module):
    """scores_q = sum of h_j over the coordinates j with index[j] = q; `index` (H,), `states` = Q."""

    index: Tensor

    def __init__(self, index: Int64[Tensor, " H"], states: int) -> None:
        """Take the index as a buffer."""
        super().__init__()
        self.register_buffer("index", index)
        self.states = states

    def forward(self, h: Float[Tensor, "*B H"]) -> Float[Tensor, "*B Q"]:
        """Return the scores."""
        return h.new_zeros(*h.shape[:-1], self.states).index_add(-1, self.index, h)
