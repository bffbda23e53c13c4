"""A stack of gated layers over the integers: units that erase and write channels of zeros and ones.

u = max(0, W h + e_x + b) with the state h before the step; then of each channel j

    h'_j = min(1, max(0, 1 - (E u)_j) h_j + min(1, (Z u)_j) + sum_m min(1, (T u)_m) h_{s_m(j)}),

E, Z and T of zeros and ones, Z <= E: a gate of 0 or 1, shut where a unit fires that erases j, a written value of 0 or
1, and what turns carry, turn m from channel s_m(j) to j. With integers in W, e and b every u is 0 or at least 1, so a
state of zeros and ones has one after it: j is 1 if it was and no unit that fires erases it, or if one writes it, or if
a turn of one carries a 1 there. That a layer reads lower layers alone is of no concern here; the rows of all layers are
listed together.

What is shown are logits R v + r with v = max(0, V h' + c), of the state after the step. States are integers with bit j
for channel j.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.exact.rounding import FloatFormat

Terms: TypeAlias = tuple[tuple[int, int], ...]  # (place, integer that is not 0), places rising
Image: TypeAlias = tuple[int, int]  # channels that are 1, and channels that are 0


@final
@dataclass(frozen=True)
class StackUnits:
    """All units of a stack, and its logits, by columns."""

    channels: int
    bias: tuple[int, ...]  # b, one for each unit
    columns: tuple[Terms, ...]  # of W, per channel
    letters: tuple[Terms, ...]  # e_x, per symbol
    erases: tuple[int, ...]  # channels, per unit
    writes: tuple[int, ...]  # channels, per unit; a part of those that it erases
    turns: tuple[Terms, ...]  # per unit (source, target) of all its turns
    start: int  # channels that are 1 at first
    shown_bias: tuple[int, ...]  # c
    shown_columns: tuple[Terms, ...]  # of V, per channel
    logits: tuple[Terms, ...]  # rows of R
    logit_bias: tuple[int, ...]  # r
    form: FloatFormat
    widest: int  # sum of magnitudes of a row of (W, e_x, b) or (V, c), at most

    def images(self, on: int, free: int) -> Iterator[Image]:
        """Yield per symbol what is 1 and what is 0 after it, whatever the free channels were, `on` being 1.

        A channel is 1 after the step if a unit writes it that fires surely, if a 1 is surely turned there, or if it was
        1 and no unit that may fire erases it without writing it. It is 0 if no unit that may fire writes it or turns
        there what may be 1, and it was 0 or is surely erased.
        """
        low, high = ranges(self.bias, self.columns, on, free)
        known: dict[Terms, Image] = {}
        for entering in self.letters:
            if entering not in known:
                known[entering] = self._image(added(low, entering), added(high, entering), on, free)
            yield known[entering]

    def _image(self, low: Sequence[int], high: Sequence[int], on: int, free: int) -> Image:
        kept, may_be, erased, ones = on, 0, 0, 0
        for unit, most in enumerate(high):
            if most > 0:
                kept &= ~self.erases[unit] | self.writes[unit]
                may_be |= self.writes[unit] | carried_to(self.turns[unit], on | free)
                if low[unit] > 0:
                    erased |= self.erases[unit]
                    ones |= self.writes[unit] | carried_to(self.turns[unit], on)
        off = ((1 << self.channels) - 1) & ~on & ~free
        return ones | kept, (off | erased) & ~may_be

    def shown(self, on: int, free: int) -> list[tuple[int, int]]:
        """Return the least and greatest value of each v."""
        low, high = ranges(self.shown_bias, self.shown_columns, on, free)
        return [(max(0, least), max(0, most)) for least, most in zip(low, high, strict=True)]


def ranges(bias: Sequence[int], columns: Sequence[Terms], on: int, free: int) -> tuple[list[int], list[int]]:
    """Return bounds of b + W h over all h of zeros and ones that are 1 on `on` and anything on `free`."""
    low = list(bias)
    for place, column in enumerate(columns):
        if on >> place & 1:
            for row, weight in column:
                low[row] += weight
    high = list(low)
    for place, column in enumerate(columns):
        if free >> place & 1:
            for row, weight in column:
                low[row] += min(weight, 0)
                high[row] += max(weight, 0)
    return low, high


def carried_to(turn: Terms, channels: int) -> int:
    """Return where a turn carries these channels."""
    found = 0
    for source, target in turn:
        found |= (channels >> source & 1) << target
    return found


def added(values: Sequence[int], terms: Terms) -> list[int]:
    """Return the values with a sparse vector added."""
    found = list(values)
    for place, weight in terms:
        found[place] += weight
    return found
