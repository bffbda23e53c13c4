"""A_x has the blocks block.k[x] on its diagonal, each (n_k, n_k) with a width of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.grouped import blocks_over_words
from fsm2rnn.cells.structure.matrix_products import apply_blocks, empty_blocks, multiply_blocks
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Inner,
    Product,
    Products,
    Recurrence,
    Shapes,
    Weights,
    fill_orthogonal,
    in_parts,
)
from fsm2rnn.proof.stored.block_names import block_name, block_names
from fsm2rnn.proof.stored.structures import Structure

PADDED: Final = 4  # zeros beside narrow blocks cost up to the square of it; beyond, blocks of one width are far apart


def _widths(sizes: CellSizes) -> tuple[int, ...]:
    """Return the widths of the blocks: those given, or equal ones; one block unless given."""
    if isinstance(sizes.inner, tuple):
        return sizes.inner
    width = sizes.hidden if sizes.inner is None else sizes.inner
    return (width,) * (sizes.hidden // width) if width > 0 else ()


def _shapes(sizes: CellSizes) -> Shapes:
    return {block_name(place): (sizes.symbols, width, width) for place, width in enumerate(_widths(sizes))}


def _refuses(sizes: CellSizes) -> str | None:
    widths = _widths(sizes)
    if min(widths, default=0) > 0 and sum(widths) == sizes.hidden:
        return None
    return f"has widths of blocks that add up to hidden_size: {sizes.inner} and {sizes.hidden}"


def _inner(shapes: Mapping[str, Sequence[int]]) -> Inner:
    return tuple(shapes[name][1] for name in block_names(shapes))


def _initialise(weights: Weights) -> None:
    """Draw orthogonal blocks: no block outgrows the others, where one state is divided by one norm."""
    for block in _blocks(weights):
        for matrix in block:
            fill_orthogonal(matrix)


def _blocks(weights: Weights) -> list[Tensor]:
    return [weights[name] for name in block_names(weights)]


def _letters(weights: Weights) -> Product:
    return tuple(_blocks(weights))


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return every block of A_x times its part of h."""
    blocks = _blocks(weights)
    return in_parts(partial(_multiplied, blocks), ids, h, sum(block.shape[-1] ** 2 for block in blocks))


def _multiplied(blocks: Sequence[Tensor], ids: Tensor, h: Tensor) -> Tensor:
    adding = wide(h.dtype)
    parts = h.to(adding).split([block.shape[-1] for block in blocks], -1)  # type: ignore[no-untyped-call]
    moved = [
        torch.bmm(block[ids].to(adding), part.unsqueeze(-1)).squeeze(-1)
        for block, part in zip(blocks, parts, strict=True)
    ]
    return torch.cat(moved, -1).to(h.dtype)


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return every block weighted by x times its part of h."""
    blocks = _blocks(weights)
    return in_parts(partial(_mixed, blocks), x, h, sum(block[0].numel() for block in blocks))


def _mixed(blocks: Sequence[Tensor], x: Tensor, h: Tensor) -> Tensor:
    parts = h.split([block.shape[-1] for block in blocks], -1)  # type: ignore[no-untyped-call]
    moved = [torch.einsum("bd,dij,bj->bi", x, block, part) for block, part in zip(blocks, parts, strict=True)]
    return torch.cat(moved, -1)


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor | None:
    """Return the states of all steps; narrower blocks are padded to the widest, unless that takes PADDED times H."""
    blocks = _blocks(weights)
    widths = [block.shape[-1] for block in blocks]
    widest = max(widths)
    if len(blocks) * widest > PADDED * sum(widths):
        return None
    padded = [nn.functional.pad(block, (0, widest - block.shape[-1]) * 2) for block in blocks]
    places = torch.cat([torch.arange(width) + place * widest for place, width in enumerate(widths)]).to(h.device)
    states = h.new_zeros(len(h), len(blocks) * widest).index_copy(1, places, h)
    return blocks_over_words(torch.stack(padded, 1), ids, states, every).index_select(2, places)


BLOCK_DIAGONAL: Final = Recurrence(
    "block-diagonal",
    Structure.BLOCK_DIAGONAL,
    _shapes,
    _initialise,
    _ids,
    _features,
    refuses=_refuses,
    inner=_inner,
    products=Products(_letters, empty_blocks, multiply_blocks, apply_blocks),
    blocks=_blocks,
    over_words=_over_words,
)
