"""Recurrence: what a cell stores in one structure, and how it steps; Products: what a scan multiplies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.gradients.looped import Looped
from fsm2rnn.errors import InputError
from fsm2rnn.proof.stored.structures import Structure

GATHERED = 1 << 24  # numbers of matrices gathered at once

# The cell's tensors under their state_dict names.
Weights: TypeAlias = Mapping[str, Tensor]
Shapes: TypeAlias = dict[str, tuple[int, ...]]
Inner: TypeAlias = int | tuple[int, ...] | None
Product: TypeAlias = tuple[Tensor, ...]  # each (*B, ...)


@final
@dataclass(frozen=True)
class CellSizes:
    """D symbols, H hidden numbers, and what else a structure counts.

    R products (factored), L numbers before the planes (rotation), R updates per symbol (householder), the widths of
    the blocks, or one width of all (block-diagonal).
    """

    symbols: int
    hidden: int
    inner: Inner

    @property
    def number(self) -> int | None:
        """The inner size where it is one number."""
        return self.inner if isinstance(self.inner, int) else None


@final
@dataclass(frozen=True)
class Products:
    """The letters (D, ...) of a structure, the empty product, a later times an earlier one, and one times a state.

    A product is a tuple of tensors with leading axes of its own, and like a step it is added up in the accumulating
    format and rounded once.
    """

    letters: Callable[[Weights], Product]
    empty: Callable[[Product], Product]  # of letters, (1, ...)
    multiply: Callable[[Product, Product], Product]
    apply: Callable[[Product, Tensor], Tensor]  # to (H,), giving (*B, H)


def _no_shapes(_: CellSizes) -> Shapes:
    """Return nothing: the structure has no index buffers."""
    return {}


def _as_they_are(weights: Weights) -> Weights:
    """Return the weights: the step reads them directly."""
    return weights


def _no_blocks(_: Weights) -> list[Tensor]:
    """Return nothing: the structure is not made of blocks."""
    return []


def _step_by_step(_: Weights, __: Tensor, ___: Tensor, ____: int) -> None:
    """Return nothing: words are read symbol by symbol."""


def _no_loops(_: Weights) -> None:
    """Return nothing: there is no chain of the structure among those that have loops."""


def _no_inner_size(sizes: CellSizes) -> str | None:
    return None if sizes.inner is None else f"has no inner size, found {sizes.inner}"


def _no_inner(_: Mapping[str, Sequence[int]]) -> Inner:
    return None


@final
@dataclass(frozen=True)
class Recurrence:
    """One structure of a cell: the shapes of its float weights and index buffers, and a step by ids or features.

    `initialise` fills the tensors of a new cell, which are empty; `refuses` says what is wrong with sizes, and `inner`
    reads the inner size from the shapes of stored tensors. `products` is what a scan multiplies, and `blocks` gives the
    blocks (D, n, n) of matrices that are made of them. `loops` gives the chain by which whole words are read on the CPU
    where it has compiled loops; `over_words` takes ids (B, T), T > 0, states (B, H) and after how many steps a state is
    scaled (see cells.gradients), and returns (T, B, H), whose gradients are quick, or None for sizes that are better
    read step by step.
    """

    name: str  # as `structure=` takes it
    structure: Structure  # as the network file names it
    float_shapes: Callable[[CellSizes], Shapes]
    initialise: Callable[[Weights], None]
    step_ids: Callable[[Weights, Tensor, Tensor], Tensor]
    step_features: Callable[[Weights, Tensor, Tensor], Tensor]
    products: Products
    index_shapes: Callable[[CellSizes], Shapes] = _no_shapes
    prepare: Callable[[Weights], Weights] = _as_they_are
    refuses: Callable[[CellSizes], str | None] = _no_inner_size
    inner: Callable[[Mapping[str, Sequence[int]]], Inner] = _no_inner
    blocks: Callable[[Weights], list[Tensor]] = _no_blocks
    mark: str | None = None  # the tensor that tells it from another recurrence of the same structure
    loops: Callable[[Weights], Looped | None] = _no_loops
    over_words: Callable[[Weights, Tensor, Tensor, int], Tensor | None] = _step_by_step
    affine: bool = False  # h is moved by more than a matrix, and scaled states go elsewhere

    def require_sizes(self, sizes: CellSizes) -> None:
        """Refuse sizes that the structure does not have, with InputError."""
        if min(sizes.symbols, sizes.hidden) < 1:
            message = f"input_size and hidden_size count from 1, found {sizes.symbols} and {sizes.hidden}"
            raise InputError(message)
        refused = self.refuses(sizes)
        if refused is not None:
            message = f"structure {self.name!r} {refused}"
            raise InputError(message)


def rows_of(table: Tensor, ids: Tensor) -> Tensor:
    """Return the rows (T, B, ...) of a table (D, ...) that ids (B, T) read, with torch's quickest sum as gradient."""
    return nn.functional.embedding(ids.T, table.flatten(1)).view(*ids.T.shape, *table.shape[1:])


def counts_from_one(sizes: CellSizes) -> str | None:
    """Say what is wrong with an inner size that counts something; None where nothing is."""
    if isinstance(sizes.inner, tuple):
        return f"has no block widths, found {sizes.inner}"
    return (
        None if sizes.inner is None or sizes.inner > 0 else f"has an inner size that counts from 1, found {sizes.inner}"
    )


def second_axis(name: str, shapes: Mapping[str, Sequence[int]]) -> int:
    """Return the length of a stored tensor's second axis, 0 where the tensor is left out."""
    return shapes[name][1] if name in shapes else 0


def in_parts(step: Callable[[Tensor, Tensor], Tensor], x: Tensor, h: Tensor, numbers: int) -> Tensor:
    """Return the step of as many streams at a time as GATHERED allows, where one stream takes `numbers`; (B, H)."""
    if torch.compiler.is_compiling():  # a compiler fuses what is gathered, and would lay out every part
        return step(x, h)
    streams = max(1, GATHERED // numbers)
    parts = zip(x.split(streams), h.split(streams), strict=True)  # type: ignore[no-untyped-call]
    return torch.cat([step(some, states) for some, states in parts])


def fill_signs(tensor: Tensor) -> None:
    """Draw every number from 1 and -1."""
    tensor.copy_(torch.randint(2, tensor.shape, device=tensor.device) * 2 - 1)


def fill_normal(tensor: Tensor, deviation: float = 1.0) -> None:
    """Draw normal numbers with mean zero."""
    tensor.copy_(deviation * torch.randn(tensor.shape, device=tensor.device))


def fill_orthogonal(matrix: Tensor, gain: float = 1.0) -> None:
    """Draw an orthogonal matrix, or rows or columns of one, times `gain`."""
    matrix.copy_(nn.init.orthogonal_(torch.empty(matrix.shape, device=matrix.device), gain))
