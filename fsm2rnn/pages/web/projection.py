"""Hidden states projected on the plane in which they spread most: the two first principal components.

With the states as rows of X, mean taken away, and X = U S V^T, the plane is spanned by the first two rows of V^T, and
its part of the variance is (s_1^2 + s_2^2) / sum_i s_i^2. Each axis points to where its largest entry is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fsm2rnn.pages.web.page_data import Cloud

PLACES: Final = 1000  # places are integers between 0 and this

Array = NDArray[np.float64]
States = Sequence[Sequence[float]]


def projected(states: States, reads: Sequence[int], path: States) -> Cloud | None:
    """Return states (N, H) and a path (T, H) in the plane of the states; None where a number is not finite."""
    rows, way = np.array(states, dtype=np.float64), np.array(path, dtype=np.float64)
    if not (np.isfinite(rows).all() and np.isfinite(way).all()):
        return None
    mean = rows.mean(axis=0)
    _, spread, axes = np.linalg.svd(rows - mean, full_matrices=False)
    plane = axes[:2] * np.sign(axes[:2][np.arange(len(axes[:2])), np.abs(axes[:2]).argmax(axis=1)])[:, None]
    both = np.concatenate([rows, way]) - mean
    flat = np.zeros((len(both), 2))
    flat[:, : len(plane)] = both @ plane.T
    whole = float((spread**2).sum())
    share = 1.0 if whole == 0 else float((spread[:2] ** 2).sum()) / whole
    places = _squared(flat)
    return Cloud(places[: len(rows)], tuple(reads), places[len(rows) :], round(share, 4))


def _squared(flat: Array) -> tuple[tuple[int, int], ...]:
    """Return places as integers in a square, both axes on one scale."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    extent = max(float((high - low).max()), 1e-12)
    found = np.rint((flat - (low + high) / 2) / extent * PLACES + PLACES / 2).astype(int)
    return tuple((int(x), int(y)) for x, y in found)
