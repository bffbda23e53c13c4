"""S <- S (diag(w) - k^T (a k)) + v^T q, |k| = 1: RWKV-7, one value wide: read along k, written along a k.

w = exp(-0.6065 sigmoid), a = sigmoid in the released layer; a reflection needs the doubled range, a = 2 sigmoid. With
one number a for all coordinates it is one update of the delta rule. A mask a, one coordinate of 2, copies a number onto
another: s_i <- s_j; that of one-hot codes into each other is none of its letters.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor
from torch.nn.functional import normalize

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.deltanet import headed_reading, headed_rule
from fsm2rnn.cells.published.published_cell import SATURATED, Convention, Gates, PublishedCell
from fsm2rnn.errors import InputError

DECAY: Final = 0.6065  # e^-1/2, as the paper rounds it


@final
class Rwkv7(PublishedCell):
    """State (c H,), c copies: `key` before its norm, logits `rate` and `decay`, `write`, each (D, c H), `value` (D, 1).

    Of heads of one number the state is (H, 1), and all others are (D, H, 1).
    As written the range of a is doubled, as released it is not.
    """

    def letters(self) -> Gates:
        """Return decays, unit keys, masked keys, and what is written."""
        most = 2 if self.convention is Convention.WRITTEN else 1
        key = normalize(self.raw["key"], dim=-1)
        decay = torch.exp(-DECAY * torch.sigmoid(self.raw["decay"]))
        return decay, key, most * torch.sigmoid(self.raw["rate"]) * key, self.raw["value"] * self.raw["write"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the decayed state, less what lies along the key, plus what is written."""
        decay, key, masked, values = gates
        return decay * state - (state * key).sum(-1, keepdim=True) * masked + values

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return headed_reading(self, state)


def rwkv7(network: Network, convention: Convention = Convention.WRITTEN) -> Rwkv7:
    """Return the cell of one update a letter, moved to start at zero, with decays of 1.

    InputError where the released range, which ends at 1, is to hold an update beyond it.
    """
    rule = headed_rule(network)
    rate = rule.beta
    if convention is Convention.RELEASED:
        if bool((rate > 1).any()):
            message = "a letter turns a coordinate around: the released range of a ends at 1"
            raise InputError(message)
        rate = 2 * rate
    raw = {
        "key": rule.key,
        "rate": torch.log(rate / (2 - rate)).clamp(-SATURATED, SATURATED).expand_as(rule.key).clone(),
        "decay": torch.full_like(rule.key, -SATURATED),
        "value": rule.value,
        "write": rule.beta * normalize(rule.key, dim=-1),
    }
    parameters = {name: one.to(rule.dtype) for name, one in raw.items()}
    first = torch.zeros_like(rule.key[0], dtype=rule.dtype)
    return Rwkv7(parameters, first, rule.start.to(rule.dtype), convention)
