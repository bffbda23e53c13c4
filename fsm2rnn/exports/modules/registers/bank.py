"""A stored network taken for a bank of registers: what each letter sets, what it writes, how states are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.readout import LinearReadout
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exports.plain import PlainLinear, plain_parts


@final
@dataclass(frozen=True)
class Bank:
    """sets, writes (S, H) of 0 and 1: h <- (1 - sets) h + writes from h = 0; rows (R, H) and bias (R,) of the readout.

    Row r speaks for state means[r].
    """

    sets: Tensor
    writes: Tensor
    rows: Tensor
    bias: Tensor
    means: tuple[int, ...]

    @property
    def letters(self) -> int:
        """How many letters there are."""
        return len(self.sets)

    @property
    def size(self) -> int:
        """How many registers there are."""
        return self.sets.shape[1]


@torch.no_grad()
def register_bank(network: Network | Tracker, target: str) -> Bank:
    """Return the bank that the stored numbers are; InputError where they are none."""
    parts = plain_parts(network)
    if not isinstance(parts, PlainLinear) or parts.name != "affine-diagonal" or parts.snap is not None:
        raise no_bank(target, f"found {parts.name}")
    tensors = {name: tensor.double() for name, tensor in parts.layer.state_dict().items()}
    kept, written, start = tensors["diagonal"], tensors["offset"], tensors["initial_state"]
    readout = parts.readout
    bits = all(bool(((one == 0) | (one == 1)).all()) for one in (kept, written))
    if not bits or bool((kept * written).any()) or bool(start.any()) or not isinstance(readout, LinearReadout):
        raise no_bank(target, "found letters that do other than keep a coordinate or set it to 0 or 1, from 0")
    means = range(len(readout.weight)) if readout.index is None else readout.index.tolist()
    return Bank(1 - kept, written, readout.weight.double(), readout.bias.double(), tuple(means))


def no_bank(target: str, found: str) -> InputError:
    """Return the error of a network that is no bank of registers."""
    return InputError(f"{target} is written from a bank of registers, {found}", hint=f"compile with -t {target}")
