"""Where tanh, computed in float32, crosses from one grid point to the next: the walls between roundings, as integers.

Between the multiples j and j + 1 of 2^-K lies b = (2 j + 1) / 2^(K+1). With n = 2^(K+1) + 2 j + 1 and m = 2^(K+2) - n,

    atanh b = (log n - log m) / 2
    log(n + 2) - log n = 2 atanh(1 / (n + 1)) = 2 sum_i 1 / ((2 i + 1) (n + 1)^(2 i + 1))

so that one list of logarithms of odd numbers has all of them. A computed tanh that errs by at most t is beyond b for
certain above atanh(b + t), which is at most atanh b + t / (1 - (|b| + t)^2).
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from fsm2rnn.exact.activations import BITS, UNIT

ERROR: Final = 2 << (BITS - 24)
"""Two units in the last place of float32 below 1."""


def certain_walls(grid: int) -> list[int]:
    """Return for j = -2^K .. 2^K - 1 the x, in units of 2^-BITS, above which tanh rounds to j + 1 at least, rising.

    Below minus the x of -j - 1 it rounds to j at most.
    """
    one = 1 << (grid + 1)
    steps = [_log_ratio(number) for number in range(1, 2 * one - 2, 2)]
    logarithms = list(accumulate((step for step, _ in steps), initial=0))
    missing = sum(lost for _, lost in steps)  # no logarithm, and no difference of two, is farther off
    walls = []
    for place, (high, low) in enumerate(zip(logarithms, reversed(logarithms), strict=True)):
        bound = (abs(2 * place + 1 - one) << (BITS - grid - 1)) + ERROR
        shift = -(-ERROR * UNIT * UNIT // (UNIT * UNIT - bound * bound))
        walls.append((high - low + missing) // 2 + 1 + shift)
    return walls


def _log_ratio(number: int) -> tuple[int, int]:
    """Return log(number + 2) - log(number), too small by less than the second number, in units of 2^-BITS."""
    power, square, total, order = 2 * UNIT // (number + 1), (number + 1) ** 2, 0, 1
    while power:
        total += power // order
        power //= square
        order += 2
    # Each term is less than two units too small, and so is the rest.
    return total, order + 1
