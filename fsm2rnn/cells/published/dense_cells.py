"""Cells with a matrix for each letter: SD-SSM, a mixture of a dictionary, and RegularLRNN, a normalised block.

RegularLRNN as written divides a block by the p-norms of its columns where they are above 1, so that they are at most
1; the released layer takes the mean off every column and divides by the largest of the p-norms.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor
from torch.linalg import vector_norm

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Convention, Gates, PublishedCell, tensors_of_layer

NORM: Final = 1.2
"""The p of both papers' column norms lies in 1.1 .. 1.4; a column with one 1 has norm 1 for each."""


@final
class SdSsm(PublishedCell):
    """h (N,) <- A h + B x: `dictionary` (K, N, N), `score` (D, K) before its softmax, `input` (D, N)."""

    def letters(self) -> Gates:
        """Return mixed matrices and inputs."""
        dictionary = self.raw["dictionary"]
        unit = dictionary / vector_norm(dictionary, NORM, dim=1, keepdim=True)
        return torch.einsum("dk,kij->dij", torch.softmax(self.raw["score"], -1), unit), self.raw["input"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state moved, plus the input."""
        matrix, entering = gates
        return (matrix @ state.unsqueeze(-1)).squeeze(-1) + entering


@final
class RegularLrnn(PublishedCell):
    """a (N,) <- A a + v: `block` (D, N, N) before its norm, `value` (D, N); a_0 is a parameter of the layer."""

    def letters(self) -> Gates:
        """Return normalised blocks and values."""
        block = self.raw["block"]
        if self.convention is Convention.RELEASED:
            block = block - block.mean(1, keepdim=True)
            return block / vector_norm(block, NORM, dim=1).amax(-1)[:, None, None], self.raw["value"]
        return block / vector_norm(block, NORM, dim=1, keepdim=True).clamp(min=1), self.raw["value"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state moved, plus the value."""
        matrix, entering = gates
        return (matrix @ state.unsqueeze(-1)).squeeze(-1) + entering


def sd_ssm(network: Network) -> SdSsm:
    """Return the cell with a matrix for each letter, moved to start at zero: B x = (A_x - I) h_0."""
    matrices, start, dtype = _matrices(network)
    letters = len(matrices)
    score = SATURATED * (2 * torch.eye(letters, dtype=torch.float64) - 1)
    raw = {"dictionary": matrices, "score": score, "input": matrices @ start - start}
    zero = torch.zeros_like(start, dtype=dtype)
    return SdSsm({name: one.to(dtype) for name, one in raw.items()}, zero, start.to(dtype))


def regular_lrnn(network: Network, convention: Convention = Convention.WRITTEN) -> RegularLrnn:
    """Return the cell with one block, from the network's own first state."""
    matrices, start, dtype = _matrices(network)
    raw = {"block": matrices, "value": torch.zeros_like(matrices[:, 0])}
    parameters = {name: one.to(dtype) for name, one in raw.items()}
    return RegularLrnn(parameters, start.to(dtype), torch.zeros_like(start, dtype=dtype), convention)


def _matrices(network: Network) -> tuple[Tensor, Tensor, torch.dtype]:
    """Return the matrices (D, H, H) and the first state in float64, and the network's dtype."""
    weight = tensors_of_layer(network, "weight")["weight"]
    return weight.permute(2, 0, 1), network.initial_state.double(), network.rnn.initial_state.dtype
