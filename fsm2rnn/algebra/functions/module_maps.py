"""Functions with all the linear relations of one function f on the states: generators of images of the space <f>.

Let f o w_1, ..., f o w_k be a basis of <f>, the span of all f o w, and f o (x w_i) = sum_j c_j f o w_j. The functions g
with the same equations for g form a space, that of the maps from <f> to all functions that commute with the letters,
g the image of f. So dim <g> <= k, and a g in general position separates what any of them does: where <f> occurs several
times among the functions on the states, one block of its size tells apart what each of the copies does.
"""

from __future__ import annotations

from typing import Final

import flint
import numpy as np

from fsm2rnn.algebra.linear.integer_rows import kernel_rows, reduced_rows
from fsm2rnn.algebra.linear.lattice import BigIntegers
from fsm2rnn.algebra.linear.word_span import Integers, WordSpan

ENTRY_LIMIT: Final = 1 << 23
"""Most entries of the equations, 64 MB; above it, and where they are large numbers, no functions are returned."""


def like_functions(closure: WordSpan, maps: Integers) -> BigIntegers:
    """Return a reduced basis (h, Q) of the functions with the relations of the one function that a closure is of."""
    letters, states = maps.shape
    size = len(closure.words)
    none = np.zeros((0, states), dtype=object)
    if size * letters * states**2 > ENTRY_LIMIT:
        return none
    shifted = closure.basis[:, maps].reshape(-1, states)  # (k D, Q)
    inverse, divisor = flint.fmpq_mat(_matrix(closure.basis[:, closure.pivots])).inv().numer_denom()
    sums = np.array((_matrix(shifted[:, closure.pivots]) * inverse).tolist(), dtype=object)
    if max(int(divisor), int(np.abs(sums).max())) ** 2 * len(shifted) * states * size**2 >= 1 << 53:
        return none
    words = np.eye(states)[closure.ends(maps)]  # (k, Q, Q), (f o w) = words f
    equations = int(divisor) * words[:, maps].reshape(-1, states, states)
    equations -= np.tensordot(sums.astype(np.float64), words, axes=1)
    rows = equations.reshape(-1, states)
    # The kernel of a real matrix is that of its Gram matrix.
    return reduced_rows(kernel_rows(_matrix((rows.T @ rows).astype(np.int64))))


def _matrix(values: Integers) -> flint.fmpz_mat:
    return flint.fmpz_mat(values.tolist())
