"""Where a model of width D = 4^k has letters, registers and a constant, so that its norms are exact.

The residual stream has a coordinate for each letter, one for tokens that keep the state, one for each register and one
for the constant. A token enters as BIG on its own coordinate: its root mean square is BIG / 2^k, and an RMS norm gives
2^k on that coordinate, exactly, its epsilon being lost in rounding. So a projection of the normalised token can be any
numbers that the format has, letter by letter, and no bias is needed. The layer puts LARGE on the constant and on each
register that is on; whatever number the last norm divides by, the scores of the readout all scale alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.errors import LimitError
from fsm2rnn.exports.modules.registers.bank import Bank

BIG: Final = 4096.0  # of a token, and what the layer puts on a register that is on
SHARP: Final = 16.0  # what scores are multiplied by, so that the right token has almost all probability
WIDTH: Final = 1024
"""Most coordinates of a model: its matrices are then some megabytes."""
HIDDEN: Final = -64.0  # the score of tokens that are no answers, far below that of the right one, which is at least 0


@final
@dataclass(frozen=True)
class Layout:
    """The places of a bank in a model; LimitError where it is wider than `WIDTH`."""

    bank: Bank

    def __post_init__(self) -> None:
        """Prove that the width is within the limit."""
        needed = self.bank.letters + self.bank.size + 2
        if needed > WIDTH:
            what = "coordinates of a model, one for each letter and each register"
            raise LimitError(what, limit=WIDTH, needed=needed)

    @property
    def root(self) -> int:
        """The square root 2^k of the width."""
        root = 2
        while root * root < self.bank.letters + self.bank.size + 2:
            root *= 2
        return root

    @property
    def width(self) -> int:
        """The width D of the residual stream."""
        return self.root**2

    @property
    def outputs(self) -> int:
        """How many coordinates the layer writes: the registers, then the constant."""
        return self.bank.size + 1

    @property
    def sets(self) -> Tensor:
        """What each letter, and last a token that keeps, sets: (S + 1, H)."""
        return torch.cat([self.bank.sets, self.bank.sets.new_zeros(1, self.bank.size)])

    @property
    def writes(self) -> Tensor:
        """What each letter, and last a token that keeps, writes: (S + 1, H)."""
        return torch.cat([self.bank.writes, self.bank.writes.new_zeros(1, self.bank.size)])

    def by_letter(self, values: Tensor) -> Tensor:
        """Return the weight (n, D) that gives of a normalised token the row of `values` (S + 1, n)."""
        weight = torch.zeros(values.shape[1], self.width, dtype=values.dtype)
        weight[:, : len(values)] = values.T / self.root
        return weight

    def always(self, value: float, count: int) -> Tensor:
        """Return values (S + 1, count) that are one number whatever the token."""
        return torch.full((self.bank.letters + 1, count), value, dtype=torch.float64)

    def placed(self, channels: int, value: float) -> Tensor:
        """Return the weight (D, channels) that puts the layer's first channels on registers and constant."""
        weight = torch.zeros(self.width, channels, dtype=torch.float64)
        first = self.bank.letters + 1
        weight[first : first + self.outputs, : self.outputs] = value * torch.eye(self.outputs, dtype=torch.float64)
        return weight

    def embedding(self) -> Tensor:
        """Return the rows of letters, answers and the filling token: (S + R + 1, D)."""
        letters, others = self.bank.letters, len(self.bank.rows) + 1
        rows = torch.zeros(letters + others, self.width, dtype=torch.float64)
        rows[:letters, :letters] = BIG * torch.eye(letters, dtype=torch.float64)
        rows[letters:, letters] = BIG
        return rows

    def head(self) -> Tensor:
        """Return the rows that score letters, answers and the filling token: (S + R + 1, D)."""
        bank, first = self.bank, self.bank.letters + 1
        rows = torch.zeros(bank.letters + len(bank.rows) + 1, self.width, dtype=torch.float64)
        last = first + bank.size
        rows[:, last] = HIDDEN
        rows[bank.letters : -1, first:last] = bank.rows
        rows[bank.letters : -1, last] = bank.bias
        return SHARP * rows


def delta_taps(channels: int, taps: int) -> Tensor:
    """Return the kernel (channels, 1, taps) of a causal convolution that gives back the last token."""
    weight = torch.zeros(channels, 1, taps, dtype=torch.float64)
    weight[:, 0, -1] = 1
    return weight
