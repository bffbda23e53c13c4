"""Products of matrices block by block: B_y B_x for every block, and a product applied to its part of a state."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.structure.recurrence import Product


def empty_blocks(letters: Product) -> Product:
    """Return identities, (1, n, n) each."""
    return tuple(torch.eye(one.shape[-1], dtype=one.dtype, device=one.device).unsqueeze(0) for one in letters)


def multiply_blocks(later: Product, earlier: Product) -> Product:
    """Return the product of every later block with the earlier one, each number rounded once."""
    return tuple(_product(left, right) for left, right in zip(later, earlier, strict=True))


def apply_blocks(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    """Return every block times its part of the state."""
    parts = h.split([block.shape[-1] for block in product])  # type: ignore[no-untyped-call]
    return torch.cat([_product(block, part) for block, part in zip(product, parts, strict=True)], -1)


def _product(left: Tensor, right: Tensor) -> Tensor:
    adding = wide(left.dtype)
    return (left.to(adding) @ right.to(adding)).to(left.dtype)
