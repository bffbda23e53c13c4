"""C h + b over all regions: by how much the right score leads, and what error of the planes it bears.

If the right score leads every other one by `lead` on the exact region, less the rounding of the scores, it still leads
while the planes' common error e satisfies e sum_planes |row - other row| < lead; mu is the least such quotient, at most
one, over all regions and other rows.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.circle import UNIT, ZERO, Bounds, point_on_circle, scaled, square_root_up
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import absolute
from fsm2rnn.proof.claim.enclosure import Enclosure, Region
from fsm2rnn.proof.rounding.score_rounding import score_rounding
from fsm2rnn.proof.stored.meaning import Meaning

# Products of regions, scores and coordinates that are bounded, of integers of 200 bits: some seconds.
SCORE_LIMIT = 1 << 23
# Bits to which scores of one state are compared: less than BITS of `exact.circle`, whose bounds of equal scores differ
# in the last few.
AGREE = 128


def separation(enclosure: Enclosure, stored: Meaning) -> tuple[Fraction | None, Fraction]:
    """Return the decoder's least lead on the exact regions (None: one reading), and the error mu <= 1 that it bears.

    The weights must have the coordinates of the regions, as `horizon` proves. Raises CertificateError where a
    region is read wrongly, LimitError when there are too many scores.
    """
    return _Scores(enclosure, stored).bounds()


@final
class _Scores:
    """The scores C h + b over all regions as integers: C and b in units of 1 / scale, regions in units of 1 / UNIT."""

    def __init__(self, enclosure: Enclosure, stored: Meaning) -> None:
        self.enclosure, self.lines = enclosure, len(enclosure.regions[0].lines)
        decoder = stored.decoder
        work = len(enclosure.regions) * decoder.readout.height * enclosure.size
        if work > SCORE_LIMIT:
            what = "scores of regions that are bounded"
            raise LimitError(what, limit=SCORE_LIMIT, needed=work)
        columns = decoder.readout.columns
        entries = [value for column in (*columns, decoder.bias) for _, value in column]
        self.scale = max((value.denominator for value in entries), default=1)
        self.rows: list[list[tuple[int, int]]] = [[] for _ in range(decoder.readout.height)]
        for place, column in enumerate(columns):
            for row, value in column:
                self.rows[row].append((place, int(value * self.scale)))
        self.bias = [0] * len(self.rows)
        for row, value in decoder.bias:
            self.bias[row] = int(value * self.scale)
        self.most = [max((abs(int(value * self.scale)) for _, value in column), default=0) for column in columns]
        squares = zip(self.most[self.lines :: 2], self.most[self.lines + 1 :: 2], strict=True)
        self.widest = sum(2 * square_root_up((a * a + b * b) * UNIT * UNIT) for a, b in squares)
        self.read_of = decoder.reads
        self.rounding = math.ceil(self._rounding(stored.readout_form) * UNIT * self.scale)

    def bounds(self) -> tuple[Fraction | None, Fraction]:
        """Return the least lead, and mu <= 1; CertificateError where a region is read wrongly."""
        least: int | None = None
        mu, enough = Fraction(1), 0
        for region, read in zip(self.enclosure.regions, self.enclosure.reads, strict=True):
            box = _box(region)
            candidates = [row for row, of in enumerate(self.read_of) if of == read]
            if not candidates:
                message = f"no score stands for state {read}"
                raise CertificateError("decoder", message)
            own = max(candidates, key=lambda row: self._middle(row, box))
            leads = self._leads_below(own, box)
            for row, of in enumerate(self.read_of):
                # Neither a lead above the least nor a quotient above mu, at the greatest spread, is looked at.
                if of != read and (least is None or leads[row] < enough):
                    lead, borne = self._lead(own, row, box, read)
                    if least is None or lead < least or borne < mu:
                        least, mu = min(lead, lead if least is None else least), min(mu, borne)
                        enough = max(least, self.rounding + math.ceil(mu * self.widest))
        return None if least is None else Fraction(least, UNIT * self.scale), mu

    def _leads_below(self, own: int, box: list[Bounds]) -> list[int]:
        """Return bounds from below of the lead of a row over each, quick to compute."""
        low = [
            sum(value * box[place].low for place, value in weights) + UNIT * bias
            for weights, bias in zip(self.rows, self.bias, strict=True)
        ]
        # An entry of the difference that is below zero meets the upper end.
        slack = sum(2 * most * (end.high - end.low) for most, end in zip(self.most, box, strict=True))
        return [low[own] - score - slack for score in low]

    def _middle(self, row: int, box: list[Bounds]) -> int:
        """Return the score in the middle of a region to the nearest 2^-AGREE: equal scores stay equal when bounded."""
        twice = sum(value * (box[place].low + box[place].high) for place, value in self.rows[row])
        return round(Fraction((twice + 2 * UNIT * self.bias[row]) << AGREE, 2 * UNIT * self.scale))

    def _lead(self, own: int, row: int, box: list[Bounds], read: int) -> tuple[int, Fraction]:
        """Return the lead of one row over another on the whole region, and the error that it bears."""
        change = dict(self.rows[own])
        for place, value in self.rows[row]:
            change[place] = change.get(place, 0) - value
        lead = UNIT * (self.bias[own] - self.bias[row])
        lead += sum(value * (box[place].low if value > 0 else box[place].high) for place, value in change.items())
        if lead <= self.rounding:
            message = f"a region of state {read} is not read as that state"
            raise CertificateError("decoder", message)
        spread = self._spread(change)
        return lead, Fraction(lead - self.rounding, spread) if spread else Fraction(1)

    def _spread(self, change: dict[int, int]) -> int:
        """Return the sum over planes of |row - other row|, from above, in units of 1 / (UNIT scale)."""
        planes: dict[int, int] = {}
        for place, value in change.items():
            if place >= self.lines:
                plane = (place - self.lines) // 2
                planes[plane] = planes.get(plane, 0) + value * value
        return sum(square_root_up(square * UNIT * UNIT) for square in planes.values())

    def _rounding(self, form: FloatFormat) -> Fraction:
        """Return what rounding can take from a lead; a computed plane has norm 1 + mu <= 2, lines stay in regions."""
        reach = [Fraction(2)] * self.enclosure.size
        for line in range(self.lines):
            reach[line] = max(
                Fraction(max(absolute(end) for end in region.lines[line])) for region in self.enclosure.regions
            )
        sizes = (
            sum(abs(value) * reach[place] for place, value in weights) + abs(bias)
            for weights, bias in zip(self.rows, self.bias, strict=True)
        )
        return score_rounding(form, self.enclosure.size, Fraction(max(sizes)) / self.scale)


def _box(region: Region) -> list[Bounds]:
    """Return bounds of every coordinate on the region."""
    box = [Bounds(scaled(low).low, scaled(high).high) for low, high in region.lines]
    for turn in region.planes:
        box += [ZERO, ZERO] if turn is None else point_on_circle(turn)
    return box
