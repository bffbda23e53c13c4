"""A_x e_j = diagonal[x, j] e_index[x, j]: every number is scaled and moved; numbers that meet add up."""

from __future__ import annotations

from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.looped import Chain, Looped
from fsm2rnn.cells.gradients.moved import moved_over_words
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Product,
    Products,
    Recurrence,
    Shapes,
    Weights,
    fill_signs,
    rows_of,
)
from fsm2rnn.errors import InputError
from fsm2rnn.proof.stored.structures import Structure


def _factor_shapes(sizes: CellSizes) -> Shapes:
    return {"diagonal": (sizes.symbols, sizes.hidden)}


def _index_shapes(sizes: CellSizes) -> Shapes:
    return {"index": (sizes.symbols, sizes.hidden)}


def _initialise(weights: Weights) -> None:
    """Draw a permutation and signs for every symbol: of random maps a long word would leave hardly a number."""
    index = weights["index"]
    index.copy_(torch.rand(index.shape, device=index.device).argsort(-1))
    fill_signs(weights["diagonal"])


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return P_x D_x h: coordinate j is scaled and added into coordinate index[x, j]."""
    return _moved(weights["index"][ids], weights["diagonal"][ids], h)


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_k x_k P_k D_k h."""
    adding = wide(h.dtype)
    scaled = x.to(adding).unsqueeze(-1) * weights["diagonal"].to(adding) * h.to(adding).unsqueeze(-2)
    index = weights["index"].expand(len(h), -1, -1)
    return torch.zeros_like(h, dtype=adding).scatter_add(-1, index.flatten(1), scaled.flatten(1)).to(h.dtype)


def _moved(
    index: Int64[Tensor, "*B H"], factors: Float[Tensor, "*B H"], h: Float[Tensor, "*#B H"]
) -> Float[Tensor, "*B H"]:
    """Return the sums of factors_j h_j over the j with one index_j, each rounded once."""
    adding = wide(h.dtype)
    scaled = factors.to(adding) * h.to(adding)
    return torch.zeros_like(scaled).scatter_add(-1, index, scaled).to(h.dtype)


def _letters(weights: Weights) -> Product:
    """Return where every number goes, and its factor."""
    return weights["index"], weights["diagonal"]


def _empty(letters: Product) -> Product:
    index, factors = letters
    return torch.arange(index.shape[-1], device=index.device).unsqueeze(0), torch.ones_like(factors[:1])


def _multiply(later: Product, earlier: Product) -> Product:
    (index, factors), (first, scaled) = later, earlier
    first, scaled = first.expand(index.shape), scaled.expand(index.shape)
    return index.gather(-1, first), factors.gather(-1, first) * scaled


def _apply(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    index, factors = product
    return _moved(index, factors, h)


def _loops(weights: Weights) -> Looped:
    """Return the chain of moved numbers."""
    return Chain.MOVED, (_inside(weights["index"]), weights["diagonal"])


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor:
    """Return the states of all steps."""
    index = weights["index"].index_select(0, ids.T.flatten()).view(*ids.T.shape, -1)
    return moved_over_words(index, rows_of(weights["diagonal"], ids), h, every)


def _inside(index: Tensor) -> Tensor:
    """Return places of numbers as they are; InputError where one of them is no place."""
    least, most, hidden = int(index.min()), int(index.max()), index.shape[-1]
    if not 0 <= least <= most < hidden:
        message = f"a number is moved to a place outside 0..{hidden - 1}: {least}..{most}"
        raise InputError(message)
    return index


MOVING: Final = Recurrence(
    "pd",
    Structure.COLUMN_ONE_HOT,
    _factor_shapes,
    _initialise,
    _ids,
    _features,
    index_shapes=_index_shapes,
    products=Products(_letters, _empty, _multiply, _apply),
    loops=_loops,
    over_words=_over_words,
)
