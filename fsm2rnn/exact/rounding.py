"""Binary float formats as sets of dyadic rationals, correct rounding (nearest, ties to even), and their bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import Scalar, absolute, simplest


@final
@dataclass(frozen=True)
class FloatFormat:
    """An IEEE-754 style format: sign, `exponent_bits`, and `precision` - 1 stored bits of significand.

    Finite values are k 2^e with |k| < 2^precision and e >= `lowest` (subnormals included). A `finite_only` format has
    no infinity, and one pattern of each sign that is no number: the greatest exponent holds numbers too (OCP 8-bit
    Floating Point Specification, revision 1.0). A format that is not `native` is only stored: its numbers are computed
    with in the accumulator, and a state is rounded to it once a step.
    """

    name: str  # as torch has it
    stored: str  # as safetensors has it
    precision: int
    exponent_bits: int
    finite_only: bool = False
    native: bool = True

    @property
    def width(self) -> int:
        """Bits of one number."""
        return self.exponent_bits + self.precision

    @property
    def item_size(self) -> int:
        """Bytes of one number."""
        return self.width // 8

    @property
    def bias(self) -> int:
        """Offset of the stored exponent."""
        return (1 << (self.exponent_bits - 1)) - 1

    @cached_property
    def lowest(self) -> int:
        """Exponent of the smallest positive number, 2^lowest."""
        return 2 - self.bias - self.precision

    @cached_property
    def largest(self) -> int:
        """The largest finite number (an integer in all formats here)."""
        top = int(self.finite_only)  # the last pattern is no number, and its exponent is one of numbers
        return ((1 << self.precision) - 1 - top) << (self.bias - self.precision + 1 + top)

    @property
    def accumulator(self) -> FloatFormat:
        """The format in which products are added up: float32 for shorter formats."""
        return self if self.precision >= FLOAT32.precision else FLOAT32

    @cached_property
    def least_normal(self) -> Fraction:
        """The least positive number of full precision in the accumulator: what lies below, libraries may flush to 0."""
        wide = self.accumulator
        return Fraction(2) ** (wide.lowest + wide.precision - 1)

    def holds(self, other: FloatFormat) -> bool:
        """Tell whether every finite number of the other format is one of this."""
        inside = self.lowest <= other.lowest and other.largest <= self.largest
        return other.precision <= self.precision and inside


FLOAT64 = FloatFormat("float64", "F64", 53, 11)
FLOAT32 = FloatFormat("float32", "F32", 24, 8)
BFLOAT16 = FloatFormat("bfloat16", "BF16", 8, 8)
FLOAT16 = FloatFormat("float16", "F16", 11, 5)
FLOAT8_E4M3FN = FloatFormat("float8_e4m3fn", "F8_E4M3", 4, 4, finite_only=True, native=False)
FLOAT8_E5M2 = FloatFormat("float8_e5m2", "F8_E5M2", 3, 5, native=False)
FORMATS: Final = (FLOAT64, FLOAT32, BFLOAT16, FLOAT16, FLOAT8_E4M3FN, FLOAT8_E5M2)
"""Every format in which weights are stored, the most precise first."""
NATIVE: Final = tuple(form for form in FORMATS if form.native)
"""Those that compute: every exact certificate speaks of them."""


def formats_with(own: FloatFormat) -> tuple[FloatFormat, ...]:
    """Return the formats of which a claim about numbers stored in `own` speaks: those that compute, and its own."""
    return NATIVE if own.native else (*NATIVE, own)


def rounded(value: Scalar, form: FloatFormat) -> Scalar:
    """Return the number of `form` nearest to `value`, ties to even; NumericError when it overflows."""
    if not value:
        return 0
    exponent = _exponent(absolute(value), form)
    over, under = _over_power(value, exponent)
    count, left = divmod(over, under)
    # Half to even, IEEE's rule on the significand: up beyond the half, and at it where the floor is odd.
    count += 2 * left + (count & 1) > under
    nearest = _times_power(count, exponent)
    if absolute(nearest) > form.largest:
        message = f"a number near 2^{Fraction(nearest).numerator.bit_length()} overflows {form.name}"
        raise NumericError(message)
    return nearest


def count_rounding(exponent: int, form: FloatFormat) -> Callable[[int], int]:
    """Return `rounded` of numbers k 2^exponent, exponent <= 0, as a function of k: whole numbers are faster.

    What it returns raises NumericError when a number overflows.
    """
    precision, least, largest = form.precision, form.lowest - exponent, form.largest << -exponent

    def nearest(count: int) -> int:
        dropped = max(count.bit_length() - precision, least)
        if dropped <= 0:
            return count
        # Half of the last bit kept, less one unit where that bit is even: floor then rounds half to even.
        kept = (count + (1 << (dropped - 1)) - 1 + (count >> dropped & 1)) >> dropped << dropped
        if not -largest <= kept <= largest:
            message = f"a number near 2^{kept.bit_length() + exponent} overflows {form.name}"
            raise NumericError(message)
        return kept

    return nearest


def encode(value: Scalar, form: FloatFormat) -> int:
    """Return the bits of `value`, which must be a number of `form` (round first); NumericError otherwise."""
    if rounded(value, form) != value:
        message = f"the value is not a {form.name} number; round it first"
        raise NumericError(message)
    if not value:
        return 0
    exponent = _exponent(absolute(value), form)
    over, under = _over_power(absolute(value), exponent)
    significand = over // under
    sign = int(value < 0) << (form.width - 1)
    # A normal significand carries its hidden bit into the exponent field; a subnormal adds nothing there.
    return sign | (((exponent - form.lowest) << (form.precision - 1)) + significand)


def decode(bits: int, form: FloatFormat) -> Scalar:
    """Return the exact number that `bits` store; NumericError for infinities and NaN."""
    stored = form.precision - 1
    exponent = bits >> stored & ((1 << form.exponent_bits) - 1)
    significand = bits & ((1 << stored) - 1)
    if exponent == (1 << form.exponent_bits) - 1 and (not form.finite_only or significand == (1 << stored) - 1):
        message = f"{'a NaN' if significand else 'an infinity'} is stored as {form.name}"
        raise NumericError(message)
    if exponent:
        significand |= 1 << stored
    signed = -significand if bits >> (form.width - 1) else significand
    return _times_power(signed, max(exponent, 1) - 1 + form.lowest)


def _exponent(magnitude: Scalar, form: FloatFormat) -> int:
    """Return e such that magnitude / 2^e has `precision` bits before the point, but no less than `lowest`."""
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    over, under = _over_power(magnitude, exponent)
    if over < under:
        exponent -= 1
    return max(exponent - form.precision + 1, form.lowest)


def _over_power(value: Scalar, exponent: int) -> tuple[int, int]:
    """Return whole numbers a and b > 0 such that a / b = value / 2^exponent: shifts are faster than fractions."""
    return value.numerator << max(-exponent, 0), value.denominator << max(exponent, 0)


def _times_power(count: int, exponent: int) -> Scalar:
    """Return count 2^exponent."""
    return count << exponent if exponent >= 0 else simplest(Fraction(count, 1 << -exponent))
