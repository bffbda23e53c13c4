"""The rows of a stored readout as prototypes: where a letter sends them, and how near one a state must be to be read.

If the right score leads every other one by `lead` at the exact prototype, less the rounding of the scores, it still
leads while every block of the state is off by less than mu_abs = lead / sum_blocks |row - other row|, the least over
all prototypes and other rows. With V the largest norm of a block of a prototype and e_0 the distance of the stored
start from the first, mu = (mu_abs - e_0) / (V + e_0), so that e < mu_abs is e + V < (1 + mu)(V + e_0). At most one is
claimed, and e_0 <= V: then no block of a state that is read exceeds 2 (V + e_0) <= 4 V.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import UNIT, square_root_up
from fsm2rnn.exact.coordinates import FormValues, Rows, applied
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.proof.stored.meaning import Meaning


def root_above(square: Fraction) -> Fraction:
    """Return an upper bound of a square root, off by less than 2^-190, and of a small one by less than 2^-190 of it."""
    smaller = square.denominator.bit_length() - square.numerator.bit_length()
    unit = UNIT << max(0, smaller // 2)
    return Fraction(square_root_up(math.ceil(square * unit * unit)), unit)


@final
class PrototypeRows:
    """The rows v_k of the readout C in integers: entries in units of 1 / scale, scores in units of 1 / scale^2.

    CertificateError when the start is no nearer to the first prototype than V, or all prototypes are zero.
    """

    def __init__(self, stored: Meaning) -> None:
        """Read the rows of the stored readout."""
        decoder, self.blocks = stored.decoder, stored.blocks or ()
        self.form, self.reads = stored.readout_form, decoder.reads
        entries = [entry for column in decoder.readout.columns for _, entry in column]
        self.scale = max((entry.denominator for entry in entries), default=1)
        while any(entry.denominator > self.scale**2 for _, entry in decoder.bias):
            self.scale *= 2
        self.rows = [[0] * len(decoder.readout.columns) for _ in self.reads]
        for place, column in enumerate(decoder.readout.columns):
            for row, entry in column:
                self.rows[row][place] = int(entry * self.scale)
        self.coordinates: Rows = [list(column) for column in zip(*self.rows, strict=True)]
        self.bias = [0] * len(self.rows)
        for row, entry in decoder.bias:
            self.bias[row] = int(entry * self.scale**2)
        self.rows_of: dict[int, list[int]] = {}
        for row, read in enumerate(self.reads):
            self.rows_of.setdefault(read, []).append(row)
        self.norm = self._root(max(self._largest(row) for row in self.rows), self.scale)
        first = [Fraction(entry, self.scale) for entry in self.rows[0]]
        for place, entry in stored.initial_state:
            first[place] -= entry
        self.start = self.length(first)
        if not self.start <= self.norm or not self.norm:
            message = "the stored initial state is not near the first prototype"
            raise CertificateError("codes", message)

    def length(self, change: Sequence[Fraction]) -> Fraction:
        """Return the largest norm of a block, from above."""
        return root_above(Fraction(max(self._squares(change))))

    def residual(self, columns: Sequence[Vector], targets: Sequence[int]) -> tuple[Fraction, list[int]]:
        """Return the largest |A v_k - v_k'| over prototypes and blocks, and the nearest k' of the right reading.

        `targets` says for every state what the letter makes of it. CertificateError where a state has no prototype.
        """
        unit = max((entry.denominator for column in columns for _, entry in column), default=1)
        matrix = [tuple((row, int(entry * unit)) for row, entry in column) for column in columns]
        worst, followed = 0, []
        images = zip(*applied(matrix, len(columns), FormValues(self.coordinates)), strict=True)
        for moved, read in zip(images, self.reads, strict=True):
            candidates = self.rows_of.get(targets[read])
            if candidates is None:
                message = f"no prototype stands for state {targets[read]}"
                raise CertificateError("induction", message)
            gaps = [
                self._largest([int(a) - unit * b for a, b in zip(moved, self.rows[k], strict=True)]) for k in candidates
            ]
            least = min(gaps)
            worst = max(worst, least)
            followed.append(candidates[gaps.index(least)])
        return self._root(worst, unit * self.scale), followed

    def separation(self) -> tuple[Fraction | None, Fraction]:
        """Return the least lead at a prototype (None: one reading), and mu; CertificateError where mu is not positive.

        Rivals of a row are looked at by rising lead: from the first on whose lead over twice the greatest |row| is no
        less than what was found, none can bear less. A rival that differs in the bias alone bears any error.
        """
        taken, widest = self._rounding(), 2 * self._widest()
        least: int | None = None
        borne: Fraction | None = None
        for row, read in zip(self.rows, self.reads, strict=True):
            scores = [
                sum(map(int.__mul__, other, row)) + bias for other, bias in zip(self.rows, self.bias, strict=True)
            ]
            own = max(self.rows_of[read], key=scores.__getitem__)
            for lead, rival in sorted((scores[own] - score, k) for k, score in enumerate(scores)):
                if self.reads[rival] == read:
                    continue
                least = lead if least is None else min(least, lead)
                if lead <= taken:
                    message = f"a prototype of state {read} is not read as that state"
                    raise CertificateError("decoder", message)
                if borne is not None and lead - taken >= borne * widest:
                    break
                change = [a - b for a, b in zip(self.rows[own], self.rows[rival], strict=True)]
                if spread := self._spread(change):
                    quotient = (lead - taken) / spread
                    borne = quotient if borne is None else min(borne, quotient)
        reach = self.norm + self.start
        mu = Fraction(1) if borne is None else min(Fraction(1), (borne / self.scale - self.start) / reach)
        if mu <= 0:
            message = "the stored initial state is too far from the first prototype to be read"
            raise CertificateError("float", message)
        return None if least is None else Fraction(least, self.scale**2), mu

    def borne(self, mu: Fraction) -> Fraction:
        """Return how near to its prototype a state is read right: (1 + mu)(V + e_0) - V."""
        return (1 + mu) * (self.norm + self.start) - self.norm

    def _widest(self) -> Fraction:
        """Return the sum over blocks of the greatest |row|, from above, in the units of the entries."""
        squares = zip(*map(self._squares, self.rows), strict=True)
        return sum((self._root(int(max(block)), 1) for block in squares), Fraction(0))

    def _spread(self, change: Sequence[int]) -> Fraction:
        """Return the sum over blocks of |change|, from above, in the units of the entries."""
        return sum((self._root(int(square), 1) for square in self._squares(change)), Fraction(0))

    def _squares(self, row: Sequence[Fraction] | Sequence[int]) -> list[Fraction | int]:
        """Return |row|^2 block by block."""
        found, first = [], 0
        for size in self.blocks:
            found.append(sum(entry * entry for entry in row[first : first + size]))
            first += size
        return found

    def _largest(self, row: Sequence[int]) -> int:
        return int(max(self._squares(row)))

    def _root(self, square: int, units: int) -> Fraction:
        """Return the square root from above, off by less than 2^-192, of a square in units of 1 / units^2."""
        return Fraction(square_root_up(square * UNIT * UNIT), units * UNIT)

    def _rounding(self) -> Fraction:
        """Return, in units of the scores, twice the error of one score of H products and a bias, from above.

        A block of the state has norm at most 4 V. With gamma_n <= 1 no partial sum exceeds twice the sum of magnitudes,
        nor do underflows grow to more than twice their sum.
        """
        form: FloatFormat = self.form
        terms = len(self.rows[0]) + 2
        if 2 * terms > 1 << form.precision:
            message = f"{terms} terms are too many for scores in {form.name}"
            raise CertificateError("decoder", message)
        gamma, underflow = Fraction(terms, (1 << form.precision) - terms), terms * Fraction(2) ** form.lowest
        bias = Fraction(max(map(abs, self.bias)), self.scale**2)
        largest = 4 * self.norm * self._widest() / self.scale + bias
        if 2 * largest + underflow > form.largest:
            message = f"a score may exceed the numbers of {form.name}"
            raise CertificateError("decoder", message)
        return 2 * (gamma * largest + underflow) * self.scale**2
