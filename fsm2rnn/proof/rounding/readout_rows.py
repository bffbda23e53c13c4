"""The rows of a stored readout as prototypes: by how much the right score leads at each, and what error that bears.

If the right score leads every other one by `lead` at the exact prototype, less the rounding of the scores, it still
leads while every block of the state is off by less than lead / sum_blocks |row - other row|, the least over all
prototypes and other rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from operator import mul
from typing import final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import UNIT, square_root_up
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.rounding.score_rounding import score_rounding
from fsm2rnn.proof.stored.meaning import Meaning


@final
class ReadoutRows:
    """The rows v_k of a readout C in integers: entries in units of 1 / scale, scores in units of 1 / scale^2."""

    def __init__(self, decoder: Decoder, form: FloatFormat, blocks: Sequence[int]) -> None:
        """Read the rows of a readout in `form` of states in blocks of these sizes."""
        self.decoder, self.form, self.blocks, self.reads = decoder, form, tuple(blocks), decoder.reads
        entries = [entry for column in decoder.readout.columns for _, entry in column]
        self.scale = max((entry.denominator for entry in entries), default=1)
        while any(entry.denominator > self.scale**2 for _, entry in decoder.bias):
            self.scale *= 2
        self.rows = [[0] * len(decoder.readout.columns) for _ in self.reads]
        for place, column in enumerate(decoder.readout.columns):
            for row, entry in column:
                self.rows[row][place] = int(entry * self.scale)
        self.bias = [0] * len(self.rows)
        for row, entry in decoder.bias:
            self.bias[row] = int(entry * self.scale**2)
        self.rows_of: dict[int, list[int]] = {}
        for row, read in enumerate(self.reads):
            self.rows_of.setdefault(read, []).append(row)
        self.norm = self.root(max(self.largest(row) for row in self.rows), self.scale)

    def is_of(self, stored: Meaning) -> bool:
        """Whether these are the rows of that readout, of states in the same blocks."""
        return (self.form, self.blocks) == (stored.readout_form, stored.blocks) and self.decoder == stored.decoder

    @cached_property
    def separation(self) -> tuple[int | None, Fraction | None]:
        """The least lead in units of scores (None: one reading), and the least over its spread in those of entries.

        None where rivals differ in the bias alone: they bear any error. CertificateError where a row is read wrongly.
        """
        taken = self.taken
        least: int | None = None
        borne: Fraction | None = None
        for number, (row, read) in enumerate(zip(self.rows, self.reads, strict=True)):
            scores = [sum(map(mul, other, row)) + bias for other, bias in zip(self.rows, self.bias, strict=True)]
            own = max(self.rows_of[read], key=scores.__getitem__)
            for rival in self._near(scores, own, least, borne if own == number else None):
                lead = scores[own] - scores[rival]
                least = lead if least is None else min(least, lead)
                if lead <= taken:
                    message = f"a prototype of state {read} is not read as that state"
                    raise CertificateError("decoder", message)
                change = [a - b for a, b in zip(self.rows[own], self.rows[rival], strict=True)]
                if spread := self._spread(change):
                    quotient = (lead - taken) / spread
                    borne = quotient if borne is None else min(borne, quotient)
        return least, borne

    def _near(self, scores: Sequence[int], own: int, least: int | None, borne: Fraction | None) -> list[int]:
        """Return the rows of another reading but those that lead by `least` and bear `borne` at least.

        At a prototype that is its own row the scores tell |row - other row|^2, and with B blocks the sum of their norms
        is at most B^(1/2) times as much.
        """
        read, best = self.reads[own], scores[own]
        rivals = [row for row, other in enumerate(self.reads) if other != read]
        if least is None or borne is None:
            return rivals
        taken, factor, square = math.ceil(self.taken), math.ceil(borne * borne) * len(self.blocks), self._square[own]
        return [
            row
            for row in rivals
            if best - scores[row] < least
            or (best - scores[row] - taken) ** 2
            < factor * (square + self._square[row] - 2 * (scores[row] - self.bias[row]))
        ]

    @cached_property
    def _square(self) -> list[int]:
        return [sum(entry * entry for entry in row) for row in self.rows]

    def squares(self, row: Sequence[Fraction] | Sequence[int]) -> list[Fraction | int]:
        """Return |row|^2 block by block."""
        found, first = [], 0
        for size in self.blocks:
            found.append(sum(entry * entry for entry in row[first : first + size]))
            first += size
        return found

    def largest(self, row: Sequence[int]) -> int:
        """Return the largest of these."""
        return int(max(self.squares(row)))

    def root(self, square: int, units: int) -> Fraction:
        """Return the square root from above, off by less than 2^-192, of a square in units of 1 / units^2."""
        return Fraction(square_root_up(square * UNIT * UNIT), units * UNIT)

    def _widest(self) -> Fraction:
        """Return the sum over blocks of the greatest |row|, from above, in the units of the entries."""
        squares = zip(*map(self.squares, self.rows), strict=True)
        return sum((self.root(int(max(block)), 1) for block in squares), Fraction(0))

    def _spread(self, change: Sequence[int]) -> Fraction:
        """Return the sum over blocks of |change|, from above, in the units of the entries."""
        return sum((self.root(int(square), 1) for square in self.squares(change)), Fraction(0))

    @cached_property
    def taken(self) -> Fraction:
        """What rounding takes from a lead, in units of scores; a block of the state has norm at most 4 V."""
        bias = Fraction(max(map(abs, self.bias)), self.scale**2)
        largest = 4 * self.norm * self._widest() / self.scale + bias
        return score_rounding(self.form, len(self.rows[0]), largest) * self.scale**2
