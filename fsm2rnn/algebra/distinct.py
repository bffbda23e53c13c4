"""Which numbers occur, and whether rows repeat: for short arrays a mask and a set take a tenth of numpy's unique."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def occurring(numbers: npt.NDArray[np.integer[Any]], count: int) -> npt.NDArray[np.intp]:
    """Return those of 0 .. count - 1 that occur, ascending."""
    mask = np.zeros(count, dtype=np.bool_)
    mask[numbers] = True
    return np.flatnonzero(mask)


def rows_differ(rows: npt.NDArray[Any]) -> bool:
    """Whether no two rows (m, n) are equal, number by number."""
    return len(set(map(bytes, np.ascontiguousarray(rows)))) == len(rows)
