"""What the machine itself allows: the latency of an L1 load, and copying."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np
import numpy.typing as npt

ENTRIES = 1024  # of four bytes: 4 KiB


@numba.njit(cache=True)
def follow(table: npt.NDArray[np.uint32], count: int, state: np.uint32) -> np.uint32:
    """Return state after `count` loads state <- table[state], each waiting for the last."""
    for _ in range(count):
        state = table[state]
    return state


def dependent_loads(count: int) -> Callable[[], object]:
    """Return the call that follows one random cycle through 4 KiB for `count` loads."""
    order = np.random.default_rng(0).permutation(ENTRIES).astype(np.uint32)
    cycle = np.empty(ENTRIES, dtype=np.uint32)
    cycle[order] = np.roll(order, -1)
    return lambda: follow(cycle, count, np.uint32(0))


def copy(count: int) -> Callable[[], object]:
    """Return the call that copies `count` bytes."""
    source, target = np.ones(count, dtype=np.uint8), np.empty(count, dtype=np.uint8)
    return lambda: np.copyto(target, source)
