"""The float formats: names, precision, range, which of them only store, and in whose words their reasons are."""

from __future__ import annotations

from fractions import Fraction

FORMATS = {"F64": ("float64", 53), "F32": ("float32", 24), "BF16": ("bfloat16", 8), "F16": ("float16", 11)}
FORMATS |= {"F8_E4M3": ("float8_e4m3fn", 4), "F8_E5M2": ("float8_e5m2", 3)}
ONLY_STORED = ("F8_E4M3", "F8_E5M2")
SHORT = ("BF16", "F16", *ONLY_STORED)  # added up in float32


def layout(dtype: str) -> tuple[int, int, Fraction]:
    """Return precision, exponent of the least positive number, and the largest number of a format."""
    precision = FORMATS[dtype][1]
    bias = {"F64": 1023, "F32": 127, "BF16": 127, "F16": 15, "F8_E4M3": 7, "F8_E5M2": 15}[dtype]
    largest = 448 * Fraction(1) if dtype == "F8_E4M3" else (2 - Fraction(2) ** (1 - precision)) * 2**bias
    return precision, 2 - bias - precision, largest


def flushed(value: Fraction | int, dtype: str) -> bool:
    """Tell whether a number is below the normal ones of what computes: float32, or float64 for its own numbers."""
    precision, lowest, _ = layout("F64" if dtype == "F64" else "F32")
    return 0 < abs(value) < Fraction(2) ** (lowest + precision - 1)


def holds_number(value: Fraction, dtype: str) -> bool:
    """Tell whether a format has the number."""
    precision, lowest, largest = layout(dtype)
    if value == 0:
        return True
    below = value.denominator.bit_length() - 1
    if value.denominator != 1 << below or abs(value) > largest:
        return False
    odd = abs(value.numerator)
    twos = (odd & -odd).bit_length() - 1
    return (odd >> twos).bit_length() <= precision and twos - below >= lowest


def worded(dtype: str, reason: str) -> str:
    """Return a reason in the words of a format: one that is only stored says what computes."""
    if dtype not in ONLY_STORED:
        return reason
    name = FORMATS[dtype][0]
    shorter = reason.replace("float32 for bfloat16 and float16, otherwise the stored format", "float32")
    added = f"; {name} is only stored: its numbers are computed with in float32, and each new state is rounded to it"
    return shorter + added
