"""What loops share: division of states by their norms, and sums of gradients over streams.

Reordered sums and fused products are allowed in every loop: states and gradients are those of the steps to rounding.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias, no_type_check

import numba
import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.floating[Any]]
Places: TypeAlias = npt.NDArray[np.int64]

LOOSE: Final = {"contract", "reassoc"}  # fastmath: of infinities and what is no number nothing is assumed


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def fill_with_zeros(row: Numbers) -> None:
    """Write zeros, in a loop: numba compiles one faster than an assignment to a slice."""
    for place in range(len(row)):
        row[place] = 0


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def inner_product(left: Numbers, right: Numbers) -> float:
    """Return <left, right>."""
    total = left[0] * right[0]
    for place in range(1, len(left)):
        total += left[place] * right[place]
    return total


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def divide(state: Numbers) -> float:
    """Divide a state by its norm, and return what it is multiplied by; a zero state stays."""
    total = 0.0
    for place in range(len(state)):
        total += np.float64(state[place]) * np.float64(state[place])
    scale = state.dtype.type(1 / np.sqrt(total) if total > 0 else 1)
    for place in range(len(state)):
        state[place] *= scale
    return scale


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def divide_back(given: Numbers, state: Numbers, scale: float, carried: Numbers) -> None:
    """Carry D, gradient given of a state y and carried, back through its division by the norm: s (D - <D, y> y)."""
    for place in range(len(carried)):
        carried[place] += given[place]
    along = inner_product(carried, state)
    for place in range(len(carried)):
        carried[place] = scale * (carried[place] - along * state[place])


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def keep_in_range(every: int, step: int, state: Numbers, scales: Numbers) -> None:
    """Divide a state by its norm after each `every`-th step (0: never), and keep the scale."""
    if every and (step + 1) % every == 0:
        scales[(step + 1) // every - 1] = divide(state)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def scale_of(every: int, step: int, stream: int, scales: Numbers) -> float:
    """Return by what the state after a step was multiplied; its gradient is multiplied alike."""
    if every and (step + 1) % every == 0:
        return scales[stream, (step + 1) // every - 1]
    return scales.dtype.type(1)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def scale_rows(every: int, step: int, scales: Numbers, rows: Numbers) -> None:
    """Multiply the rows of all streams by what the states after a step were multiplied by."""
    if every and (step + 1) % every == 0:
        for stream in range(len(rows)):
            scale, row = scale_of(every, step, stream, scales), rows[stream]
            for place in range(len(row)):
                row[place] *= scale


@numba.njit(cache=True, nogil=True, fastmath=LOOSE)
@no_type_check
def pour(stream: int, ids: Places, part: Numbers, sums: Numbers) -> None:
    """Add a part (D, ...) to the sums in float64 and empty it after a stream, or several of few steps; 0 is the last.

    Then no number of a part has more than some T + D terms, and emptying takes no more time than the steps do.
    """
    if stream % (1 + len(part) // (1 + ids.shape[1])):
        return
    flat, into = part.ravel(), sums.ravel()
    for place in range(len(flat)):
        into[place] += flat[place]
        flat[place] = 0
