"""A_x = weight[:, :, x]: any matrices, in torch.nn.Bilinear's layout."""

from __future__ import annotations

from functools import partial
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.grouped import SELECTED, blocks_over_words
from fsm2rnn.cells.gradients.looped import runs_in_loops
from fsm2rnn.cells.gradients.tiled import NEAR, matrices_over_words
from fsm2rnn.cells.structure.matrix_products import apply_blocks, empty_blocks, multiply_blocks
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Product,
    Products,
    Recurrence,
    Shapes,
    Weights,
    fill_normal,
    in_parts,
)
from fsm2rnn.cells.transforms import knows_values
from fsm2rnn.proof.stored.structures import Structure

CALLED = 1 << 14  # numbers gathered in the time that it takes to call a matrix product


def _shapes(sizes: CellSizes) -> Shapes:
    return {"weight": (sizes.hidden, sizes.hidden, sizes.symbols)}


def _initialise(weights: Weights) -> None:
    """Draw normal numbers of variance 1/H: A_x keeps the mean square length of a state and turns it anywhere.

    Orthogonal matrices, which keep every length, learn worse: a machine that forgets needs other ones.
    """
    weight = weights["weight"]
    fill_normal(weight, len(weight) ** -0.5)


def _by_symbol(weights: Weights) -> Weights:
    """Return A of shape (D, H, H), contiguous per symbol, so that a step reads only its own matrices."""
    by_symbol = weights["weight"].permute(2, 0, 1)
    return {**weights, "by_symbol": by_symbol.to(wide(by_symbol.dtype)).contiguous()}


def dense_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h per stream, A = weights["by_symbol"], by the way that is quicker for the sizes."""
    symbols, size, _ = weights["by_symbol"].shape
    if not knows_values(ids, h) or len(ids) * size**2 < symbols * CALLED:
        return dense_gathered(weights, ids, h)
    return (dense_selected if symbols * size <= SELECTED else dense_grouped)(weights, ids, h)


def dense_gathered(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h with a matrix gathered for each stream."""
    return in_parts(partial(_gathered, weights["by_symbol"]), ids, h, h.shape[-1] ** 2)


def _gathered(by_symbol: Tensor, ids: Tensor, h: Tensor) -> Tensor:
    matrices = by_symbol[ids]
    return torch.bmm(matrices, h.unsqueeze(-1).to(matrices.dtype)).squeeze(-1).to(h.dtype)


def dense_selected(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h of the products with all matrices, in one, that of its own symbol for each stream."""
    matrices = weights["by_symbol"]
    every = torch.mm(h.to(matrices.dtype), matrices.flatten(0, 1).T).view(-1, matrices.shape[1])
    places = torch.arange(len(ids), device=ids.device) * len(matrices)
    return every.index_select(0, places.add_(ids)).to(h.dtype)


def dense_grouped(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h with one matrix product per symbol, for all streams that read it."""
    matrices = weights["by_symbol"]
    rows = ids.argsort().split(ids.bincount(minlength=len(matrices)).tolist())  # type: ignore[no-untyped-call]
    states = h.to(matrices.dtype)
    moved = torch.empty_like(states)
    for some, matrix in zip(rows, matrices, strict=True):
        moved.index_copy_(0, some, states.index_select(0, some) @ matrix.T)
    return moved.to(h.dtype)


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_jk W_ijk x_k h_j per stream, as torch.nn.Bilinear does: A_k h for all k in one product."""
    matrices = weights["by_symbol"]
    every = torch.mm(h.to(matrices.dtype), matrices.flatten(0, 1).T).view(len(h), *matrices.shape[:2])
    return torch.bmm(x.to(matrices.dtype).unsqueeze(1), every).squeeze(1).to(h.dtype)


def _blocks(weights: Weights) -> list[Tensor]:
    return [weights["weight"].permute(2, 0, 1)]


def _letters(weights: Weights) -> Product:
    return tuple(_blocks(weights))


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor:
    """Return the states of all steps, one product per letter, in compiled loops unless the matrices are many."""
    matrices = weights["by_symbol"]
    if runs_in_loops(h) and matrices.numel() <= NEAR:
        return matrices_over_words(matrices, ids, h, every)
    return blocks_over_words(matrices.unsqueeze(1), ids, h, every)


FULL: Final = Recurrence(
    "full",
    Structure.DENSE,
    _shapes,
    _initialise,
    dense_ids,
    _features,
    prepare=_by_symbol,
    products=Products(_letters, empty_blocks, multiply_blocks, apply_blocks),
    blocks=_blocks,
    over_words=_over_words,
)
