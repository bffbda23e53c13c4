"""One step of block-diagonal and Householder networks as torch functions, by symbol ids or by features."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.steps import Weights, in_parts, wide


def block_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
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


def block_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return the same with every block weighted by x."""
    blocks = _blocks(weights)

    def step(some: Tensor, states: Tensor) -> Tensor:
        parts = states.split([block.shape[-1] for block in blocks], -1)  # type: ignore[no-untyped-call]
        moved = [torch.einsum("bd,dij,bj->bi", some, block, part) for block, part in zip(blocks, parts, strict=True)]
        return torch.cat(moved, -1)

    return in_parts(step, x, h, sum(block[0].numel() for block in blocks))


def updates_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return h after h <- h + beta (value - <key, h>) key for every update of the symbol in turn."""
    return in_parts(partial(_updated_by, weights), ids, h, weights["key"][0].numel())


def _updated_by(weights: Weights, ids: Tensor, h: Tensor) -> Tensor:
    values = weights["value"][ids] if "value" in weights else None
    return _updated(weights["key"][ids], weights["beta"][ids], values, h)


def updates_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_k x_k times h after the updates of symbol k."""
    return in_parts(partial(_updated_by_all, weights), x, h, weights["key"].numel())


def _updated_by_all(weights: Weights, x: Tensor, h: Tensor) -> Tensor:
    every = h.unsqueeze(-2).expand(-1, x.shape[-1], -1)
    return torch.einsum("bd,bdh->bh", x, _updated(weights["key"], weights["beta"], weights.get("value"), every))


def _updated(
    keys: Float[Tensor, "*B R H"],
    betas: Float[Tensor, "*B R"],
    values: Float[Tensor, "*B R"] | None,
    h: Float[Tensor, "*C H"],
) -> Float[Tensor, "*C H"]:
    adding = wide(h.dtype)
    state, keys, betas = h.to(adding), keys.to(adding), betas.to(adding)
    for place in range(keys.shape[-2]):
        key = keys[..., place, :]
        written = 0 if values is None else values[..., place].to(adding)
        scale = betas[..., place] * (written - (key * state).sum(-1))
        state = state + scale.unsqueeze(-1) * key
    return state.to(h.dtype)


def _blocks(weights: Weights) -> list[Tensor]:
    """Return block.0, block.1, ... in this order."""
    return [weights[f"block.{place}"] for place in range(sum(name.startswith("block.") for name in weights))]
