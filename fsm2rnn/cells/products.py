"""A_y A_x in the structure of A_x: what a scan multiplies, one structure each, and the product applied to a state.

A product is a tuple of tensors with leading axes of its own, and like a step it is added up in the accumulating format
and rounded once. Structures that are not closed under products, factors and updates, have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import torch
from jaxtyping import Float
from torch import Tensor

from fsm2rnn.cells.steps import Weights, added, moved, turned, wide

Product: TypeAlias = tuple[Tensor, ...]  # each (*B, ...)


@final
@dataclass(frozen=True)
class Products:
    """The letters (D, ...) of a structure, the empty product, a later times an earlier one, and one times a state."""

    letters: Callable[[Weights], Product]
    empty: Callable[[Product], Product]  # of letters, (1, ...)
    multiply: Callable[[Product, Product], Product]
    apply: Callable[[Product, Tensor], Tensor]  # to (H,), giving (*B, H)


def _block_letters(weights: Weights) -> Product:
    return tuple(weights[f"block.{place}"] for place in range(sum(name.startswith("block.") for name in weights)))


def _empty_blocks(letters: Product) -> Product:
    return tuple(torch.eye(one.shape[-1], dtype=one.dtype, device=one.device).unsqueeze(0) for one in letters)


def _multiply_blocks(later: Product, earlier: Product) -> Product:
    return tuple(_product(left, right) for left, right in zip(later, earlier, strict=True))


def _apply_blocks(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    parts = h.split([block.shape[-1] for block in product])  # type: ignore[no-untyped-call]
    return torch.cat([_product(block, part) for block, part in zip(product, parts, strict=True)], -1)


def _product(left: Tensor, right: Tensor) -> Tensor:
    adding = wide(left.dtype)
    return (left.to(adding) @ right.to(adding)).to(left.dtype)


def _lines(weights: Weights) -> Product:
    """Return factors and offsets; a line without an additive term is never off zero."""
    factors = weights["diagonal"]
    return factors, weights.get("offset", torch.zeros_like(factors))


def _empty_lines(letters: Product) -> Product:
    return torch.ones_like(letters[0][:1]), torch.zeros_like(letters[1][:1])


def _multiply_lines(later: Product, earlier: Product) -> Product:
    (factors, offsets), (first, shifted) = later, earlier
    return factors * first, added(factors, offsets, shifted)


def _apply_line(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    factors, offsets = product
    return added(factors, offsets, h)


def _planes(weights: Weights) -> Product:
    """Return the factors of the lines, cosines and sines."""
    cosine = weights["cosine"]
    return weights.get("diagonal", cosine[:, :0]), cosine, weights["sine"]


def _empty_planes(letters: Product) -> Product:
    lines, cosine, sine = (letter[:1] for letter in letters)
    return torch.ones_like(lines), torch.ones_like(cosine), torch.zeros_like(sine)


def _multiply_planes(later: Product, earlier: Product) -> Product:
    """Return the factors multiplied, and (c, s) (u, v) = (c u - s v, s u + c v)."""
    pairs = torch.stack(earlier[1:], -1).flatten(-2)
    both = turned(None, later[1], later[2], pairs)
    return later[0] * earlier[0], both[..., ::2], both[..., 1::2]


def _apply_planes(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    lines, cosine, sine = product
    return turned(lines, cosine, sine, h.expand(*cosine.shape[:-1], -1))


def _maps(weights: Weights) -> Product:
    """Return where every number goes, and its factor."""
    return weights["index"], weights["diagonal"]


def _empty_maps(letters: Product) -> Product:
    index, factors = letters
    return torch.arange(index.shape[-1], device=index.device).unsqueeze(0), torch.ones_like(factors[:1])


def _multiply_maps(later: Product, earlier: Product) -> Product:
    (index, factors), (first, scaled) = later, earlier
    first, scaled = first.expand(index.shape), scaled.expand(index.shape)
    return index.gather(-1, first), factors.gather(-1, first) * scaled


def _apply_map(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    index, factors = product
    return moved(index, factors, h)


BLOCKS: Final = Products(_block_letters, _empty_blocks, _multiply_blocks, _apply_blocks)
LINES: Final = Products(_lines, _empty_lines, _multiply_lines, _apply_line)
PRODUCTS: Final[dict[str, Products]] = {
    "dense": Products(
        lambda weights: (weights["weight"].permute(2, 0, 1),), _empty_blocks, _multiply_blocks, _apply_blocks
    ),
    "block-diagonal": BLOCKS,
    "diagonal": LINES,
    "affine-diagonal": LINES,
    "rotation": Products(_planes, _empty_planes, _multiply_planes, _apply_planes),
    "column-one-hot": Products(_maps, _empty_maps, _multiply_maps, _apply_map),
}
"""By the structure's name in a network file."""
