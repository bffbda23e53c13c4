"""h <- h + beta (value - <key, h>) key for every update of the symbol in turn; products of letters are matrices."""

from __future__ import annotations

from functools import partial
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.looped import Chain, Looped
from fsm2rnn.cells.gradients.updated import updated_over_words
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Recurrence,
    Shapes,
    Weights,
    counts_from_one,
    in_parts,
    rows_of,
    second_axis,
)
from fsm2rnn.cells.structure.stepped_matrices import stepped_products
from fsm2rnn.proof.stored.structures import Structure


def _shapes(sizes: CellSizes) -> Shapes:
    updates = 1 if sizes.number is None else sizes.number
    return {"key": (sizes.symbols, updates, sizes.hidden), "beta": (sizes.symbols, updates)}


def _affine_shapes(sizes: CellSizes) -> Shapes:
    shapes = _shapes(sizes)
    return shapes | {"value": shapes["beta"]}


def _initialise(weights: Weights) -> None:
    """Draw unit keys of any direction; every update is a reflection, and writes nothing."""
    key = weights["key"]
    key.copy_(nn.functional.normalize(torch.randn(key.shape, device=key.device), dim=-1))
    weights["beta"].fill_(2.0)
    if "value" in weights:
        weights["value"].zero_()


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return h after every update of the symbol in turn."""
    return in_parts(partial(_updated_by, weights), ids, h, weights["key"][0].numel())


def _updated_by(weights: Weights, ids: Tensor, h: Tensor) -> Tensor:
    values = weights["value"][ids] if "value" in weights else None
    return _updated(weights["key"][ids], weights["beta"][ids], values, h)


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
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


def _loops(weights: Weights) -> Looped:
    """Return the chain of updates; what is not written is zero."""
    written = weights["value"] if "value" in weights else torch.zeros_like(weights["beta"])
    return Chain.UPDATED, (weights["key"], weights["beta"], written)


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor:
    """Return the states of all steps."""
    keys, betas = rows_of(weights["key"], ids), rows_of(weights["beta"], ids)
    values = rows_of(weights["value"], ids) if "value" in weights else torch.zeros_like(betas)
    return updated_over_words(keys, betas, values, h, every)


HOUSEHOLDER: Final = Recurrence(
    "householder",
    Structure.HOUSEHOLDER,
    _shapes,
    _initialise,
    _ids,
    _features,
    refuses=counts_from_one,
    inner=partial(second_axis, "beta"),
    products=stepped_products(_ids, "beta"),
    loops=_loops,
    over_words=_over_words,
)
AFFINE_HOUSEHOLDER: Final = Recurrence(
    "affine-householder",
    Structure.HOUSEHOLDER,
    _affine_shapes,
    _initialise,
    _ids,
    _features,
    refuses=counts_from_one,
    inner=partial(second_axis, "beta"),
    products=stepped_products(_ids, "beta"),
    loops=_loops,
    over_words=_over_words,
    mark="value",
    affine=True,
)
