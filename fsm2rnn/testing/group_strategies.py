"""groups(...): names of finite groups, which read, compile and the command line take."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

from hypothesis import strategies as st

from fsm2rnn.errors import InputError

_SINGLE: Final = (("V4", 4), ("Q8", 8), ("Dic(3)", 12), ("QD16", 16), ("F20", 20), ("F21", 21), ("PSL(2,7)", 168))
_FACTORS: Final = 60  # products of larger groups are of no other kind


def groups(*, max_order: int = 24) -> st.SearchStrategy[str]:
    """Draw names of the catalogue's groups of at most that order: Z1, Z2, ..., S3, A4, Dih(4), Q8, Z2xS3, ...

    NAME is the group with all its elements as symbols, NAME + "@gens" with generators alone. Failures shrink to the
    least order. InputError for an order below 1.
    """
    if max_order < 1:
        message = f"a group has 1 element at least, found max_order={max_order}"
        raise InputError(message)
    return st.sampled_from([name for name, _ in named_groups(max_order)])


def named_groups(max_order: int) -> list[tuple[str, int]]:
    """Return names with their orders, the least first; some groups come under several names."""
    simple = sorted((found for found in _simple(max_order) if found[1] <= max_order), key=lambda found: found[1])
    factors = [found for found in simple if 1 < found[1] <= min(_FACTORS, max_order // 2)]
    products = [
        (f"{left}x{right}", order * more)
        for (left, order), (right, more) in itertools.combinations_with_replacement(factors, 2)
        if order * more <= max_order
    ]
    return sorted(simple + products, key=lambda found: found[1])


def _simple(max_order: int) -> Iterator[tuple[str, int]]:
    yield from ((f"Z{order}", order) for order in range(1, max_order + 1))
    yield from ((f"Dih({corners})", 2 * corners) for corners in range(3, max_order // 2 + 1))
    for degree in itertools.takewhile(lambda degree: math.factorial(degree) <= 2 * max_order, itertools.count(3)):
        order = math.factorial(degree)
        yield from ((f"A{degree}", order // 2), (f"S{degree}", order))
    yield from _SINGLE
