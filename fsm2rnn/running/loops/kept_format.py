"""round(x) to a short format in compiled loops over float32: nearest, ties to even, subnormals and overflow too.

numba compiles a function anew for every type of its arguments, and a tuple's length is part of its type: so the format
that a state is kept in is a tuple, and where it is that of the loop nothing is left of the rounding.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias, no_type_check

import numba
import numpy as np
import numpy.typing as npt
import torch

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Kept: TypeAlias = tuple[int, ...]

AS_COMPUTED: Final[Kept] = ()
KEPT: Final[dict[torch.dtype, Kept]] = {
    torch.float64: AS_COMPUTED,
    torch.float32: AS_COMPUTED,
    torch.bfloat16: (0,),
    torch.float16: (0, 0),
    torch.float8_e5m2: (0, 0, 0),
    torch.float8_e4m3fn: (0, 0, 0, 0),
}


@numba.njit(cache=True, nogil=True)
@no_type_check
def kept_number(value: float, kept: Kept) -> float:
    """Return the number nearest to a float32 in the format that `kept` stands for."""
    if len(kept) == 1:
        bits = np.float32(value).view(np.uint32)
        upper = bits + np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))
        return np.uint32(upper & np.uint32(0xFFFF0000)).view(np.float32)
    if len(kept) == 2:  # float16
        return _short_number(value, 13, 2.0**-24, 65504.0, np.inf)
    if len(kept) == 3:  # float8_e5m2
        return _short_number(value, 21, 2.0**-16, 57344.0, np.inf)
    if len(kept) == 4:  # float8_e4m3fn, which has no infinity
        return _short_number(value, 20, 2.0**-9, 448.0, np.nan)
    return value


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def _short_number(value: float, dropped: int, least: float, largest: float, beyond: float) -> float:
    """Return the number nearest to a float32 with `dropped` bits fewer, a multiple of the least positive one."""
    given = np.float32(value)
    if abs(given) < np.float32(least * 2.0 ** (23 - dropped)):
        # Subnormals are multiples of the least number: the distance of float32 numbers near `middle`.
        middle = np.float32(least * 0.75 * 2.0**24)
        return np.copysign((given + middle) - middle, given)
    bits = given.view(np.uint32)
    last = np.uint32(1) << np.uint32(dropped)
    upper = bits + (last >> np.uint32(1)) - np.uint32(1) + (bits >> np.uint32(dropped) & np.uint32(1))
    found = np.uint32(upper & ~(last - np.uint32(1))).view(np.float32)
    return found if abs(found) <= np.float32(largest) else np.copysign(np.float32(beyond), found)


@numba.njit(cache=True, nogil=True)
@no_type_check
def keep_numbers(state: Floats, kept: Kept) -> None:
    """Round every number of a state (H,)."""
    for place in range(state.shape[0] if len(kept) else 0):
        state[place] = kept_number(state[place], kept)
