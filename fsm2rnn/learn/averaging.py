"""The mean of a network's weights over its last steps: m <- a m + (1 - a) w.

Adam moves every weight by about the learning rate, whatever its gradient, so that the last weights lie around the
place that the steps come to rest at and not in it. A recurrence is as right after 500 letters as its eigenvalues are
precise to 1 in 500, which the mean is long before the weights are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, final

import torch
from torch import Tensor, nn

YOUNG: Final = 10  # step k has at least the share YOUNG / (YOUNG + k), so that the first weights are soon forgotten


@final
class Average:
    """`weights` are the mean of each parameter; none where `share`, the a above, is 0 and nothing is averaged."""

    def __init__(self, network: nn.Module, share: float) -> None:
        """Begin with the weights as they are."""
        self.share = share
        self.weights = {name: one.detach().clone() for name, one in network.named_parameters()} if share else {}

    @torch.no_grad()
    def follow(self, network: nn.Module, step: int) -> None:
        """Take in the weights after `step` steps, counted from 1."""
        new = 1 - min(self.share, step / (step + YOUNG))
        own = dict(network.named_parameters())
        for name, mean in self.weights.items():
            mean.lerp_(own[name].detach(), new)


@contextmanager
def with_weights(network: nn.Module, weights: Mapping[str, Tensor]) -> Iterator[None]:
    """Give the network's parameters these values inside, those that are named, and their own ones back."""
    own = {name: one.detach().clone() for name, one in network.named_parameters() if name in weights}
    _put(network, {name: weights[name] for name in own})
    try:
        yield
    finally:
        _put(network, own)


@torch.no_grad()
def _put(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    own = dict(network.named_parameters())
    for name, tensor in weights.items():
        own[name].copy_(tensor)
