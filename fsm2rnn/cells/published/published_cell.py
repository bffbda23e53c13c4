"""h_t = step(gates(x_t), h_{t-1}) on the numbers a paper trains: logits, steps, angles, keys before their norm.

Gates read the present letter alone, so each is evaluated once per letter and picked by its id; that is no other
function than evaluating it at every step. A layer that writes values starts at zero, as it is published: a network that
starts at h_0 holds the same machine moved by h_0, which `read` adds again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.network import Network
from fsm2rnn.errors import InputError

SATURATED: Final = 1024.0
"""A logit at which sigmoid, softplus, tanh and exp(-z) are their limits in every format; a power of two below 65504."""

Gates: TypeAlias = tuple[Tensor, ...]  # each (D, ...), then (B, ...) of the letters read


class Convention(Enum):
    """Where released code differs from its paper, which of the two a cell follows."""

    WRITTEN = "written"
    RELEASED = "released"


class PublishedCell(nn.Module, ABC):
    """A published recurrence on its own parameters `raw`; `read` gives the state of the network it came from.

    `initial_state` has the shape of one state, `shift` (H,) is what the network's state has beside it.
    """

    initial_state: Tensor
    shift: Tensor

    def __init__(
        self,
        raw: Mapping[str, Tensor],
        initial_state: Tensor,
        shift: Tensor,
        convention: Convention = Convention.WRITTEN,
    ) -> None:
        """Take the parameters, all of one dtype, the first state, the shift of the readings, and what is followed."""
        super().__init__()
        self.convention = convention
        self.raw = nn.ParameterDict({name: nn.Parameter(tensor) for name, tensor in raw.items()})
        self.register_buffer("initial_state", initial_state)
        self.register_buffer("shift", shift)

    @abstractmethod
    def letters(self) -> Gates:
        """Return what is evaluated once per letter, each with the D letters along its first axis."""

    @abstractmethod
    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the state after one letter, of gates (B, ...) and a state (B, ...)."""

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states (..., H) of this recurrence's."""
        return state + self.shift

    def forward(self, ids: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return (states (B, T, ...), the last one) of ids (B, T), from `state` or `initial_state`."""
        letters = self.letters()
        if state is None:
            state = self.initial_state.expand(len(ids), *self.initial_state.shape)
        states = []
        for column in ids.unbind(1):
            state = self.step(tuple(gate[column] for gate in letters), state)
            states.append(state)
        return (torch.stack(states, 1) if states else state.unsqueeze(1)[:, :0]), state


@final
@dataclass(frozen=True)
class Written:
    """h <- a_x h + b_x moved to start at zero: a (D, H), b (D, H), and where the network starts, (H,), in float64."""

    factors: Tensor
    offsets: Tensor
    start: Tensor
    dtype: torch.dtype

    def rounded(self, **raw: Tensor) -> dict[str, Tensor]:
        """Return parameters in the network's dtype."""
        return {name: tensor.to(self.dtype) for name, tensor in raw.items()}

    def zero(self, *shape: int) -> Tensor:
        """Return a state of zeros."""
        return torch.zeros(*(shape or self.start.shape), dtype=self.dtype)

    def shift(self) -> Tensor:
        """Return the network's first state in its dtype."""
        return self.start.to(self.dtype)

    def kept(self) -> Tensor:
        """Return 1 where the factor is one, -1 where it is none: the sign of a logit that keeps."""
        return 2 * (self.factors == 1).to(torch.float64) - 1


def written(network: Network) -> Written:
    """Return the affine diagonal table of a network: with g = h - h_0, g <- a g + (b + (a - 1) h_0)."""
    tensors = tensors_of_layer(network, "diagonal", "offset")
    start = network.initial_state.double()
    factors, offsets = tensors["diagonal"], tensors["offset"]
    return Written(factors, offsets + (factors - 1) * start, start, network.rnn.initial_state.dtype)


def tensors_of_layer(network: Network, *names: str) -> dict[str, Tensor]:
    """Return tensors of a network's layer in float64; InputError where it has another structure."""
    found = {name: tensor.detach().double() for name, tensor in network.rnn.named_parameters()}
    found |= {name: tensor.detach().double() for name, tensor in network.rnn.named_buffers()}
    missing = [name for name in names if name not in found]
    if missing:
        message = f"a layer of structure {network.structure.name} has no tensor {missing[0]}"
        raise InputError(message)
    return found
