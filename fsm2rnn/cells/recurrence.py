"""h_i = sum_jk W_ijk x_k h_j as torch functions, one structure each: what a cell stores and how it steps.

Only affine-diagonal has an additive term; elsewhere a zero state stays zero.
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
class Sizes:
    """D symbols, H hidden numbers, and R products (factored) or L numbers before the planes (rotation)."""

    symbols: int
    hidden: int
    inner: int | None

    @property
    def rank(self) -> int:
        """The number R, H unless given."""
        return self.hidden if self.inner is None else self.inner

    @property
    def lines(self) -> int:
        """The number L, as few as H allows unless given."""
        return self.hidden % 2 if self.inner is None else self.inner

    @property
    def planes(self) -> int:
        """The number P of planes, H = L + 2 P."""
        return (self.hidden - self.lines) // 2


@final
@dataclass(frozen=True)
class Recurrence:
    """One structure: the shapes of its float weights and index buffers, and a step by ids or features."""

    name: str  # as `structure=` takes it
    stored: str  # as the network file names it
    float_shapes: Callable[[Sizes], dict[str, tuple[int, ...]]]
    index_shapes: Callable[[Sizes], dict[str, tuple[int, ...]]]
    prepare: Callable[[Weights], Weights]
    step_ids: Callable[[Weights, Tensor, Tensor], Tensor]
    step_features: Callable[[Weights, Tensor, Tensor], Tensor]
    inner: str | None = None  # the tensor whose second axis counts R or L


def _dense_by_symbol(weights: Weights) -> Weights:
    """Return A of shape (D, H, H), contiguous per symbol, so that a step reads only its own matrices."""
    return {**weights, "by_symbol": weights["weight"].permute(2, 0, 1).contiguous()}


def _in_parts(
    step: Callable[[Tensor, Tensor], Tensor], x: Tensor, h: Float[Tensor, "B H"], numbers: int
) -> Float[Tensor, "B H"]:
    """Return the step of as many streams at a time as GATHERED allows, where one stream takes `numbers`."""
    streams = max(1, GATHERED // numbers)
    parts = zip(x.split(streams), h.split(streams), strict=True)  # type: ignore[no-untyped-call]
    return torch.cat([step(some, states) for some, states in parts])


def _dense_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h per stream."""

    def step(some: Tensor, states: Tensor) -> Tensor:
        return torch.bmm(weights["by_symbol"][some], states.unsqueeze(-1)).squeeze(-1)

    return _in_parts(step, ids, h, h.shape[-1] ** 2)


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


def _factored_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return U (gates_x * V^T h)."""

    def step(some: Tensor, states: Tensor) -> Tensor:
        return (states @ weights["input_factor"].T * weights["gates"][some]) @ weights["output_factor"].T

    return _in_parts(step, ids, h, weights["gates"].shape[-1])


def _factored_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return U (x gates * V^T h)."""

    def step(some: Tensor, states: Tensor) -> Tensor:
        return (states @ weights["input_factor"].T * (some @ weights["gates"])) @ weights["output_factor"].T

    return _in_parts(step, x, h, weights["gates"].shape[-1])


def _diagonal_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return a_x * h, plus b_x where there is an offset."""
    moved = weights["diagonal"][ids] * h
    return moved + weights["offset"][ids] if "offset" in weights else moved


def _diagonal_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return (x a) * h, plus x b where there is an offset."""
    moved = x @ weights["diagonal"] * h
    return moved + x @ weights["offset"] if "offset" in weights else moved


def _rotation_ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return the lines multiplied and the planes turned, see `_turn`."""
    factors = weights["diagonal"][ids] if "diagonal" in weights else None
    return _turn(factors, weights["cosine"][ids], weights["sine"][ids], h)


def _rotation_features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return the same with factors, cosines and sines weighted by x."""
    factors = x @ weights["diagonal"] if "diagonal" in weights else None
    return _turn(factors, x @ weights["cosine"], x @ weights["sine"], h)


