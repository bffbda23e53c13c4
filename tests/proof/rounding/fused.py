"""round(a b + c), rounded once, in float32 or float64 arithmetic alone (Boldo and Melquiond), but for underflow."""

from __future__ import annotations

import numpy as np

BITS = {np.dtype(np.float32): (np.uint32, 12), np.dtype(np.float64): (np.uint64, 27)}


def fused(left, right, added):
    """Return left right + added rounded once; arrays or numbers of one dtype."""
    high, low = _product(left, right)
    middle, rest = _sum(added, low)
    top, carried = _sum(high, middle)
    return top + _odd_sum(rest, carried)


def _sum(left, right):
    """Return s and e with s + e = left + right, s rounded."""
    total = left + right
    part = total - left
    return total, (left - (total - part)) + (right - part)


def _product(left, right):
    """Return p and e with p + e = left right, p rounded (Dekker)."""
    total = left * right
    (a, b), (c, d) = _halves(left), _halves(right)
    return total, b * d - (((total - a * c) - b * c) - a * d)


def _halves(value):
    """Return numbers of half as many bits that add up to the value (Veltkamp)."""
    dtype = np.asarray(value).dtype
    scaled = value * dtype.type((1 << BITS[dtype][1]) + 1)
    high = scaled - (scaled - value)
    return high, value - high


def _odd_sum(left, right):
    """Return the sum rounded to odd: of the two numbers around it, that with an odd significand."""
    total, error = _sum(left, right)
    total = np.asarray(total)
    even = total.view(BITS[total.dtype][0]) % 2 == 0
    infinity = total.dtype.type(np.inf)
    return np.where(even & (error != 0), np.nextafter(total, np.copysign(infinity, error)), total)
