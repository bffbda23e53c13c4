"""h <- diagonal[x] * h, plus offset[x] where the structure is affine: every number by itself."""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.lines import affine_over_words, lines_over_words
from fsm2rnn.cells.gradients.looped import Chain, Looped
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Product,
    Products,
    Recurrence,
    Shapes,
    Weights,
    fill_signs,
)
from fsm2rnn.proof.stored.structures import Structure


def _shapes(sizes: CellSizes) -> Shapes:
    return {"diagonal": (sizes.symbols, sizes.hidden)}


def _affine_shapes(sizes: CellSizes) -> Shapes:
    return dict.fromkeys(("diagonal", "offset"), (sizes.symbols, sizes.hidden))


def _initialise(weights: Weights) -> None:
    """Draw signs, and no offsets: every length is kept, and both characters of a line are there to begin with."""
    fill_signs(weights["diagonal"])
    if "offset" in weights:
        weights["offset"].zero_()


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return a_x * h, plus b_x where there is an offset."""
    factors = weights["diagonal"][ids]
    return _added(factors, weights["offset"][ids], h) if "offset" in weights else factors * h


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return (x a) * h, plus x b where there is an offset."""
    factors = x @ weights["diagonal"]
    return _added(factors, x @ weights["offset"], h) if "offset" in weights else factors * h


def _added(
    factors: Float[Tensor, "*B H"], offsets: Float[Tensor, "*B H"], h: Float[Tensor, "*#B H"]
) -> Float[Tensor, "*B H"]:
    """Return factors * h + offsets, rounded once."""
    adding = wide(h.dtype)
    return (factors.to(adding) * h.to(adding) + offsets.to(adding)).to(h.dtype)


def _letters(weights: Weights) -> Product:
    """Return factors and offsets; a line without an additive term is never off zero."""
    factors = weights["diagonal"]
    return factors, weights.get("offset", torch.zeros_like(factors))


def _empty(letters: Product) -> Product:
    return torch.ones_like(letters[0][:1]), torch.zeros_like(letters[1][:1])


def _multiply(later: Product, earlier: Product) -> Product:
    (factors, offsets), (first, shifted) = later, earlier
    return factors * first, _added(factors, offsets, shifted)


def _apply(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    factors, offsets = product
    return _added(factors, offsets, h)


def _loops(weights: Weights) -> Looped:
    """Return the chain of lines."""
    factors = weights["diagonal"]
    return (Chain.SHIFTED, (factors, weights["offset"])) if "offset" in weights else (Chain.SCALED, (factors,))


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor:
    """Return the states of all steps; with an offset there are no scales."""
    factors = weights["diagonal"]
    if "offset" in weights:
        return affine_over_words(factors, weights["offset"], ids, h)
    (states,) = lines_over_words((factors,), ids, (h,), every)
    return states


LINES: Final = Products(_letters, _empty, _multiply, _apply)
DIAGONAL: Final = Recurrence(
    "diagonal",
    Structure.DIAGONAL,
    _shapes,
    _initialise,
    _ids,
    _features,
    products=LINES,
    loops=_loops,
    over_words=_over_words,
)
AFFINE_DIAGONAL: Final = Recurrence(
    "affine-diagonal",
    Structure.AFFINE_DIAGONAL,
    _affine_shapes,
    _initialise,
    _ids,
    _features,
    products=LINES,
    loops=_loops,
    over_words=_over_words,
    affine=True,
)
