"""f_x(B) of many boxes at once in torch, as the kernel bounds it but for rounding: to find boxes, and to train them.

A box is its ends (N, W), of LSTM h before c. Everything here is differentiable and proves nothing: what is found is
proved by `proof.claim.boxes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from torch import Tensor

from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import stock_kind
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.tracing.fixing_words import fixing_word

Interval: TypeAlias = tuple[Tensor, Tensor]


@final
@dataclass(frozen=True)
class CellParts:
    """The tensors of a cell of one layer and its readout, as they are, with their gradients."""

    kind: CellKind
    hidden: Tensor  # (G H, H)
    hidden_bias: Tensor  # (G H,)
    letters: Tensor  # (D, G H): what each symbol adds
    readout: Tensor  # (K, H)
    readout_bias: Tensor  # (K,)

    @property
    def size(self) -> int:
        """H."""
        return self.hidden.shape[1]


def cell_parts(network: Tracker, dtype: torch.dtype = torch.float64) -> CellParts:
    """Return the parts of a Tracker around one layer of torch.nn; InputError for another."""
    layer = network.rnn
    if not isinstance(layer, torch.nn.RNNBase) or layer.num_layers != 1:
        raise InputError(_refusal(network), hint="audit with a state format searches other networks")
    own = {name: parameter.to(dtype) for name, parameter in layer.named_parameters()}
    none = own["weight_hh_l0"].new_zeros(len(own["weight_hh_l0"]))
    entering = own["weight_ih_l0"]
    vectors = network.embedding.weight.to(dtype) if network.embedding is not None else _units(network, entering)
    bias = network.readout.bias
    return CellParts(
        stock_kind(layer),
        own["weight_hh_l0"],
        own.get("bias_hh_l0", none),
        vectors @ entering.T + own.get("bias_ih_l0", none),
        network.readout.weight.to(dtype),
        entering.new_zeros(network.readout.out_features) if bias is None else bias.to(dtype),
    )


def _refusal(network: Tracker) -> str:
    """Return why a network has no boxes."""
    layer, one = network.rnn, "boxes are those of one layer of torch.nn.RNN, GRU or LSTM"
    if isinstance(layer, torch.nn.RNNBase):
        return f"{one}, and this one has {layer.num_layers}"
    if isinstance(layer, GatedStack):
        return f"{one}; a stack of gated layers is proved by its tuples of zeros and ones"
    if not layer.normalize:
        return f"{one}: a linear layer keeps the directions of its states, and no box is mapped into its own interior"
    found = fixing_word(network.machine)
    if found is None:
        return f"{one}; a layer that divides its state has boxes of directions, which are not built"
    return (
        f"a linear layer that divides its state has no boxes for this machine: {found}, and a linear map sends at most "
        "two boxes of directions into their own interiors"
    )


def image_bounds(parts: CellParts, box: Interval, letter: int) -> Interval:
    """Return bounds of the images of boxes (N, W) under one letter."""
    low, high = box
    shown = slice(None, parts.size)
    middle, radius = (high[:, shown] + low[:, shown]) / 2, (high[:, shown] - low[:, shown]) / 2
    centre = middle @ parts.hidden.T + parts.hidden_bias
    width = radius @ parts.hidden.abs().T
    return _STEPS[parts.kind](parts, (centre - width, centre + width), parts.letters[letter], box)


def holds(parts: CellParts, centres: Tensor, letter: int) -> Tensor:
    """Return what enters the gates by which states (N, W) are kept, GRU's z or LSTM's f; (N, 0) of a cell without."""
    sums = centres[:, : parts.size] @ parts.hidden.T + parts.hidden_bias + parts.letters[letter]
    if parts.kind in (CellKind.GRU, CellKind.LSTM):
        return sums[:, parts.size : 2 * parts.size]
    return sums[:, :0]


def leads(parts: CellParts, box: Interval, outputs: Tensor) -> Tensor:
    """Return by how much the right logit leads the next one at least, on boxes (N, W) with these outputs (N,)."""
    low, high = (end[:, : parts.size] for end in box)
    middle, radius = (high + low) / 2, (high - low) / 2
    ahead = parts.readout[outputs].unsqueeze(1) - parts.readout  # (N, K, H)
    bias = parts.readout_bias[outputs].unsqueeze(1) - parts.readout_bias
    least = (ahead * middle.unsqueeze(1)).sum(-1) - (ahead.abs() * radius.unsqueeze(1)).sum(-1) + bias
    own = torch.nn.functional.one_hot(outputs, len(parts.readout)).bool()
    found: Tensor = least.masked_fill(own, torch.inf).min(-1).values
    return found


def _units(network: Tracker, entering: Tensor) -> Tensor:
    return torch.eye(network.rnn.input_size, dtype=entering.dtype, device=entering.device)


def _elman(_: CellParts, sums: Interval, letter: Tensor, __: Interval) -> Interval:
    return torch.tanh(sums[0] + letter), torch.tanh(sums[1] + letter)


def _relu(_: CellParts, sums: Interval, letter: Tensor, __: Interval) -> Interval:
    return torch.relu(sums[0] + letter), torch.relu(sums[1] + letter)


def _gru(_: CellParts, sums: Interval, letter: Tensor, box: Interval) -> Interval:
    (reset_low, update_low, new_low), (reset_high, update_high, new_high) = (end.chunk(3, 1) for end in sums)
    reset, update, new = letter.chunk(3)
    kept = _gated((torch.sigmoid(reset_low + reset), torch.sigmoid(reset_high + reset)), (new_low, new_high))
    least, greatest = torch.tanh(kept[0] + new), torch.tanh(kept[1] + new)
    gates = torch.sigmoid(update_low + update), torch.sigmoid(update_high + update)
    low = torch.minimum(*((1 - gate) * least + gate * box[0] for gate in gates))
    high = torch.maximum(*((1 - gate) * greatest + gate * box[1] for gate in gates))
    return low, high


def _lstm(parts: CellParts, sums: Interval, letter: Tensor, box: Interval) -> Interval:
    low, high = ((end + letter).chunk(4, 1) for end in sums)
    entering, forgetting, outgoing = ((torch.sigmoid(low[gate]), torch.sigmoid(high[gate])) for gate in (0, 1, 3))
    before = box[0][:, parts.size :], box[1][:, parts.size :]
    held = _gated(forgetting, before)
    added = _gated(entering, (torch.tanh(low[2]), torch.tanh(high[2])))
    kept = held[0] + added[0], held[1] + added[1]
    shown = _gated(outgoing, (torch.tanh(kept[0]), torch.tanh(kept[1])))
    return torch.cat([shown[0], kept[0]], 1), torch.cat([shown[1], kept[1]], 1)


_STEPS = {CellKind.ELMAN: _elman, CellKind.RELU: _relu, CellKind.GRU: _gru, CellKind.LSTM: _lstm}


def _gated(gate: Interval, number: Interval) -> Interval:
    low, high = number
    return low * torch.where(low < 0, gate[1], gate[0]), high * torch.where(high > 0, gate[1], gate[0])
