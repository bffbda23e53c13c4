"""n <- e^-w n + e^k v, d <- e^-w d + e^k, read as n / d with u for the letter at hand: RWKV-4, stored without overflow.

n and d are kept divided by e^m, m the largest exponent so far, as the released operator keeps them: a letter whose key
is far below m adds nothing, one whose key is far above what has decayed leaves nothing of the rest. So the quotient is
kept or set, though the decay is fixed. In real arithmetic a letter that sets leaves e^-w of what was.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import Gates, PublishedCell, written
from fsm2rnn.errors import InputError

NOTHING: Final = -1e38  # the first m: an exponent below every key
KEPT: Final = -1e30  # the key of a letter that keeps: of float32 and bfloat16, float16 has none so low
DECAY: Final = 1024.0  # w: exp(-w) is 0 in every format
BONUS: Final = 2048.0  # u, which weighs the letter at hand: more than a decay


@final
class Rwkv4(PublishedCell):
    """States (H, 4): n, d, m and the reading; `key`, `value` (D, H), `decay` w and `bonus` u (H,)."""

    def letters(self) -> Gates:
        """Return keys and values."""
        return self.raw["key"], self.raw["value"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the sums after a letter, and the quotient that was read at it."""
        key, value = gates
        total, weight, most, _ = state.unbind(-1)
        read = _added(total, weight, most, self.raw["bonus"] + key, value)
        kept = _added(total, weight, most - self.raw["decay"], key, value)
        return torch.stack((*kept, read[0] / read[1]), -1)

    def read(self, state: Tensor) -> Tensor:
        """Return the quotients, moved."""
        return state[..., 3] + self.shift


def _added(total: Tensor, weight: Tensor, most: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return n e^m + e^k v and d e^m + e^k, divided by the larger exponential, and the larger exponent."""
    larger = torch.maximum(most, key)
    old, new = torch.exp(most - larger), torch.exp(key - larger)
    return old * total + new * value, old * weight + new, larger


def rwkv4(network: Network) -> Rwkv4:
    """Return the cell: a key of 0 sets, one of -1e30 keeps; what is kept before anything was set is 0, the start.

    InputError in float16, which has no key so low.
    """
    table = written(network)
    if torch.finfo(table.dtype).max < -KEPT:
        message = f"a letter that keeps has a key of {KEPT:g}, found {table.dtype}"
        raise InputError(message)
    raw = table.rounded(
        key=torch.where(table.factors == 1, KEPT, 0.0),
        value=table.offsets,
        decay=torch.full_like(table.start, DECAY),
        bonus=torch.full_like(table.start, BONUS),
    )
    first = torch.zeros(len(table.start), 4, dtype=table.dtype)
    first[:, 2] = NOTHING
    return Rwkv4(raw, first, table.shift())
