"""Places of a graph's nodes in the plane: as far apart as they are in the graph, as well as a plane allows.

Stress majorisation: with d_ij the steps between two nodes, arrows read both ways, the places minimise
sum_ij (|p_i - p_j| - d_ij)^2 / d_ij^2. Each round solves the linear system of a bound from above that touches the sum
at the present places, so the sum never rises; it begins on a circle, in the order of the states, and draws no lots.
Source: Gansner, Koren and North, Graph drawing by stress majorization, 2004.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 200  # the sum hardly falls after a hundred
SIDE: Final = 1000  # places are integers between 0 and this

Array = NDArray[np.float64]


def layout(table: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """Return a place (x, y) for each state of table (|Q|, |Sigma|), the first one on the left; O(|Q|^3) work."""
    count = len(table)
    if count == 1:
        return ((SIDE // 2, SIDE // 2),)
    distances = _distances(table)
    weights = 1 / np.maximum(distances, 1.0) ** 2
    np.fill_diagonal(weights, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.pinv(laplacian)
    angles = 2 * np.pi * np.arange(count) / count
    places = np.stack([np.cos(angles), np.sin(angles)], axis=1) * distances.max() / 2
    for _ in range(ROUNDS):
        places = inverse @ (_pulled(places, distances * weights) @ places)
    return _scaled(places)


def _distances(table: Sequence[Sequence[int]]) -> Array:
    """Return the least number of steps between any two states, forwards and backwards; |Q| where there are none."""
    count = len(table)
    near: list[set[int]] = [set() for _ in range(count)]
    for state, row in enumerate(table):
        for target in row:
            near[state].add(target)
            near[target].add(state)
    found = np.full((count, count), float(count))
    for state in range(count):
        met, ring, steps = {state}, [state], 0
        while ring:
            found[state, ring] = steps
            ring = sorted({other for one in ring for other in near[one]} - met)
            met.update(ring)
            steps += 1
    return found


def _pulled(places: Array, wanted: Array) -> Array:
    """Return B with B_ij = -w_ij d_ij / |p_i - p_j| off the diagonal and rows that add up to 0."""
    apart = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    ratio = -wanted / np.maximum(apart, 1e-9)
    np.fill_diagonal(ratio, 0.0)
    balanced: Array = ratio - np.diag(ratio.sum(axis=1))
    return balanced


def _scaled(places: Array) -> tuple[tuple[int, int], ...]:
    """Return integer places, the longest extent from left to right, state 0 on the left and not below."""
    centred = places - places.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1]
    turned = turned * np.where(turned[0] > 0, -1.0, 1.0)
    extent = max(float(np.ptp(turned, axis=0).max()), 1e-9)
    middle = (turned.max(axis=0) + turned.min(axis=0)) / 2
    rounded = np.rint((turned - middle) / extent * SIDE + SIDE / 2).astype(int)
    return tuple((int(x), int(y)) for x, y in rounded)
