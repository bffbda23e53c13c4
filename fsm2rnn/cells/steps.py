"""One step of each structure as torch functions, by symbol ids or by features.

Only affine structures have an additive term; elsewhere a zero state stays zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import torch
from jaxtyping import Float, Int64
from torch import Tensor

GATHERED = 1 << 24  # numbers of matrices gathered at once
CALLED = 1 << 14  # numbers gathered in the time that it takes to call a matrix product

# The cell's tensors under their state_dict names.
Weights: TypeAlias = Mapping[str, Tensor]


def dense_by_symbol(weights: Weights) -> Weights:
    """Return A of shape (D, H, H), contiguous per symbol, so that a step reads only its own matrices."""
    by_symbol = weights["weight"].permute(2, 0, 1)
    return {**weights, "by_symbol": by_symbol.to(wide(by_symbol.dtype)).contiguous()}


def wide(dtype: torch.dtype) -> torch.dtype:
    """Return the format in which a step adds up: float32 for shorter ones, rounded once per symbol.

    It is the arithmetic of which certificates speak.
    """
    return torch.promote_types(dtype, torch.float32)


def in_parts(
    step: Callable[[Tensor, Tensor], Tensor], x: Tensor, h: Float[Tensor, "B H"], numbers: int
) -> Float[Tensor, "B H"]:
    """Return the step of as many streams at a time as GATHERED allows, where one stream takes `numbers`."""
    streams = max(1, GATHERED // numbers)
    parts = zip(x.split(streams), h.split(streams), strict=True)  # type: ignore[no-untyped-call]
    return torch.cat([step(some, states) for some, states in parts])


def dense_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h per stream, by the way that touches fewer numbers."""
    symbols, size, _ = weights["by_symbol"].shape
    if len(ids) * size**2 < symbols * CALLED:
        return dense_gathered(weights, ids, h)
    return dense_grouped(weights, ids, h)


def dense_gathered(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h with a matrix gathered for each stream."""
    return in_parts(partial(_gathered, weights["by_symbol"]), ids, h, h.shape[-1] ** 2)


def _gathered(by_symbol: Tensor, ids: Tensor, h: Tensor) -> Tensor:
    matrices = by_symbol[ids]
    return torch.bmm(matrices, h.unsqueeze(-1).to(matrices.dtype)).squeeze(-1).to(h.dtype)


def dense_grouped(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h with one matrix product per symbol, for all streams that read it."""
    matrices = weights["by_symbol"]
    rows = ids.argsort().split(ids.bincount(minlength=len(matrices)).tolist())  # type: ignore[no-untyped-call]
    states = h.to(matrices.dtype)
    moved = torch.empty_like(states)
    for some, matrix in zip(rows, matrices, strict=True):
        moved.index_copy_(0, some, states.index_select(0, some) @ matrix.T)
    return moved.to(h.dtype)


def dense_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_jk W_ijk x_k h_j per stream, as torch.nn.Bilinear without bias does."""
    return torch.einsum("ijk,bk,bj->bi", weights["weight"], x, h)


def gather_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return P_x D_x h: coordinate j is scaled and added into coordinate index[x, j]."""
    return moved(weights["index"][ids], weights["diagonal"][ids], h)


def gather_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_k x_k P_k D_k h."""
    adding = wide(h.dtype)
    scaled = x.to(adding).unsqueeze(-1) * weights["diagonal"].to(adding) * h.to(adding).unsqueeze(-2)
    index = weights["index"].expand(len(h), -1, -1)
    return torch.zeros_like(h, dtype=adding).scatter_add(-1, index.flatten(1), scaled.flatten(1)).to(h.dtype)


def moved(
    index: Int64[Tensor, "*B H"], factors: Float[Tensor, "*B H"], h: Float[Tensor, "*#B H"]
) -> Float[Tensor, "*B H"]:
    """Return the sums of factors_j h_j over the j with one index_j, each rounded once."""
    adding = wide(h.dtype)
    scaled = factors.to(adding) * h.to(adding)
    return torch.zeros_like(scaled).scatter_add(-1, index, scaled).to(h.dtype)


def unprepared(weights: Weights) -> Weights:
    """Return the weights as they are: the step reads them directly."""
    return weights


def factored_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return U (gates_x * V^T h)."""
    return in_parts(partial(_factored, weights), ids, h, weights["gates"].shape[-1])


def _factored(weights: Weights, ids: Tensor, h: Tensor) -> Tensor:
    return _through(weights, weights["gates"][ids], h)


def _through(weights: Weights, gates: Tensor, h: Tensor) -> Tensor:
    """Return U (gates * V^T h), added up in the accumulating format and rounded once."""
    adding = wide(h.dtype)
    inner = h.to(adding) @ weights["input_factor"].to(adding).T
    return (inner * gates.to(adding) @ weights["output_factor"].to(adding).T).to(h.dtype)


def factored_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return U (x gates * V^T h)."""

    def step(some: Tensor, states: Tensor) -> Tensor:
        return _through(weights, some @ weights["gates"], states)

    return in_parts(step, x, h, weights["gates"].shape[-1])


def diagonal_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return a_x * h, plus b_x where there is an offset."""
    factors = weights["diagonal"][ids]
    return added(factors, weights["offset"][ids], h) if "offset" in weights else factors * h


def diagonal_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return (x a) * h, plus x b where there is an offset."""
    factors = x @ weights["diagonal"]
    return added(factors, x @ weights["offset"], h) if "offset" in weights else factors * h


def added(
    factors: Float[Tensor, "*B H"], offsets: Float[Tensor, "*B H"], h: Float[Tensor, "*#B H"]
) -> Float[Tensor, "*B H"]:
    """Return factors * h + offsets, rounded once."""
    adding = wide(h.dtype)
    return (factors.to(adding) * h.to(adding) + offsets.to(adding)).to(h.dtype)


def rotation_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return the lines multiplied and the planes turned, see `turned`."""
    factors = weights["diagonal"][ids] if "diagonal" in weights else None
    return turned(factors, weights["cosine"][ids], weights["sine"][ids], h)


def rotation_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return the same with factors, cosines and sines weighted by x."""
    factors = x @ weights["diagonal"] if "diagonal" in weights else None
    return turned(factors, x @ weights["cosine"], x @ weights["sine"], h)


def turned(
    factors: Float[Tensor, "*B L"] | None,
    cosine: Float[Tensor, "*B P"],
    sine: Float[Tensor, "*B P"],
    h: Float[Tensor, "*B H"],
) -> Float[Tensor, "*B H"]:
    """Return (factors * lines, c u - s v, s u + c v for every plane (u, v))."""
    lines = 0 if factors is None else factors.shape[-1]
    adding = wide(h.dtype)
    c, s = cosine.to(adding), sine.to(adding)
    u, v = h[..., lines::2].to(adding), h[..., lines + 1 :: 2].to(adding)
    moved = torch.stack((c * u - s * v, s * u + c * v), -1).flatten(-2).to(h.dtype)
    return moved if factors is None else torch.cat((factors * h[..., :lines], moved), -1)
