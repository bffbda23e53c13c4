"""Where a model of width D = 4^k keeps letter, units and channels of a stack, so that norms divide by one power of 2.

The residual stream has a coordinate for each letter, one for tokens that keep everything, and two for each bit: one
that is on where the bit is 1 and one where it is 0. The bits are the stack's units, its channels, and its channels as
they were before the step; before a layer writes a bit the coordinate of 0, or of what the channel starts with, is on.
So the same number of coordinates is on in every layer, whatever was read, and some that are always on make it 4^m: an
RMS norm of numbers BIG or 0 gives 2^(k - m) or 0, exactly, its epsilon being lost in rounding. Last come the units
shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.errors import LimitError
from fsm2rnn.exports.modules.registers.layout import BIG, WIDTH

HIDDEN: Final = -64.0  # the score of tokens that are no answers; those of outputs are not negative
SHARP: Final = 16.0


@final
@dataclass(frozen=True)
class StackPlaces:
    """The coordinates of a stack that reads `letters`; LimitError where there are more than `WIDTH`."""

    letters: int
    units: int
    start: tuple[int, ...]
    shown: int

    def __post_init__(self) -> None:
        """Prove that the width is within the limit."""
        if self.width > WIDTH:
            what = "coordinates of a model, two for each unit and four for each channel"
            raise LimitError(what, limit=WIDTH, needed=self.needed)

    @property
    def bits(self) -> int:
        """How many bits there are: units, channels, and channels before the step."""
        return self.units + 2 * len(self.start)

    @property
    def on(self) -> int:
        """How many coordinates are on, 4^m, the letter's and at least one that always is among them."""
        return _power(self.bits + 2)

    @property
    def needed(self) -> int:
        """How many coordinates there are."""
        return self.letters + 1 + 2 * self.bits + self.shown + self.on - self.bits - 1

    @property
    def width(self) -> int:
        """The width D of the residual stream."""
        return _power(self.needed)

    @property
    def hot(self) -> float:
        """What the norm makes of a coordinate that is on."""
        return float((self.width / self.on) ** 0.5)

    @property
    def always(self) -> int:
        """The first coordinate that is always on."""
        return self.letters + 1 + 2 * self.bits + self.shown

    def bit(self, number: int) -> int:
        """Return the coordinate of a bit that is 1, before that of a bit that is 0."""
        return self.letters + 1 + 2 * number

    def unit(self, number: int) -> int:
        """Return the number of the bit that is a unit."""
        return number

    def channel(self, number: int) -> int:
        """Return the number of the bit that is a channel after the step."""
        return self.units + number

    def earlier(self, number: int) -> int:
        """Return the number of the bit that is a channel before the step."""
        return self.units + len(self.start) + number

    def form(self, bits: dict[int, float], constant: float, letters: Tensor | None = None) -> Tensor:
        """Return the row (D,) of constant + sum of bits + [letter]; of a token that is no letter it is at most 0."""
        row = torch.zeros(self.width, dtype=torch.float64)
        for number, value in bits.items():
            row[self.bit(number)] = value
        row[self.always] = constant
        if letters is not None:
            row[: self.letters] = letters
            row[self.letters] = -abs(constant) - sum(map(abs, bits.values()))
        return row

    def put(self, numbers: list[int]) -> Tensor:
        """Return the matrix (D, n) that adds n numbers to bits: to the coordinate of 1, and away from that of 0."""
        matrix = torch.zeros(self.width, len(numbers), dtype=torch.float64)
        for column, number in enumerate(numbers):
            matrix[self.bit(number), column] = 1
            matrix[self.bit(number) + 1, column] = -1
        return matrix

    def embedding(self, others: int) -> Tensor:
        """Return the rows of letters, then of `others` that keep everything: (S + others, D)."""
        rows = torch.zeros(self.letters + others, self.width, dtype=torch.float64)
        for token in range(len(rows)):
            rows[token, min(token, self.letters)] = 1
        ones = {of(number) for number, one in enumerate(self.start) if one for of in (self.channel, self.earlier)}
        for number in range(self.bits):
            rows[:, self.bit(number) + (number not in ones)] = 1
        rows[:, self.always : self.always + self.on - self.bits - 1] = 1
        return BIG * rows

    def head(self, readout: torch.nn.Linear) -> Tensor:
        """Return the rows that score letters, outputs and the filling token: (S + K + 1, D)."""
        weight, bias = readout.weight.double(), readout.bias.double()
        rows = torch.zeros(self.letters + len(bias) + 1, self.width, dtype=torch.float64)
        rows[:, self.always] = HIDDEN
        rows[self.letters : -1, self.always] = bias
        rows[self.letters : -1, self.always - self.shown : self.always] = weight
        return SHARP * rows


def stack_places(stack: GatedStack) -> StackPlaces:
    """Return the coordinates of a stack; LimitError where they are too many."""
    units = sum(layer.units.out_features for layer in stack.gated_layers())
    start = tuple(int(one) for one in stack.initial_state.tolist())
    return StackPlaces(stack.input_size, units, start, stack.hidden_size)


def _power(least: int) -> int:
    """Return the least 4^k of at least a number, and of at least 4."""
    power = 4
    while power < least:
        power *= 4
    return power
