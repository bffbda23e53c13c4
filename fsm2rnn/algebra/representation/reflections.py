r"""A = H_k1 ... H_kr, H_k = I - 2 k k^T G / (k^T G k): isometries of a form G as r = rank(I - A) reflections.

With k = A e_j - e_j not zero, H_k A e_j = e_j and H_k keeps every vector that A keeps, as <k, v> = <A e_j, A v> -
<e_j, v> = 0 for those. So every step enlarges the fixed space by one dimension, and rank(I - A) steps end at the
identity; fewer do not do, as r reflections keep a space of codimension at most r (E. Cartan, J. Dieudonne, P. Scherk).
On a permutation the keys are differences of unit vectors: a cycle of n points takes n - 1 of them. k need not be
normalised, so entries of A stay in their field.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from fsm2rnn.algebra.representation.spherical_function import Floats
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import Vector, canonical_vector
from fsm2rnn.exact.updates import Update

_ZERO: Final = 1e-9
"""Columns of I - A below this length are taken for zero: A is orthogonal to 1e-12."""


def signed_permutation_updates(image: Sequence[int], signs: Sequence[int]) -> tuple[Update, ...]:
    """Return rank(I - A) reflections whose product, the first one applied first, is A e_j = signs_j e_image_j.

    Keys have entries 0, 1 and -1: e_i - s e_j with beta 1, or e_j with beta 2.
    """
    targets, turned, keys = list(image), list(signs), list[dict[int, int]]()
    for place in range(len(targets)):
        if targets[place] == place:
            if turned[place] < 0:
                keys.append({place: 1})
                turned[place] = 1
            continue
        key = {targets[place]: turned[place], place: -1}
        keys.append(key)
        target, sign = targets[place], turned[place]
        # H sends sign e_target to e_place and e_place to sign e_target.
        for other, found in enumerate(targets):
            if found == target:
                targets[other], turned[other] = place, turned[other] * sign
            elif found == place:
                targets[other], turned[other] = target, turned[other] * sign
    return tuple(Update(canonical_vector(key), 2 // len(key)) for key in reversed(keys))


def orthogonal_updates(matrix: Floats) -> tuple[Update, ...]:
    """Return unit keys with beta 2 for an orthogonal matrix (d, d) in float64, the longest column of A - I first.

    NumericError where more reflections than dimensions are needed: then the matrix is not orthogonal.
    """
    rest, keys = np.array(matrix), list[Floats]()
    while True:
        moved = rest - np.eye(len(rest))
        lengths = np.linalg.norm(moved, axis=0)
        column = int(lengths.argmax())
        if lengths[column] < _ZERO:
            break
        if len(keys) == len(rest):
            message = "a matrix that is not orthogonal has no reflections"
            raise NumericError(message)
        keys.append(moved[:, column] / lengths[column])
        rest -= 2 * np.outer(keys[-1], keys[-1] @ rest)
    return tuple(Update(float_vector(key), 2) for key in reversed(keys))


def float_vector(entries: Floats) -> Vector:
    """Return the exact values of floats as a sparse vector; what is below the last digits of the largest is noise."""
    floor = 2.0**-60 * max(np.abs(entries).max(initial=0), 1.0)
    kept = {place: Fraction(entry) for place, entry in enumerate(entries.tolist()) if abs(entry) > floor}
    return canonical_vector(kept)


def cycle_count(image: Sequence[int]) -> int:
    """Return the number of cycles of a permutation."""
    seen, count = set[int](), 0
    for point in range(len(image)):
        current, count = point, count + (point not in seen)
        while current not in seen:
            seen.add(current)
            current = image[current]
    return count
