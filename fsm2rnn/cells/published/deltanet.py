"""S <- g (S - b k (k^T S)) + b k v^T, |k| = 1, b = 2 sigmoid: DeltaNet, and with a gate g Gated DeltaNet.

The first paper's b is a sigmoid, which ends at 1; the range up to 2 has been added since, and is what is compiled to.
A key of norm 1 with numbers that do not round is had by writing the state twice: (e_i - e_j, e_i - e_j) / 2.
"""

from __future__ import annotations

import math
from typing import Final, final

import torch
from torch import Tensor
from torch.nn.functional import normalize

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, tensors_of_layer

MOST: Final = 2
"""The end of the range of beta: a reflection."""


@final
class DeltaNet(PublishedCell):
    """State (c H,), c copies of H numbers; `key` (D, c H) before its norm, `beta` (D, 1) logit, `value`, `gate` (D, 1).

    Without `gate` nothing is gated. `read` gives the first copy.
    """

    def letters(self) -> Gates:
        """Return unit keys, betas, values and gates."""
        key = normalize(self.raw["key"], dim=-1)
        gate = torch.sigmoid(self.raw["gate"]) if "gate" in self.raw else torch.ones_like(self.raw["beta"])
        return key, MOST * torch.sigmoid(self.raw["beta"]), self.raw["value"], gate

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the gated state with what lies along the key replaced in part."""
        key, beta, value, gate = gates
        kept = gate * state
        return kept + beta * (value - (key * kept).sum(-1, keepdim=True)) * key

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return state[..., : len(self.shift)] + self.shift


def deltanet(network: Network) -> DeltaNet:
    """Return the cell of one update a letter, moved to start at zero."""
    return DeltaNet(*_parameters(network))


def gated_deltanet(network: Network) -> DeltaNet:
    """Return the cell of one update a letter with gates of 1, moved to start at zero."""
    raw, first, shift = _parameters(network)
    return DeltaNet(raw | {"gate": torch.full_like(raw["beta"], SATURATED)}, first, shift)


def _parameters(network: Network) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Return parameters, first state and shift: of B K (v - <K, h>) the key K / |K|, B |K|^2 and v / |K|.

    With c copies the norm of the key is sqrt(c) |K|, and v is multiplied by sqrt(c) / |K| in place of 1 / |K|.
    """
    tensors = tensors_of_layer(network, "key", "beta")
    keys, betas = tensors["key"][:, 0].clone(), tensors["beta"]
    start = network.initial_state.double()
    values = tensors.get("value", torch.zeros_like(betas)) - keys @ start.unsqueeze(-1)
    squares = (keys**2).sum(-1, keepdim=True)
    copies = _copies(squares)
    beta = betas * squares
    logits = torch.log(beta / (MOST - beta)).clamp(-SATURATED, SATURATED)
    value = torch.where(squares > 0, values * (copies / squares.clamp(min=1)).sqrt(), 0)
    keys[squares[:, 0] == 0, 0] = 1  # a letter without an update has b = 0, and some key that has a norm
    dtype = network.rnn.initial_state.dtype
    raw = {"key": keys.repeat(1, copies), "beta": logits, "value": value}
    first = torch.zeros(copies * len(start), dtype=dtype)
    return {name: one.to(dtype) for name, one in raw.items()}, first, start.to(dtype)


def _copies(squares: Tensor) -> int:
    """Return 2 where that makes the norm of every key a power of two, which one copy does not; else 1."""
    sizes = {int(one) for one in squares.flatten().tolist()} - {0}
    return 2 if any(not _four(one) for one in sizes) and all(_four(2 * one) for one in sizes) else 1


def _four(number: int) -> bool:
    """Return whether a number is a power of four."""
    return number > 0 and math.log2(number) % 2 == 0
