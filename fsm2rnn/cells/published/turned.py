"""Coordinates that are complex numbers: what a network of factors and turns is, as radius, angle and written value.

A complex layer starts at a state of its own, which is trained or given, so nothing is moved. Angles are rounded, and so
are their cosines and sines: half a turn has a sine of about 1e-7 in float32, and states drift by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import Gates, tensors_of_layer
from fsm2rnn.proof.stored.structures import Structure


@final
@dataclass(frozen=True)
class Turned:
    """Radii and angles (D, C), written real parts (D, C), the first state (C, 2), in float64; L of C are lines."""

    radius: Tensor
    angle: Tensor
    written: Tensor
    start: Tensor
    lines: int
    dtype: torch.dtype

    def rounded(self, **raw: Tensor) -> dict[str, Tensor]:
        """Return parameters in the network's dtype."""
        return {name: tensor.to(self.dtype) for name, tensor in raw.items()}

    def first(self) -> Tensor:
        """Return the first state in the network's dtype."""
        return self.start.to(self.dtype)


def turned(network: Network) -> Turned:
    """Return a network's lines and planes as complex coordinates; InputError for another structure."""
    dtype, start = network.rnn.initial_state.dtype, network.initial_state.double()
    if network.structure is Structure.ROTATION:
        tensors = tensors_of_layer(network, "cosine", "sine")
        cosine, sine = tensors["cosine"], tensors["sine"]
        factors = tensors.get("diagonal", cosine[:, :0])
    else:
        tensors = tensors_of_layer(network, "diagonal")
        factors = tensors["diagonal"]
        cosine = sine = factors[:, :0]
    lines = factors.shape[1]
    real = torch.cat((factors, cosine), 1)
    imaginary = torch.cat((torch.zeros_like(factors), sine), 1)
    offsets = tensors.get("offset", torch.zeros_like(factors))
    return Turned(
        radius=torch.hypot(real, imaginary).round(),
        angle=torch.atan2(imaginary, real),
        written=torch.cat((offsets, torch.zeros_like(cosine)), 1),
        start=torch.cat((torch.stack((start[:lines], 0 * start[:lines]), -1), start[lines:].view(-1, 2)), 0),
        lines=lines,
        dtype=dtype,
    )


def spun(cosine: Tensor, sine: Tensor, state: Tensor) -> Tensor:
    """Return (c + i s) z of states (..., C, 2)."""
    real, imaginary = state.unbind(-1)
    return torch.stack((cosine * real - sine * imaginary, sine * real + cosine * imaginary), -1)


def turned_step(gates: Gates, state: Tensor) -> Tensor:
    """Return a z + w of gates (real and imaginary part of a, then of w)."""
    real, imaginary, *values = gates
    return spun(real, imaginary, state) + torch.stack(tuple(values), -1)


def turned_reading(state: Tensor, lines: int) -> Tensor:
    """Return the real parts of the lines, then both parts of the planes, (..., L + 2 P)."""
    return torch.cat((state[..., :lines, 0], state[..., lines:, :].flatten(-2)), -1)


def polar(radius: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Return real and imaginary parts."""
    return radius * angle.cos(), radius * angle.sin()


def divided(numerator: tuple[Tensor, Tensor], denominator: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Return the quotient of two complex numbers, real and imaginary part."""
    (a, b), (c, d) = numerator, denominator
    size = c * c + d * d
    return (a * c + b * d) / size, (b * c - a * d) / size
