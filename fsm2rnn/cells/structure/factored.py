"""A_x = output diag(gates[x]) input: one pair of factors for all symbols, not closed under products."""

from __future__ import annotations

from functools import partial
from typing import Final

from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.gated import gated_over_words
from fsm2rnn.cells.gradients.looped import runs_in_loops
from fsm2rnn.cells.gradients.tiled import factors_over_words
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Recurrence,
    Shapes,
    Weights,
    counts_from_one,
    fill_normal,
    fill_orthogonal,
    in_parts,
    rows_of,
    second_axis,
)
from fsm2rnn.proof.stored.structures import Structure


def _shapes(sizes: CellSizes) -> Shapes:
    rank = sizes.hidden if sizes.number is None else sizes.number
    return {
        "output_factor": (sizes.hidden, rank),
        "gates": (sizes.symbols, rank),
        "input_factor": (rank, sizes.hidden),
    }


def _initialise(weights: Weights) -> None:
    """Draw orthonormal factors and normal gates.

    The greater of H and R over the lesser is put on the output factor, as a square root: else a state would lose what
    one of two factors that are not square takes away at every step.
    """
    output = weights["output_factor"]
    fill_orthogonal(output, (max(output.shape) / min(output.shape)) ** 0.5)
    fill_orthogonal(weights["input_factor"])
    fill_normal(weights["gates"])


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return U (gates_x * V^T h)."""
    return in_parts(partial(_gated, weights), ids, h, weights["gates"].shape[-1])


def _gated(weights: Weights, ids: Tensor, h: Tensor) -> Tensor:
    return _through(weights, weights["gates"][ids], h)


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return U (x gates * V^T h)."""
    return in_parts(partial(_mixed, weights), x, h, weights["gates"].shape[-1])


def _mixed(weights: Weights, x: Tensor, h: Tensor) -> Tensor:
    return _through(weights, x @ weights["gates"], h)


def _through(weights: Weights, gates: Tensor, h: Tensor) -> Tensor:
    """Return U (gates * V^T h), added up in the accumulating format and rounded once."""
    adding = wide(h.dtype)
    inner = h.to(adding) @ weights["input_factor"].to(adding).T
    return (inner * gates.to(adding) @ weights["output_factor"].to(adding).T).to(h.dtype)


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor:
    """Return the states of all steps."""
    output, given = weights["output_factor"], weights["input_factor"]
    if runs_in_loops(h):
        return factors_over_words(weights["gates"], output, given, ids, h, every)
    return gated_over_words(rows_of(weights["gates"], ids), output, given, h, every)


FACTORED: Final = Recurrence(
    "factored",
    Structure.FACTORED,
    _shapes,
    _initialise,
    _ids,
    _features,
    refuses=counts_from_one,
    inner=partial(second_axis, "gates"),
    over_words=_over_words,
)
