"""e_T <= (1 + eta)^T - 1: for how many steps rounded rotations are read right, and where they never round.

Theorem H (sequential evaluation). Plane by plane, let the exact state v_t = A v_{t-1} be zero or on the unit circle,
and let the computed state be h_t = B h_{t-1} + d_t with B the stored block [[c, -s], [s, c]]. If
|B - A| + rho (|c| + |s|) + a <= eta for every letter and plane, where |d_t| <= rho (|c| + |s|) |h_{t-1}| + a, then
|h_t - v_t| <= e_t with e_0 = 0 and e_t = e_{t-1} + eta (1 + e_{t-1}), that is e_T = (1 + eta)^T - 1.

Proof. h_t - v_t = A (h_{t-1} - v_{t-1}) + (B - A) h_{t-1} + d_t, |A| = 1 or 0, |h_{t-1}| <= 1 + e_{t-1}, and
|| |B| ||_2 = |c| + |s|. A plane sent to zero is exactly zero from then on. (The shape of Higham, Accuracy and
Stability of Numerical Algorithms, Lemma 3.6.)

rho: both products and their sum in the accumulating format (unit roundoff u): gamma_2 = 2u / (1 - 2u), fused or not;
then, where the state is kept in a shorter format (unit w), one more rounding: w + gamma_2 (1 + w). a bounds gradual
underflow. A quarter turn, stored as 0 and +-1, never rounds. Lines never leave their cells: rounding is monotone, and
the cells end in numbers of the format.

The decoder reads C h + b. If the right score leads every other one by `lead` on the exact cell, less the rounding of
the scores, it still leads while e_t sum_planes |row - other row| < lead; mu is the least such quotient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.circle import (
    UNIT,
    ZERO,
    Bounds,
    log_below,
    log_of_one_plus_above,
    point_on_circle,
    scaled,
    square_root_up,
)
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FloatFormat, rounded
from fsm2rnn.exact.sparse import Scalar, absolute
from fsm2rnn.proof.enclosure import Cell, Enclosure, Letter, Turn
from fsm2rnn.proof.structures import Meaning

REASON = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    "accumulating format (float32 for bfloat16 and float16, otherwise the stored format), fused or not, and each new "
    "state rounded once to the stored format: while steps is not exceeded, every plane is off by at most "
    "(1 + eta)^steps - 1 < mu, and a state that is off by less than mu in every plane is read right, the scores' own "
    "rounding included; lines stay in their cells, since rounding is monotone and their ends are numbers of the format"
)
ACCUMULATORS = {BFLOAT16: FLOAT32, FLOAT16: FLOAT32}
# Cosine and sine of the turns that never round; None sends a plane to zero.
EXACT: dict[Turn, tuple[Scalar, Scalar]] = {
    None: (0, 0),
    Fraction(0): (1, 0),
    Fraction(1, 4): (0, 1),
    Fraction(1, 2): (-1, 0),
    Fraction(3, 4): (0, -1),
}
SCORE_LIMIT = 1 << 23  # products of cells, scores and coordinates that are bounded
DECIMALS = 24  # of eta and mu as they are printed
AGREE = 128  # bits to which scores of one state are compared


@final
@dataclass(frozen=True)
class Horizon:
    """For how many steps stored weights are read right in their own format; None: at every length.

    `eta` bounds the relative error of one step, `mu` the error that the decoder bears, `lead` the least
    lead of the right score on the exact cells (None when there is one reading only). All are proven
    bounds, eta from above and the others from below.
    """

    form: FloatFormat
    eta: Fraction
    mu: Fraction
    lead: Fraction | None
    steps: int | None


def horizon(enclosure: Enclosure, stored: Meaning) -> Horizon:
    """Return the horizon of stored weights beside the exact cells that they stand for.

    Raises CertificateError when the weights have another structure, the cells cannot be stored exactly,
    the decoder does not separate the cells, or no step is proved; LimitError when there are too many scores.
    """
    _prove_stored(enclosure, stored)
    return _graded(enclosure, stored, _Scores(enclosure, stored).bounds())


def separation(enclosure: Enclosure, stored: Meaning) -> tuple[Fraction | None, Fraction]:
    """Return the decoder's least lead on the exact cells, and the error mu <= 1 that it bears; errors as above."""
    _prove_size(enclosure, stored)
    return _Scores(enclosure, stored).bounds()


def horizon_of(enclosure: Enclosure, stored: Meaning, separated: tuple[Fraction | None, Fraction]) -> Horizon:
    """Return the horizon, given what `separation` says of the same cells and decoder; errors as above."""
    _prove_stored(enclosure, stored)
    return _graded(enclosure, stored, separated)


def _prove_stored(enclosure: Enclosure, stored: Meaning) -> None:
    _prove_size(enclosure, stored)
    _prove_structure(enclosure, stored)
    _prove_ends(enclosure, stored.form)
    _prove_start(enclosure.cells[0], stored, len(enclosure.cells[0].lines))


