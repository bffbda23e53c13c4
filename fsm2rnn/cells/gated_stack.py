"""A stack of gated layers: h_t = a_t h_{t-1} + z_t in each, with gates that read the letter and lower layers.

A layer reads x_t and the channels of all lower layers as they were before the step, h_{t-1}: the delay by one is a
shift along the word, with the initial state at its first letter. Of its units u = max(0, W [x; h] + b) it makes the
gates a = max(0, 1 - E u) and the written values z = min(1, Z u), both between 0 and 1. All letters of a word are read
at once: the gates need no state of their own layer, and h -> a_t h + z_t is composed in log2 T rounds.

A layer that turns adds t_m P_m h_{t-1} for turns m, t = min(1, T u): P_m moves channels, block by block, and every
channel is cut at 1. Whether the P_m of a layer commute or not, it is stepped letter by letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from fsm2rnn.errors import InputError


@final
class GatedLayer(nn.Module):
    """Gates a and written values z of C channels, from U units on `inputs` numbers; and perhaps M turns."""

    turn_source: Tensor

    def __init__(self, inputs: int, units: int, channels: int, turns: int = 0) -> None:
        """Build layers without numbers."""
        super().__init__()
        self.units = nn.Linear(inputs, units, device="meta")
        self.erase = nn.Linear(units, channels, bias=False, device="meta")
        self.write = nn.Linear(units, channels, bias=False, device="meta")
        self.turn = nn.Linear(units, turns, bias=False, device="meta") if turns else None
        if turns:
            self.register_buffer("turn_source", torch.empty(turns, channels, dtype=torch.int64, device="meta"))

    def forward(self, x: Float[Tensor, "B T D"], start: Float[Tensor, "B 1 C"]) -> Float[Tensor, "B T C"]:
        """Return the channels after every letter from what the layer reads, (B, T, inputs), and those before."""
        fired = torch.relu(self.units(x))
        keep, written = torch.relu(1 - self.erase(fired)), self.write(fired).clamp(max=1)
        if self.turn is None:
            return gated_states(keep, written, start)
        turning = self.turn(fired).clamp(max=1)
        h, found = start[:, 0], []
        for a, z, t in zip(keep.unbind(1), written.unbind(1), turning.unbind(1), strict=True):
            # What no channel is moved to gets the zero that is put behind the last one.
            moved = functional.pad(h, (0, 1))[:, self.turn_source]
            h = (a * h + z + (t.unsqueeze(2) * moved).sum(1)).clamp(max=1)
            found.append(h)
        return torch.stack(found, 1)


@final
class GatedStack(nn.Module):
    """Layers from the lowest up, and the units v = max(0, V h_t + c) that a readout adds up.

    `input_size` is D, `hidden_size` the number F of those units, `channels` the width C of all layers. A state is
    (B, C + F): the channels, then the units shown, which are made anew at every step.
    """

    batch_first = True

    initial_state: Tensor

    def __init__(self, inputs: int, layers: Sequence[tuple[int, int, int]], shown: int) -> None:
        """Take the letters D, per layer its units, channels and turns, and the units shown; all without numbers."""
        super().__init__()
        self.input_size, self.hidden_size = inputs, shown
        self.layers = nn.ModuleList()
        self.channels = 0
        for units, channels, turns in layers:
            self.layers.append(GatedLayer(inputs + self.channels, units, channels, turns))
            self.channels += channels
        self.register_buffer("initial_state", torch.empty(self.channels, device="meta"))
        self.shown = nn.Linear(self.channels, shown, device="meta")

    def gated_layers(self) -> list[GatedLayer]:
        """Return the layers from the lowest up."""
        return [layer for layer in self.layers if isinstance(layer, GatedLayer)]

    @property
    def width(self) -> int:
        """Numbers of a state: C + F."""
        return self.channels + self.hidden_size

    def first_state(self, batch: int) -> Float[Tensor, "B S"]:
        """Return the state before the first letter."""
        h = self.initial_state.expand(batch, -1)
        return torch.cat([h, torch.relu(self.shown(h))], 1)

    def forward(
        self, x: Float[Tensor, "B T D"], state: Float[Tensor, "B S"]
    ) -> tuple[Float[Tensor, "B T F"], Float[Tensor, "B S"]]:
        """Return (v, state): the units shown after every letter, (B, T, F), T > 0, and the last state."""
        before = state[:, None, : self.channels]
        read, found, first = x, [], 0
        for layer in self.gated_layers():
            start = before[:, :, first : first + layer.erase.out_features]
            found.append(layer(read, start))
            first += layer.erase.out_features
            read = torch.cat([read, torch.cat([start, found[-1][:, :-1]], 1)], 2)
        channels = torch.cat(found, 2)
        shown = torch.relu(self.shown(channels))
        return shown, torch.cat([channels[:, -1], shown[:, -1]], 1)


def gated_states(
    keep: Float[Tensor, "B T C"], written: Float[Tensor, "B T C"], start: Float[Tensor, "B 1 C"]
) -> Float[Tensor, "B T C"]:
    """Return h_t = a_t h_{t-1} + z_t for all t from h_0, by composing neighbours, then pairs, and so on."""
    length, reach = keep.shape[1], 1
    while reach < length:
        earlier = functional.pad(keep[:, :-reach], (0, 0, reach, 0), value=1.0)
        written = written + keep * functional.pad(written[:, :-reach], (0, 0, reach, 0))
        keep, reach = keep * earlier, 2 * reach
    return keep * start + written


def stack_of(tensors: Mapping[str, Tensor]) -> GatedStack:
    """Return the stack that holds tensors, named as in a network file, uncopied; InputError where they do not fit."""
    count = sum(name.endswith(".units.bias") for name in tensors)
    try:
        sizes = [_sizes(tensors, f"layers.{layer}.") for layer in range(count)]
        stack = GatedStack(tensors["layers.0.units.weight"].shape[1], sizes, len(tensors["shown.bias"]))
        stack.load_state_dict(dict(tensors), assign=True)
    except (KeyError, ValueError, RuntimeError) as error:
        message = f"these tensors are no gated stack: {error!s:.200}"
        raise InputError(message) from error
    for number, layer in enumerate(stack.gated_layers()):
        source = layer.turn_source if layer.turn is not None else stack.initial_state.new_zeros(1)
        if not 0 <= int(source.min()) <= int(source.max()) <= layer.erase.out_features:
            message = f"layers.{number}.turn_source has a channel outside 0..{layer.erase.out_features}"
            raise InputError(message)
    return stack


def _sizes(tensors: Mapping[str, Tensor], prefix: str) -> tuple[int, int, int]:
    """Return units, channels and turns of a layer."""
    channels, units = tensors[prefix + "erase.weight"].shape
    return units, channels, len(tensors[prefix + "turn.weight"]) if prefix + "turn.weight" in tensors else 0
