"""MambaForCausalLM and FalconMambaForCausalLM of several layers: three for each layer of a stack, and one to read it.

Units: a channel for max(0, p) and one for max(0, p - 1), p an integer form of letters and of lower channels before the
step, by SiLU(256 p); their difference, 0 or 1, passes by the skip D. Channels of the stack: with e units that erase one
and z units that write it, four channels hold max(0, e), max(0, e - 1), max(0, z) and max(0, z - 1), and their step is
open, dt = softplus(128), where min(1, e) is 1 and shut, softplus(-128) = 0, else. So the difference of the last two is
what was written last, and that of the first two tells whether anything was. Then a layer copies the channels from one
token before, by the convolution's tap, for the layers above: where there is none it reads zeros, which mean the start.
Falcon's norms make B and C 1, and of as many entries of dt as are on, one for each open and each shut channel, 2^r.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.gated_stack import GatedLayer, GatedStack
from fsm2rnn.errors import InputError
from fsm2rnn.exports.modules.registers.layout import BIG
from fsm2rnn.exports.modules.registers.mamba import OPEN, SHUT, TAPS
from fsm2rnn.exports.modules.stacks.places import StackPlaces, stack_places
from fsm2rnn.exports.modules.transformers_library import Model

STEEP: Final = 256.0  # SiLU(256 p) is 256 p or 0 for integers p
GATE: Final = 64.0  # SiLU(64) = 64
LOUD: Final = 1024.0  # of the constant channel: an RMS norm's epsilon is lost in its square


@final
@dataclass(frozen=True)
class Mixer:
    """One layer: `forms` (n, D) are what n channels rectify, `put` (D, n) where they are added.

    `opens` (R, n) says which of them open each register and `held` the register of each, -1 where it passes by;
    `delay` is by how many tokens they are late.
    """

    forms: Tensor
    put: Tensor
    opens: Tensor
    held: tuple[int, ...]
    delay: int = 0

    @property
    def on(self) -> int:
        """How many entries of dt are on: 4^b, one for each register among them."""
        count = 1
        while count < len(self.opens):
            count *= 4
        return count


@final
@dataclass(frozen=True)
class MambaLayers:
    """The mixers of a stack from the lowest up, and which of them hold registers or copy what was before."""

    places: StackPlaces
    mixers: tuple[Mixer, ...]

    @property
    def registers(self) -> tuple[int, ...]:
        """The layers that hold registers."""
        return tuple(number for number, one in enumerate(self.mixers) if len(one.opens))

    @property
    def copies(self) -> tuple[int, ...]:
        """The layers that copy what was before."""
        return tuple(number for number, one in enumerate(self.mixers) if one.delay)

    @property
    def rank(self) -> int:
        """The least 4^a with places for open and shut registers and those that are always on, of any layer."""
        rank = 4
        while rank < max((len(one.opens) + one.on for one in self.mixers), default=0):
            rank *= 4
        return rank


def mamba_layers(stack: GatedStack) -> MambaLayers:
    """Return the mixers; InputError for a stack that turns, LimitError for one that is too wide."""
    if any(layer.turn is not None for layer in stack.gated_layers()):
        message = "a stack with layers that turn has no Mamba: its factors are positive"
        raise InputError(message, hint="a machine without groups has a stack of gates alone")
    places, unit, channel = stack_places(stack), 0, 0
    mixers: list[Mixer] = []
    for number, layer in enumerate(stack.gated_layers()):
        mixers.append(_units(places, layer, unit))
        mixers.append(_registers(places, layer, unit, channel))
        if number + 1 < len(stack.layers):
            mixers.append(_copies(places, layer.erase.out_features, channel))
        unit, channel = unit + layer.units.out_features, channel + layer.erase.out_features
    mixers.append(_shown(places, stack))
    return MambaLayers(places, tuple(mixers))


def _units(places: StackPlaces, layer: GatedLayer, first: int) -> Mixer:
    """Return the units of a layer, as bits."""
    weight, bias = layer.units.weight.double(), layer.units.bias.double()
    rows = zip(weight[:, : places.letters], weight[:, places.letters :], bias.tolist(), strict=True)
    forms = [
        places.form({places.earlier(one): float(value) for one, value in enumerate(below)}, own, letters)
        for letters, below, own in rows
    ]
    bits = [places.unit(first + number) for number in range(len(forms))]
    return _passing(torch.stack(forms), places.put(bits), places)


def _passing(forms: Tensor, put: Tensor, places: StackPlaces) -> Mixer:
    """Return min(1, max(0, form)) as the difference of two channels."""
    both = torch.cat([forms, _less_one(forms, places)])
    return Mixer(both, torch.cat([put, -put], 1), forms.new_zeros(0, len(both)), (-1,) * len(both))


def _less_one(forms: Tensor, places: StackPlaces) -> Tensor:
    less = forms.clone()
    less[:, places.always] -= 1
    return less


def _registers(places: StackPlaces, layer: GatedLayer, unit: int, first: int) -> Mixer:
    """Return the channels of a layer: four for each."""

    def sums(weight: Tensor) -> Tensor:
        rows = [{places.unit(unit + one): value for one, value in enumerate(row)} for row in weight.double().tolist()]
        return torch.stack([places.form(row, 0) for row in rows])

    erased, written = sums(layer.erase.weight), sums(layer.write.weight)
    count = len(erased)
    forms = torch.cat([erased, _less_one(erased, places), written, _less_one(written, places)])
    put = places.put([places.channel(first + one) for one in range(count)])
    begun = put * torch.tensor(places.start[first : first + count], dtype=torch.float64)
    eye = torch.eye(count, dtype=torch.float64)
    opens = torch.cat([eye, -eye, torch.zeros(count, 2 * count, dtype=torch.float64)], 1)
    return Mixer(forms, torch.cat([-begun, begun, put, -put], 1), opens, (*range(count),) * 4)


def _copies(places: StackPlaces, count: int, first: int) -> Mixer:
    """Return channels as they were one token before; what differs from the start is copied, so that zeros are it."""
    starts = places.start[first : first + count]
    numbers = range(first, first + count)
    forms = torch.zeros(count, places.width, dtype=torch.float64)
    for row, (number, one) in enumerate(zip(numbers, starts, strict=True)):
        forms[row, places.bit(places.channel(number)) + one] = 1
    signs = 1 - 2 * torch.tensor(starts, dtype=torch.float64)
    put = places.put([places.earlier(number) for number in numbers]) * signs
    return Mixer(forms, put, forms.new_zeros(0, count), (-1,) * count, delay=1)


def _shown(places: StackPlaces, stack: GatedStack) -> Mixer:
    """Return the units of outputs, which nothing but the head reads."""
    weight, bias = stack.shown.weight.double().tolist(), stack.shown.bias.double().tolist()
    rows = zip(weight, bias, strict=True)
    forms = [places.form({places.channel(one): value for one, value in enumerate(row)}, own) for row, own in rows]
    put = torch.zeros(places.width, len(forms), dtype=torch.float64)
    put[places.always - len(forms) : places.always] = torch.eye(len(forms), dtype=torch.float64)
    return Mixer(torch.stack(forms), put, put.new_zeros(0, len(forms)), (-1,) * len(forms))


def stack_model(library: ModuleType, kind: str, found: MambaLayers, outputs: int) -> Model:
    """Return an empty MambaForCausalLM or FalconMambaForCausalLM of these layers."""
    words = found.places.letters + outputs + 1
    options = {
        "vocab_size": words,
        "hidden_size": found.places.width,
        "state_size": 1,
        "num_hidden_layers": len(found.mixers),
        "expand": 1,
        "conv_kernel": TAPS,
        "time_step_rank": found.rank,
        "tie_word_embeddings": False,
        "pad_token_id": words - 1,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    return getattr(library, f"{kind}ForCausalLM")(getattr(library, f"{kind}Config")(**options))


def stack_tensors(found: MambaLayers, readout: torch.nn.Linear, *, normed: bool) -> dict[str, Tensor]:
    """Return the tensors; `normed` where the module divides B, C and dt by their root mean squares."""
    places = found.places
    ones = torch.ones(places.width, dtype=torch.float64)
    tensors = {
        "backbone.embeddings.weight": places.embedding(readout.out_features + 1),
        "backbone.norm_f.weight": ones,
        "lm_head.weight": places.head(readout),
    }
    for number, mixer in enumerate(found.mixers):
        layer = f"backbone.layers.{number}."
        own = _mixer(places, mixer, found.rank, normed=normed)
        tensors |= {layer + "norm.weight": ones, **{f"{layer}mixer.{name}": value for name, value in own}}
    return tensors


def _mixer(places: StackPlaces, mixer: Mixer, rank: int, *, normed: bool) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors of one layer."""
    width, count, registers = places.width, len(mixer.forms), len(mixer.opens)
    zeros = torch.zeros(width, width, dtype=torch.float64)
    entering, gate, out = zeros.clone(), zeros.clone(), zeros.clone()
    entering[:count] = STEEP / places.hot * mixer.forms
    entering[count, places.always] = LOUD / places.hot
    gate[:, places.always] = GATE / places.hot
    yield "in_proj.weight", torch.cat([entering, gate])
    taps = torch.zeros(width, 1, TAPS, dtype=torch.float64)
    taps[:, 0, TAPS - 1 - mixer.delay] = 1
    yield "conv1d.weight", taps
    read = torch.zeros(rank + 2, width, dtype=torch.float64)
    steps = torch.zeros(width, rank, dtype=torch.float64)
    if registers:
        read[:registers, :count] = LOUD / STEEP * mixer.opens
        read[registers : 2 * registers, :count] = -LOUD / STEEP * mixer.opens
        read[registers : registers + mixer.on, count] = 1
        read[rank:, count] = 1 if normed else 1 / LOUD
        opened = (rank / mixer.on) ** 0.5 if normed else LOUD
        steps[torch.arange(count), torch.tensor(mixer.held)] = 2 * OPEN / opened
    yield "x_proj.weight", read
    yield "dt_proj.weight", steps
    yield "dt_proj.bias", torch.full((width,), SHUT, dtype=torch.float64)
    skip = torch.zeros(width, dtype=torch.float64)
    skip[:count] = float(not registers)
    yield "D", skip
    out[:, :count] = BIG / (STEEP * GATE * (OPEN if registers else 1)) * mixer.put
    yield "out_proj.weight", out
