"""A_x = output diag(gates[x]) input: one pair of factors for all symbols; products of letters are matrices."""

from __future__ import annotations

from functools import partial
from typing import Final

from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.gated import gated_over_words
from fsm2rnn.cells.gradients.looped import runs_in_loops
from fsm2rnn.cells.gradients.tiled import NEAR, factors_over_words, matrices_over_words
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
from fsm2rnn.cells.structure.stepped_matrices import stepped_products
from fsm2rnn.proof.stored.structures import Structure

READ: Final = 2  # states multiplied by a matrix in the time that it takes to read it


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
    """Return the states of all steps, in compiled loops through both factors or by one matrix per letter."""
    output, given, gates = weights["output_factor"], weights["input_factor"], weights["gates"]
    if not runs_in_loops(h):
        return gated_over_words(rows_of(gates, ids), output, given, h, every)
    if goes_by_matrices(len(gates), *output.shape, *ids.shape):
        return matrices_over_words((output * gates.unsqueeze(1)) @ given, ids, h, every)
    return factors_over_words(gates, output, given, ids, h, every)


def goes_by_matrices(letters: int, hidden: int, rank: int, streams: int, steps: int) -> bool:
    """Tell whether words cost less by the matrices U diag(g_x) V, made once, than through U and V at every step.

    Multiplications forward, of which there are twice as many backward: B T R (R + H) through the factors, since V U is
    one matrix; D H H R to make the matrices, and H H for each state, and READ more for each letter of a step.
    """
    made = letters * hidden**2
    rows = steps * (streams + READ * min(letters, streams))
    return made <= NEAR and made * rank + rows * hidden**2 < steps * streams * rank * (rank + hidden)


FACTORED: Final = Recurrence(
    "factored",
    Structure.FACTORED,
    _shapes,
    _initialise,
    _ids,
    _features,
    refuses=counts_from_one,
    inner=partial(second_axis, "gates"),
    products=stepped_products(_ids, "gates"),
    over_words=_over_words,
)
