"""L numbers are multiplied by diagonal[x], then P pairs are turned by [[cosine, -sine], [sine, cosine]]."""

from __future__ import annotations

from functools import partial
from typing import Final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from fsm2rnn.cells.arithmetic import wide
from fsm2rnn.cells.gradients.lines import lines_over_words
from fsm2rnn.cells.gradients.looped import Chain, Looped
from fsm2rnn.cells.structure.recurrence import (
    CellSizes,
    Product,
    Products,
    Recurrence,
    Shapes,
    Weights,
    fill_signs,
    second_axis,
)
from fsm2rnn.proof.stored.structures import Structure


def _lines(sizes: CellSizes) -> int:
    """Return the number L, as few as H allows unless given; the planes are P = (H - L) / 2."""
    return sizes.hidden % 2 if sizes.number is None else sizes.number


def _shapes(sizes: CellSizes) -> Shapes:
    lines = _lines(sizes)
    shapes: Shapes = dict.fromkeys(("cosine", "sine"), (sizes.symbols, (sizes.hidden - lines) // 2))
    return shapes | ({"diagonal": (sizes.symbols, lines)} if lines else {})


def _refuses(sizes: CellSizes) -> str | None:
    if isinstance(sizes.inner, tuple):
        return f"has no block widths, found {sizes.inner}"
    lines = _lines(sizes)
    if 0 <= lines < sizes.hidden and (sizes.hidden - lines) % 2 == 0:
        return None
    return f"has hidden_size - inner twice the number of planes, one at least: {sizes.hidden} - {lines}"


def _initialise(weights: Weights) -> None:
    """Draw an angle for every symbol and plane, uniformly, and signs for the lines."""
    cosine, sine = weights["cosine"], weights["sine"]
    angles = 2 * torch.pi * torch.rand(cosine.shape, device=cosine.device)
    cosine.copy_(angles.cos())
    sine.copy_(angles.sin())
    if "diagonal" in weights:
        fill_signs(weights["diagonal"])


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return the lines multiplied and the planes turned, see `_turned`."""
    factors = weights["diagonal"][ids] if "diagonal" in weights else None
    return _turned(factors, weights["cosine"][ids], weights["sine"][ids], h)


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return lines and planes moved with factors, cosines and sines weighted by x."""
    factors = x @ weights["diagonal"] if "diagonal" in weights else None
    return _turned(factors, x @ weights["cosine"], x @ weights["sine"], h)


def _turned(
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


def _letters(weights: Weights) -> Product:
    """Return the factors of the lines, cosines and sines."""
    cosine = weights["cosine"]
    return weights.get("diagonal", cosine[:, :0]), cosine, weights["sine"]


def _empty(letters: Product) -> Product:
    lines, cosine, sine = (letter[:1] for letter in letters)
    return torch.ones_like(lines), torch.ones_like(cosine), torch.zeros_like(sine)


def _multiply(later: Product, earlier: Product) -> Product:
    """Return the factors multiplied, and (c, s) (u, v) = (c u - s v, s u + c v)."""
    pairs = torch.stack(earlier[1:], -1).flatten(-2)
    both = _turned(None, later[1], later[2], pairs)
    return later[0] * earlier[0], both[..., ::2], both[..., 1::2]


def _apply(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    lines, cosine, sine = product
    return _turned(lines, cosine, sine, h.expand(*cosine.shape[:-1], -1))


def _loops(weights: Weights) -> Looped:
    """Return the chain of lines and planes."""
    return Chain.TURNED, _letters(weights)


def _over_words(weights: Weights, ids: Tensor, h: Tensor, every: int) -> Tensor:
    """Return the states of all steps: planes are numbers c + i s times u + i v."""
    turns = torch.complex(weights["cosine"], weights["sine"])
    lines = h.shape[-1] - 2 * turns.shape[-1]
    pairs = torch.complex(h[:, lines::2], h[:, lines + 1 :: 2])
    if not lines:
        (planes,) = lines_over_words((turns,), ids, (pairs,), every)
        return torch.view_as_real(planes).flatten(-2)
    first, planes = lines_over_words((weights["diagonal"], turns), ids, (h[:, :lines], pairs), every)
    return torch.cat((first, torch.view_as_real(planes).flatten(-2)), -1)


ROTATION: Final = Recurrence(
    "rotation",
    Structure.ROTATION,
    _shapes,
    _initialise,
    _ids,
    _features,
    refuses=_refuses,
    inner=partial(second_axis, "diagonal"),
    products=Products(_letters, _empty, _multiply, _apply),
    loops=_loops,
    over_words=_over_words,
)