def _graded(enclosure: Enclosure, stored: Meaning, separated: tuple[Fraction | None, Fraction]) -> Horizon:
    lead, mu = separated
    eta = max(_step_error(letter, stored, symbol) for symbol, letter in enumerate(enclosure.letters))
    if not eta:
        return Horizon(stored.form, eta, mu, lead, None)
    steps = 0 if eta >= 1 else math.floor(log_below(1 + mu) / log_of_one_plus_above(eta))
    if steps < 1:
        message = f"rounded to {stored.form.name}, no step is proved to be read right"
        raise CertificateError("float", message)
    return Horizon(stored.form, eta, mu, lead, steps)


def upper_decimal(value: Fraction) -> str:
    """Return the value rounded up, in units of 10^-DECIMALS."""
    return f"{math.ceil(value * 10**DECIMALS)}e-{DECIMALS}"


def lower_decimal(value: Fraction) -> str:
    """Return the value rounded down, in units of 10^-DECIMALS."""
    return f"{math.floor(value * 10**DECIMALS)}e-{DECIMALS}"


def _prove_size(enclosure: Enclosure, stored: Meaning) -> None:
    lines = len(enclosure.cells[0].lines)
    if stored.lines != lines or stored.matrices[0].height != enclosure.size:
        message = f"cells of {lines} lines and size {enclosure.size} need a diagonal or rotation structure of that kind"
        raise CertificateError("cells", message)


def _prove_structure(enclosure: Enclosure, stored: Meaning) -> None:
    """Prove that lines are stored exactly, and that the readout's format holds every number of the state's."""
    lines = len(enclosure.cells[0].lines)
    if len(stored.matrices) != len(enclosure.letters):
        message = f"{len(enclosure.letters)} letters need as many matrices, found {len(stored.matrices)}"
        raise CertificateError("letters", message)
    if stored.head is not None:
        message = "cells prove no linear head"
        raise CertificateError("head", message)
    form, wide = stored.form, stored.readout_form
    if wide.precision < form.precision or wide.exponent_bits < form.exponent_bits:
        message = f"a readout in {wide.name} rounds states in {form.name} before it reads them"
        raise CertificateError("decoder", message)
    for symbol, letter in enumerate(enclosure.letters):
        wanted = tuple(((line, factor),) if factor else () for line, factor in enumerate(letter.lines))
        if stored.columns(symbol)[:lines] != wanted:
            message = "a stored factor is not the letter's"
            raise CertificateError("letters", message)


def _prove_ends(enclosure: Enclosure, form: FloatFormat) -> None:
    """Prove that every end of a cell is a number of the format."""
    ends = {end for cell in enclosure.cells for interval in cell.lines for end in interval}
    if any(absolute(end) > form.largest or rounded(end, form) != end for end in ends):
        message = f"a cell ends in no {form.name} number"
        raise CertificateError("cells", message)


def _prove_start(cell: Cell, stored: Meaning, lines: int) -> None:
    start = dict(stored.initial_state)
    inside = all(low <= start.get(line, 0) <= high for line, (low, high) in enumerate(cell.lines))
    pairs = [(start.get(place, 0), start.get(place + 1, 0)) for place in range(lines, stored.matrices[0].height, 2)]
    # Planes start at the turn zero, which every format holds: then e_0 = 0.
    if not inside or any(turn != 0 for turn in cell.planes) or any(pair != (1, 0) for pair in pairs):
        message = "the stored initial state is not in the first cell, or a plane does not start at (1, 0)"
        raise CertificateError("cells", message)


def _step_error(letter: Letter, stored: Meaning, symbol: int) -> Fraction:
    """Return eta of one letter: the greatest over its planes."""
    columns = stored.columns(symbol)
    lines = len(letter.lines)
    worst = Fraction(0)
    for plane, turn in enumerate(letter.planes):
        place = lines + 2 * plane
        block = dict(columns[place])
        worst = max(worst, _plane_error(turn, block.get(place, 0), block.get(place + 1, 0), stored.form))
    return worst


def _plane_error(turn: Turn, cosine: Scalar, sine: Scalar, form: FloatFormat) -> Fraction:
    """Return |B - A| + rho (|c| + |s|) + a, zero where nothing rounds; below one, no entry exceeds two."""
    if EXACT.get(turn) == (cosine, sine):
        return Fraction(0)
    if turn is None:
        message = "a plane that its letter sends to zero is not stored as zero"
        raise CertificateError("letters", message)
    points = zip(point_on_circle(turn), (cosine, sine), strict=True)
    gaps = [_farthest(bounds, scaled(value)) for bounds, value in points]
    distance = Fraction(square_root_up(sum(gap * gap for gap in gaps)), UNIT)
    accumulator = ACCUMULATORS.get(form, form)
    unit = Fraction(1, 1 << accumulator.precision)
    rho, underflow = 2 * unit / (1 - 2 * unit), Fraction(2) ** accumulator.lowest
    if accumulator != form:
        kept = Fraction(1, 1 << form.precision)
        rho = kept + rho * (1 + kept)
        underflow += Fraction(2) ** form.lowest
    # Two components, each off by at most `underflow` (two products, half a subnormal each, and the last rounding).
    return distance + rho * Fraction(absolute(cosine) + absolute(sine)) + Fraction(3, 2) * underflow


