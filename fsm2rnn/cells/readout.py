"""scores = C h + b, one per machine state, and outputs = C h: what is read from a state."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import held
from fsm2rnn.cells.transforms import own_formats


@final
class LinearReadout(nn.Module):
    """Score of state q = the greatest of (weight h + bias)_k over the rows k with index[k] = q, one row by default.

    `weight` (K, H), `bias` (K,), `index` (K,) into `states` states. States are read in the
    readout's own dtype, or in float32 where that is only stored.
    """

    index: Tensor | None

    def __init__(
        self,
        weight: Float[Tensor, "K H"],
        bias: Float[Tensor, " K"],
        index: Int64[Tensor, " K"] | None = None,
        states: int = 0,
    ) -> None:
        """Take weight and bias as parameters, the index as a buffer."""
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(bias)
        self.register_buffer("index", index)
        self.states = states

    def forward(self, h: Float[Tensor, "*B H"]) -> Float[Tensor, "*B Q"]:
        """Return the scores."""
        kind = held(self.weight.dtype)
        with own_formats(h.device):
            scores = torch.nn.functional.linear(h.to(kind), self.weight.to(kind), self.bias.to(kind))
        if self.index is None:
            return scores
        none = scores.new_full((*scores.shape[:-1], self.states), -torch.inf)
        return none.scatter_reduce(-1, self.index.expand_as(scores), scores, "amax")


@final
class LinearHead(nn.Module):
    """outputs = weight h, `weight` (O, H): the output functions themselves, not only their order."""

    def __init__(self, weight: Float[Tensor, "O H"]) -> None:
        """Take the weight as a parameter."""
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, h: Float[Tensor, "*B H"]) -> Float[Tensor, "*B O"]:
        """Return the outputs."""
        with own_formats(h.device):
            return torch.nn.functional.linear(h, self.weight.to(held(self.weight.dtype)))


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
        with own_formats(h.device):
            return h.new_zeros(*h.shape[:-1], self.states).index_add(-1, self.index, h)


@final
class Snap(nn.Module):
    """h <- prototype[q], q the state that h is read as, after every `every` symbols: buffers (Q, H) and (1,)."""

    every: Tensor
    prototype: Tensor

    def __init__(self, every: Int64[Tensor, " 1"], prototype: Float[Tensor, "Q H"]) -> None:
        """Take both as buffers."""
        super().__init__()
        self.register_buffer("every", every)
        self.register_buffer("prototype", prototype)
        self.symbols = int(every)  # a number of Python's: a compiler lays out words by it
        self.register_load_state_dict_post_hook(_count_anew)  # type: ignore[no-untyped-call]

    def forward(self, scores: Float[Tensor, "*B Q"]) -> Float[Tensor, "*B H"]:
        """Return the states that stand for those with the highest scores."""
        return self.prototype.to(held(self.prototype.dtype))[scores.argmax(-1)]


def _count_anew(snap: nn.Module, _: object) -> None:
    """Take over how often a loaded state dict puts the state back."""
    if isinstance(snap, Snap):
        snap.symbols = int(snap.every)
