"""round(x) to bfloat16 or float16 in compiled loops over float32: nearest, ties to even, subnormals and overflow too.

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
}


@numba.njit(cache=True, nogil=True)
@no_type_check
def kept_number(value: float, kept: Kept) -> float:
    """Return the number nearest to a float32 in the format that `kept` stands for."""
    if len(kept) == 1:
        bits = np.float32(value).view(np.uint32)
        upper = bits + np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))
        return np.uint32(upper & np.uint32(0xFFFF0000)).view(np.float32)
    if len(kept) == 2:  # noqa: PLR2004  float16
        given = np.float32(value)
        if abs(given) < np.float32(2.0**-14):
            # Subnormals are multiples of 2^-24, the distance of float32 numbers from 1/2 to 1.
            return np.copysign((given + np.float32(0.75)) - np.float32(0.75), given)
        bits = given.view(np.uint32)
        upper = bits + np.uint32(0xFFF) + (bits >> np.uint32(13) & np.uint32(1))
        found = np.uint32(upper & np.uint32(0xFFFFE000)).view(np.float32)
        return found if abs(found) <= np.float32(65504) else np.copysign(np.float32(np.inf), found)
    return value


@numba.njit(cache=True, nogil=True)
@no_type_check
def keep_numbers(state: Floats, kept: Kept) -> None:
    """Round every number of a state (H,)."""
    for place in range(state.shape[0] if len(kept) else 0):
        state[place] = kept_number(state[place], kept)