def _turn(
    factors: Float[Tensor, "B L"] | None,
    cosine: Float[Tensor, "B P"],
    sine: Float[Tensor, "B P"],
    h: Float[Tensor, "B H"],
) -> Float[Tensor, "B H"]:
    """Return (factors * lines, c u - s v, s u + c v for every plane (u, v)).

    Short formats are added up in float32 and rounded once: the arithmetic of which their certificates speak.
    """
    lines = 0 if factors is None else factors.shape[-1]
    wide = torch.promote_types(h.dtype, torch.float32)
    c, s = cosine.to(wide), sine.to(wide)
    u, v = h[..., lines::2].to(wide), h[..., lines + 1 :: 2].to(wide)
    turned = torch.stack((c * u - s * v, s * u + c * v), -1).flatten(-2).to(h.dtype)
    return turned if factors is None else torch.cat((factors * h[..., :lines], turned), -1)


def _no_indices(_: Sizes) -> dict[str, tuple[int, ...]]:
    """Return nothing: the structure has no index buffers."""
    return {}


def _rotation_shapes(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("cosine", "sine"), (sizes.symbols, sizes.planes))
    return shapes | ({"diagonal": (sizes.symbols, sizes.lines)} if sizes.lines else {})


RECURRENCES = (
    Recurrence(
        "full",
        "dense",
        lambda sizes: {"weight": (sizes.hidden, sizes.hidden, sizes.symbols)},
        _no_indices,
        _dense_by_symbol,
        _dense_ids,
        _dense_features,
    ),
    Recurrence(
        "pd",
        "column-one-hot",
        lambda sizes: {"diagonal": (sizes.symbols, sizes.hidden)},
        lambda sizes: {"index": (sizes.symbols, sizes.hidden)},
        _unprepared,
        _gather_ids,
        _gather_features,
    ),
    Recurrence(
        "factored",
        "factored",
        lambda sizes: {
            "output_factor": (sizes.hidden, sizes.rank),
            "gates": (sizes.symbols, sizes.rank),
            "input_factor": (sizes.rank, sizes.hidden),
        },
        _no_indices,
        _unprepared,
        _factored_ids,
        _factored_features,
        "gates",
    ),
    Recurrence(
        "diagonal",
        "diagonal",
        lambda sizes: {"diagonal": (sizes.symbols, sizes.hidden)},
        _no_indices,
        _unprepared,
        _diagonal_ids,
        _diagonal_features,
    ),
    Recurrence(
        "affine-diagonal",
        "affine-diagonal",
        lambda sizes: {"diagonal": (sizes.symbols, sizes.hidden), "offset": (sizes.symbols, sizes.hidden)},
        _no_indices,
        _unprepared,
        _diagonal_ids,
        _diagonal_features,
    ),
    Recurrence(
        "rotation",
        "rotation",
        _rotation_shapes,
        _no_indices,
        _unprepared,
        _rotation_ids,
        _rotation_features,
        "diagonal",
    ),
)


def require_sizes(recurrence: Recurrence, sizes: Sizes) -> None:
    """Refuse sizes that a structure does not have, with InputError."""
    message = None
    if min(sizes.symbols, sizes.hidden) < 1:
        message = f"input_size and hidden_size count from 1, found {sizes.symbols} and {sizes.hidden}"
    elif sizes.inner is not None and recurrence.inner is None:
        message = f"structure {recurrence.name!r} has no inner size, found {sizes.inner}"
    elif recurrence.inner == "gates" and sizes.rank < 1:
        message = f"the inner size of structure 'factored' counts from 1, found {sizes.inner}"
    elif recurrence.inner == "diagonal" and (
        sizes.lines < 0 or sizes.planes < 1 or sizes.hidden % 2 != sizes.lines % 2
    ):
        message = f"hidden_size - inner is twice the number of planes, one at least: {sizes.hidden} - {sizes.lines}"
    if message is not None:
        raise InputError(message)


def find_recurrence(name: str) -> Recurrence:
    """Return the recurrence whose structure or stored name is `name`; InputError otherwise."""
    for recurrence in RECURRENCES:
        if name in (recurrence.name, recurrence.stored):
            return recurrence
    message = f"unknown structure {name!r}"
    raise InputError(message, hint=nearest_hint(name, [recurrence.name for recurrence in RECURRENCES]))
