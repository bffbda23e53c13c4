"""The compiled loop of each structure that is not made of blocks, and the arrays that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.loops.structure_steps import (
    diagonal_steps,
    factored_steps,
    moving_steps,
    turning_steps,
    updating_steps,
)

WIDEST: Final = 256  # numbers of a block, from which a library's matrix product is faster
Arrays: TypeAlias = Mapping[str, npt.NDArray[Any]]
Loop: TypeAlias = tuple[Callable[..., None], list[npt.NDArray[Any]]]


def _diagonal(weights: Arrays) -> Loop:
    factors = weights["diagonal"]
    return diagonal_steps, [factors, weights.get("offset", np.zeros_like(factors))]


def _rotation(weights: Arrays) -> Loop:
    cosine, sine = weights["cosine"], weights["sine"]
    lines = weights.get("diagonal", np.zeros((len(cosine), 0), dtype=cosine.dtype))
    return turning_steps, [lines, cosine, sine]


def _column_one_hot(weights: Arrays) -> Loop:
    return moving_steps, [weights["index"], weights["diagonal"]]


def _householder(weights: Arrays) -> Loop:
    betas = weights["beta"]
    return updating_steps, [weights["key"], betas, weights.get("value", np.zeros_like(betas))]


def _factored(weights: Arrays) -> Loop | None:
    """Return the loop, None for factors so wide that a library's product is faster."""
    if weights["output_factor"].size > WIDEST**2:
        return None
    return factored_steps, [weights[name] for name in ("output_factor", "gates", "input_factor")]


# A structure that is missing here runs as blocks where its recurrence has some, and by torch otherwise.
LOOPS: Final[Mapping[Structure, Callable[[Arrays], Loop | None]]] = {
    Structure.DIAGONAL: _diagonal,
    Structure.AFFINE_DIAGONAL: _diagonal,
    Structure.ROTATION: _rotation,
    Structure.COLUMN_ONE_HOT: _column_one_hot,
    Structure.HOUSEHOLDER: _householder,
    Structure.FACTORED: _factored,
}