def _farthest(bounds: Bounds, value: Bounds) -> int:
    return max(abs(bounds.high - value.low), abs(value.high - bounds.low))


@final
class _Scores:
    """The scores C h + b over all cells as integers: C and b in units of 1 / scale, cells in units of 1 / UNIT."""

    def __init__(self, enclosure: Enclosure, stored: Meaning) -> None:
        self.enclosure, self.lines = enclosure, len(enclosure.cells[0].lines)
        decoder = stored.decoder
        work = len(enclosure.cells) * decoder.readout.height * enclosure.size
        if work > SCORE_LIMIT:
            what = "scores of cells that are bounded"
            raise LimitError(what, limit=SCORE_LIMIT, needed=work)
        entries = [value for column in (*decoder.readout.columns, decoder.bias) for _, value in column]
        self.scale = max((value.denominator for value in entries), default=1)
        self.rows: list[list[tuple[int, int]]] = [[] for _ in range(decoder.readout.height)]
        for place, column in enumerate(decoder.readout.columns):
            for row, value in column:
                self.rows[row].append((place, int(value * self.scale)))
        self.bias = [0] * len(self.rows)
        for row, value in decoder.bias:
            self.bias[row] = int(value * self.scale)
        self.read_of = decoder.reads
        self.rounding = math.ceil(self._rounding(stored.readout_form) * UNIT * self.scale)

    def bounds(self) -> tuple[Fraction | None, Fraction]:
        """Return the least lead, and mu <= 1; CertificateError where a cell is read wrongly."""
        least: int | None = None
        mu = Fraction(1)
        for cell, read in zip(self.enclosure.cells, self.enclosure.reads, strict=True):
            box = _box(cell)
            candidates = [row for row, of in enumerate(self.read_of) if of == read]
            if not candidates:
                message = f"no score stands for state {read}"
                raise CertificateError("decoder", message)
            own = max(candidates, key=lambda row: self._middle(row, box))
            for row, of in enumerate(self.read_of):
                if of != read:
                    lead, borne = self._lead(own, row, box, read)
                    least = lead if least is None else min(least, lead)
                    mu = min(mu, borne)
        return None if least is None else Fraction(least, UNIT * self.scale), mu

    def _middle(self, row: int, box: list[Bounds]) -> int:
        """Return the score in the middle of a cell to the nearest 2^-AGREE: equal scores stay equal when bounded."""
        twice = sum(value * (box[place].low + box[place].high) for place, value in self.rows[row])
        return round(Fraction((twice + 2 * UNIT * self.bias[row]) << AGREE, 2 * UNIT * self.scale))

    def _lead(self, own: int, row: int, box: list[Bounds], read: int) -> tuple[int, Fraction]:
        """Return the lead of one row over another on the whole cell, and the error that it bears."""
        change = dict(self.rows[own])
        for place, value in self.rows[row]:
            change[place] = change.get(place, 0) - value
        lead = UNIT * (self.bias[own] - self.bias[row])
        lead += sum(value * (box[place].low if value > 0 else box[place].high) for place, value in change.items())
        if lead <= self.rounding:
            message = f"a cell of state {read} is not read as that state"
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
        """Return what rounding can take from a lead: twice the error of one score of H products and a bias.

        A computed plane has norm at most 1 + mu <= 2, a line stays in its cells. With gamma_n <= 1 no partial sum
        exceeds twice the sum of magnitudes, nor do underflows grow to more than twice their sum.
        """
        reach = [Fraction(2)] * self.enclosure.size
        for line in range(self.lines):
            reach[line] = max(Fraction(max(absolute(end) for end in cell.lines[line])) for cell in self.enclosure.cells)
        terms = self.enclosure.size + 2
        if 2 * terms > 1 << form.precision:
            message = f"{terms} terms are too many for scores in {form.name}"
            raise CertificateError("decoder", message)
        gamma = Fraction(terms, (1 << form.precision) - terms)
        underflow = terms * Fraction(2) ** form.lowest
        sizes = (
            sum(abs(value) * reach[place] for place, value in weights) + abs(bias)
            for weights, bias in zip(self.rows, self.bias, strict=True)
        )
        largest = Fraction(max(sizes)) / self.scale
        if 2 * largest + underflow > form.largest:
            message = f"a score may exceed the numbers of {form.name}"
            raise CertificateError("decoder", message)
        return 2 * (gamma * largest + underflow)


def _box(cell: Cell) -> list[Bounds]:
    """Return bounds of every coordinate on the cell."""
    box = [Bounds(scaled(low).low, scaled(high).high) for low, high in cell.lines]
    for turn in cell.planes:
        box += [ZERO, ZERO] if turn is None else point_on_circle(turn)
    return box
