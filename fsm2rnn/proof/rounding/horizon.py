"""e_T <= (1 + eta)^T - 1: for how many steps rounded rotations are read right, and where they never round.

Theorem H (sequential evaluation). Plane by plane, let the exact state v_t = A v_{t-1} be zero or on the unit circle,
and let the computed state be h_t = B h_{t-1} + d_t with B the stored block [[c, -s], [s, c]]. If
|B - A| + rho (|c| + |s|) + a <= eta for every letter and plane, where |d_t| <= rho (|c| + |s|) |h_{t-1}| + a, then
|h_t - v_t| <= e_t with e_0 = 0 and e_t = e_{t-1} + eta (1 + e_{t-1}), that is e_T = (1 + eta)^T - 1.

Proof. h_t - v_t = A (h_{t-1} - v_{t-1}) + (B - A) h_{t-1} + d_t, |A| = 1 or 0, |h_{t-1}| <= 1 + e_{t-1}, and
|| |B| ||_2 = |c| + |s|. A plane sent to zero is exactly zero from then on. (The shape of Higham, Accuracy and
Stability of Numerical Algorithms, Lemma 3.6.)

rho: both products and their sum in the accumulating format (unit roundoff u): g = gamma_2 (|c| + |s|) with
gamma_2 = 2u / (1 - 2u), fused or not; where the state is kept in a shorter format (unit w), each component is rounded
once more, by w times what was computed, which has norm |B| + g at most: g (1 + w) + w (1 + |B - A|). a bounds gradual
underflow. A quarter turn, stored as 0 and +-1, never rounds. Lines never leave their regions: rounding is monotone, and
the regions end in numbers of the format.

The decoder reads C h + b, and reads it right while e_t < mu, see `separation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import (
    UNIT,
    Bounds,
    point_on_circle,
    powers_below,
    scaled,
    square_root_up,
)
from fsm2rnn.exact.rounding import FloatFormat, rounded
from fsm2rnn.exact.sparse import Scalar, absolute
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region, Turn
from fsm2rnn.proof.rounding.arithmetic import ACCUMULATING
from fsm2rnn.proof.rounding.scan_order import ScanHorizon, is_power_or_zero, scan_horizon, turn_error
from fsm2rnn.proof.rounding.separation import separation
from fsm2rnn.proof.stored.meaning import Meaning

REASON = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    f"accumulating format ({ACCUMULATING}), fused or not, and each new "
    "state rounded once to the stored format: while steps is not exceeded, every plane is off by at most "
    "(1 + eta)^steps - 1 < mu, and a state that is off by less than mu in every plane is read right, the scores' own "
    "rounding included; lines stay in their cells, since rounding is monotone and their ends are numbers of the format"
)
# Cosine and sine of the turns that never round; None sends a plane to zero.
EXACT: dict[Turn, tuple[Scalar, Scalar]] = {
    None: (0, 0),
    Fraction(0): (1, 0),
    Fraction(1, 4): (0, 1),
    Fraction(1, 2): (-1, 0),
    Fraction(3, 4): (0, -1),
}
# Of eta and mu as they are printed: eta of float64 is about 1e-16, so eight of its digits are told.
DECIMALS = 24
ALL_LENGTHS = "all lengths"


@final
@dataclass(frozen=True)
class Horizon:
    """For how many steps stored weights are read right in their own format; None: at every length.

    `eta` bounds the relative error of one step, `mu` the error that the decoder bears, `lead` the least lead of the
    right score on the exact regions (None when there is one reading only). All are proven bounds, eta from above and
    the others from below. `scan` bounds words whose letters are multiplied as matrices first, see `scan_order`; None
    where nothing is proved of them. With `added`, theorem G of `growth`: eta is by how much an error grows in a step,
    and `added` what a step adds to it.
    """

    form: FloatFormat
    eta: Fraction
    mu: Fraction
    lead: Fraction | None
    steps: int | None
    scan: ScanHorizon | None
    added: Fraction | None = None


def horizon(enclosure: Enclosure, stored: Meaning) -> Horizon:
    """Return the horizon of stored weights beside the exact regions that they stand for.

    Raises CertificateError when the weights have another structure, the regions cannot be stored exactly,
    the decoder does not separate the regions, or no step is proved; LimitError when there are too many scores.
    """
    prove_stored(enclosure, stored)
    return graded(enclosure, stored, separation(enclosure, stored))


def prove_stored(enclosure: Enclosure, stored: Meaning) -> None:
    """Prove that weights store the regions: their structure, lines, ends and start; CertificateError where not."""
    _prove_size(enclosure, stored)
    _prove_structure(enclosure, stored)
    _prove_ends(enclosure, stored.form)
    _prove_start(enclosure.regions[0], stored, len(enclosure.regions[0].lines))


def graded(enclosure: Enclosure, stored: Meaning, separated: tuple[Fraction | None, Fraction]) -> Horizon:
    """Return the horizon of what `prove_stored` admits, given the lead and mu that `separation` proves of it.

    CertificateError where no step is proved.
    """
    lead, mu = separated
    eta = max(_step_error(letter, stored, symbol) for symbol, letter in enumerate(enclosure.letters))
    scan = _scan(enclosure, stored, mu, eta)
    if not eta:
        return Horizon(stored.form, eta, mu, lead, None, scan)
    steps = powers_below(1 + mu, eta)
    if steps < 1:
        message = f"rounded to {stored.form.name}, no step is proved to be read right"
        raise CertificateError("float", message)
    return Horizon(stored.form, eta, mu, lead, steps, scan)


def _scan(enclosure: Enclosure, stored: Meaning, mu: Fraction, eta: Fraction) -> ScanHorizon | None:
    """Return what theorem B of `scan_order` says; None where a line is neither zero nor a small power of two."""
    start = dict(stored.initial_state)
    lines = range(len(enclosure.regions[0].lines))
    factors = [factor for letter in enclosure.letters for factor in letter.lines]
    if not all(map(is_power_or_zero, [*factors, *(start.get(line, 0) for line in lines)])):
        return None
    if not eta:
        return ScanHorizon(eta, None)
    away = max(
        distance_from_turn(turn, *_pair(stored, symbol, plane))
        for symbol, letter in enumerate(enclosure.letters)
        for plane, turn in enumerate(letter.planes)
    )
    gain, underflow = turn_error(stored.form)
    return scan_horizon(away, gain + underflow, mu)


def length_text(steps: int | None) -> int | str:
    """Return a proven number of steps as it is written: "all lengths" for None."""
    return ALL_LENGTHS if steps is None else steps


def upper_decimal(value: Fraction) -> str:
    """Return the value rounded up, in units of 10^-DECIMALS."""
    return f"{math.ceil(value * 10**DECIMALS)}e-{DECIMALS}"


def lower_decimal(value: Fraction) -> str:
    """Return the value rounded down, in units of 10^-DECIMALS."""
    return f"{math.floor(value * 10**DECIMALS)}e-{DECIMALS}"


def distance_from_turn(turn: Turn, cosine: Scalar, sine: Scalar) -> Fraction:
    """Return |B - A|, zero for quarter turns and zeros as they are; CertificateError for another zero."""
    if EXACT.get(turn) == (cosine, sine):
        return Fraction(0)
    if turn is None:
        message = "a plane that its letter sends to zero is not stored as zero"
        raise CertificateError("letters", message)
    points = zip(point_on_circle(turn), (cosine, sine), strict=True)
    gaps = [_farthest(bounds, scaled(value)) for bounds, value in points]
    return Fraction(square_root_up(sum(gap * gap for gap in gaps)), UNIT)


def _prove_size(enclosure: Enclosure, stored: Meaning) -> None:
    lines = len(enclosure.regions[0].lines)
    if stored.lines != lines or stored.matrices[0].height != enclosure.size:
        message = (
            f"regions of {lines} lines and size {enclosure.size} need a diagonal or rotation structure of that kind"
        )
        raise CertificateError("cells", message)


def _prove_structure(enclosure: Enclosure, stored: Meaning) -> None:
    """Prove that lines are stored exactly, and that the readout's format holds every number of the state's."""
    lines = len(enclosure.regions[0].lines)
    if len(stored.matrices) != len(enclosure.letters):
        message = f"{len(enclosure.letters)} letters need as many matrices, found {len(stored.matrices)}"
        raise CertificateError("letters", message)
    if stored.head is not None:
        message = "regions prove no linear head"
        raise CertificateError("head", message)
    form, wide = stored.form, stored.readout_form
    if not wide.holds(form):
        message = f"a readout in {wide.name} rounds states in {form.name} before it reads them"
        raise CertificateError("decoder", message)
    for symbol, letter in enumerate(enclosure.letters):
        wanted = tuple(((line, factor),) if factor else () for line, factor in enumerate(letter.lines))
        if stored.columns(symbol)[:lines] != wanted:
            message = "a stored factor is not the letter's"
            raise CertificateError("letters", message)


def _prove_ends(enclosure: Enclosure, form: FloatFormat) -> None:
    """Prove that every end of a region is a number of the format, none of them subnormal where it is computed with."""
    ends = {end for region in enclosure.regions for interval in region.lines for end in interval}
    if any(absolute(end) > form.largest or rounded(end, form) != end for end in ends):
        message = f"a region ends in no {form.name} number"
        raise CertificateError("cells", message)
    if any(0 < absolute(end) < form.least_normal for end in ends):
        message = f"a region ends in a subnormal number of {form.accumulator.name}, which libraries may flush to 0"
        raise CertificateError("cells", message)


def _prove_start(region: Region, stored: Meaning, lines: int) -> None:
    start = dict(stored.initial_state)
    inside = all(low <= start.get(line, 0) <= high for line, (low, high) in enumerate(region.lines))
    pairs = [(start.get(place, 0), start.get(place + 1, 0)) for place in range(lines, stored.matrices[0].height, 2)]
    # Planes start at the turn zero, which every format holds: then e_0 = 0.
    if not inside or any(turn != 0 for turn in region.planes) or any(pair != (1, 0) for pair in pairs):
        message = "the stored initial state is not in the first region, or a plane does not start at (1, 0)"
        raise CertificateError("cells", message)


def _step_error(letter: Letter, stored: Meaning, symbol: int) -> Fraction:
    """Return eta of one letter: the greatest over its planes."""
    planes = enumerate(letter.planes)
    errors = (_plane_error(turn, *_pair(stored, symbol, plane), stored.form) for plane, turn in planes)
    return max(errors, default=Fraction(0))


def _pair(stored: Meaning, symbol: int, plane: int) -> tuple[Scalar, Scalar]:
    """Return the stored cosine and sine."""
    place = (stored.lines or 0) + 2 * plane
    block = dict(stored.columns(symbol)[place])
    return block.get(place, 0), block.get(place + 1, 0)


def _plane_error(turn: Turn, cosine: Scalar, sine: Scalar, form: FloatFormat) -> Fraction:
    """Return |B - A| + rho + a, zero where nothing rounds; below one, no entry exceeds two."""
    if EXACT.get(turn) == (cosine, sine):
        return Fraction(0)
    away = distance_from_turn(turn, cosine, sine)
    unit = Fraction(1, 1 << form.accumulator.precision)
    rho = 2 * unit / (1 - 2 * unit) * Fraction(absolute(cosine) + absolute(sine))
    underflow = Fraction(2) ** form.accumulator.lowest
    if form.accumulator != form:
        kept = Fraction(1, 1 << form.precision)
        rho = rho * (1 + kept) + kept * (1 + away)
        underflow += Fraction(2) ** form.lowest
    # Two components, each off by at most `underflow` (two products, half a subnormal each, and the last rounding).
    return away + rho + Fraction(3, 2) * underflow


def _farthest(bounds: Bounds, value: Bounds) -> int:
    return max(abs(bounds.high - value.low), abs(value.high - bounds.low))
