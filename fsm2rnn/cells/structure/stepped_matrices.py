"""A_x e_j for every unit vector: letters stored as factors or updates, made the matrices that a scan multiplies.

Theorem B (3) of `proof.rounding.scan_order` bounds what that rounds by. A state that ends in a constant is one number
longer in the matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor

from fsm2rnn.cells.structure.exact_matrices import apply_with_constant
from fsm2rnn.cells.structure.matrix_products import empty_blocks, multiply_blocks
from fsm2rnn.cells.structure.recurrence import Product, Products, Weights

Step: TypeAlias = Callable[[Weights, Tensor, Tensor], Tensor]  # weights, ids (B,), states (B, H) -> (B, H)


def stepped_products(step: Step, first: str) -> Products:
    """Return how letters multiply, given their step and the name of a tensor with an axis of symbols first."""
    return Products(partial(_letters, step, first), empty_blocks, multiply_blocks, apply_with_constant)


def _letters(step: Step, first: str, weights: Weights) -> Product:
    """Return the matrices (D, H, H), or (D, H + 1, H + 1) where values are written."""
    start, count = weights["initial_state"], len(weights[first])
    symbols, size = torch.arange(count, device=start.device), len(start)
    units = torch.eye(size, device=start.device).to(start.dtype).repeat(count, 1)
    linear = {**weights, "value": torch.zeros_like(weights["value"])} if "value" in weights else weights
    columns = step(linear, symbols.repeat_interleave(size), units).reshape(count, size, size).transpose(1, 2)
    if "value" not in weights:
        return (columns.contiguous(),)
    written = step(weights, symbols, torch.zeros_like(units[:1]).expand(count, -1))
    last = torch.zeros(count, 1, size + 1, device=start.device)
    last[..., -1] = 1
    return (torch.cat([torch.cat([columns, written.unsqueeze(2)], 2), last.to(start.dtype)], 1),)
