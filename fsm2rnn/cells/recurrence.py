"""h_i = sum_jk W_ijk x_k h_j as torch functions, one structure each: what a cell stores and how it steps.

No additive term anywhere: a zero state stays zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import nearest_hint

GATHERED = 1 << 24  # numbers of matrices gathered at once

# The cell's tensors under their state_dict names.
Weights: TypeAlias = Mapping[str, Tensor]


@final
@dataclass(frozen=True)
class Recurrence:
    """One structure: `shapes(D, H)` of its float weights, of its index buffers, and a step by ids or features."""

    name: str  # as `structure=` takes it
    stored: str  # as the network file names it
    float_shapes: Callable[[int, int], dict[str, tuple[int, ...]]]
    index_shapes: Callable[[int, int], dict[str, tuple[int, ...]]]
    prepare: Callable[[Weights], Weights]
    step_ids: Callable[[Weights, Tensor, Tensor], Tensor]
    step_features: Callable[[Weights, Tensor, Tensor], Tensor]


def _dense_by_symbol(weights: Weights) -> Weights:
    """Return A of shape (D, H, H), contiguous per symbol, so that a step reads only its own matrices."""
    return {**weights, "by_symbol": weights["weight"].permute(2, 0, 1).contiguous()}


def _dense_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h per stream; matrices are gathered for as many streams at a time as GATHERED numbers allow."""
    streams = max(1, GATHERED // h.shape[-1] ** 2)
    parts = zip(ids.split(streams), h.unsqueeze(-1).split(streams), strict=True)  # type: ignore[no-untyped-call]
    return torch.cat([torch.bmm(weights["by_symbol"][some], states) for some, states in parts]).squeeze(-1)


def _dense_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_jk W_ijk x_k h_j per stream, as torch.nn.Bilinear without bias does."""
    return torch.einsum("ijk,bk,bj->bi", weights["weight"], x, h)


def _gather_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return P_x D_x h: coordinate j is scaled and added into coordinate index[x, j]."""
    return torch.zeros_like(h).scatter_add(-1, weights["index"][ids], weights["diagonal"][ids] * h)


def _gather_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_k x_k P_k D_k h."""
    scaled = x.unsqueeze(-1) * weights["diagonal"] * h.unsqueeze(-2)
    index = weights["index"].expand(len(h), -1, -1)
    return torch.zeros_like(h).scatter_add(-1, index.flatten(1), scaled.flatten(1))


def _unprepared(weights: Weights) -> Weights:
    """Return the weights as they are: the step reads them directly."""
    return weights


RECURRENCES = (
    Recurrence(
        "full",
        "dense",
        lambda symbols, size: {"weight": (size, size, symbols)},
        lambda _symbols, _size: {},
        _dense_by_symbol,
        _dense_ids,
        _dense_features,
    ),
    Recurrence(
        "pd",
        "column-one-hot",
        lambda symbols, size: {"diagonal": (symbols, size)},
        lambda symbols, size: {"index": (symbols, size)},
        _unprepared,
        _gather_ids,
        _gather_features,
    ),
)


def find_recurrence(name: str) -> Recurrence:
    """Return the recurrence whose structure or stored name is `name`; InputError otherwise."""
    for recurrence in RECURRENCES:
        if name in (recurrence.name, recurrence.stored):
            return recurrence
    message = f"unknown structure {name!r}"
    raise InputError(message, hint=nearest_hint(name, [recurrence.name for recurrence in RECURRENCES]))
