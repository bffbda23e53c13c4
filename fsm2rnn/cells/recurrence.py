"""h_i = sum_jk W_ijk x_k h_j, one structure each: what a cell stores and how it steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from torch import Tensor

from fsm2rnn.cells.block_steps import (
    block_features,
    block_ids,
    updates_features,
    updates_ids,
)
from fsm2rnn.cells.steps import (
    Weights,
    dense_by_symbol,
    dense_features,
    dense_ids,
    diagonal_features,
    diagonal_ids,
    factored_features,
    factored_ids,
    gather_features,
    gather_ids,
    rotation_features,
    rotation_ids,
    unprepared,
)
from fsm2rnn.choice import choose
from fsm2rnn.errors import InputError


@final
@dataclass(frozen=True)
class CellSizes:
    """D symbols, H hidden numbers, and what else a structure counts.

    R products (factored), L numbers before the planes (rotation), R updates per symbol (householder), the widths of
    the blocks, or one width of all (block-diagonal).
    """

    symbols: int
    hidden: int
    inner: int | tuple[int, ...] | None

    @property
    def number(self) -> int | None:
        """The inner size where it is one number."""
        return self.inner if isinstance(self.inner, int) else None

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of the blocks: those given, or equal ones; one block unless given."""
        if isinstance(self.inner, tuple):
            return self.inner
        width = self.hidden if self.inner is None else self.inner
        return (width,) * (self.hidden // width) if width > 0 else ()

    @property
    def updates(self) -> int:
        """The number R of updates per symbol, 1 unless given."""
        return 1 if self.number is None else self.number

    @property
    def rank(self) -> int:
        """The number R, H unless given."""
        return self.hidden if self.number is None else self.number

    @property
    def lines(self) -> int:
        """The number L, as few as H allows unless given."""
        return self.hidden % 2 if self.number is None else self.number

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
    float_shapes: Callable[[CellSizes], dict[str, tuple[int, ...]]]
    index_shapes: Callable[[CellSizes], dict[str, tuple[int, ...]]]
    prepare: Callable[[Weights], Weights]
    step_ids: Callable[[Weights, Tensor, Tensor], Tensor]
    step_features: Callable[[Weights, Tensor, Tensor], Tensor]
    inner: str | None = None  # the tensor whose second axis counts R or L, or the first block
    mark: str | None = None  # the tensor that tells it from another structure with the same stored name


def _no_indices(_: CellSizes) -> dict[str, tuple[int, ...]]:
    """Return nothing: the structure has no index buffers."""
    return {}


def _rotation_shapes(sizes: CellSizes) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("cosine", "sine"), (sizes.symbols, sizes.planes))
    return shapes | ({"diagonal": (sizes.symbols, sizes.lines)} if sizes.lines else {})


RECURRENCES = (
    Recurrence(
        "full",
        "dense",
        lambda sizes: {"weight": (sizes.hidden, sizes.hidden, sizes.symbols)},
        _no_indices,
        dense_by_symbol,
        dense_ids,
        dense_features,
    ),
    Recurrence(
        "pd",
        "column-one-hot",
        lambda sizes: {"diagonal": (sizes.symbols, sizes.hidden)},
        lambda sizes: {"index": (sizes.symbols, sizes.hidden)},
        unprepared,
        gather_ids,
        gather_features,
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
        unprepared,
        factored_ids,
        factored_features,
        "gates",
    ),
    Recurrence(
        "diagonal",
        "diagonal",
        lambda sizes: {"diagonal": (sizes.symbols, sizes.hidden)},
        _no_indices,
        unprepared,
        diagonal_ids,
        diagonal_features,
    ),
    Recurrence(
        "affine-diagonal",
        "affine-diagonal",
        lambda sizes: {"diagonal": (sizes.symbols, sizes.hidden), "offset": (sizes.symbols, sizes.hidden)},
        _no_indices,
        unprepared,
        diagonal_ids,
        diagonal_features,
    ),
    Recurrence(
        "rotation",
        "rotation",
        _rotation_shapes,
        _no_indices,
        unprepared,
        rotation_ids,
        rotation_features,
        "diagonal",
    ),
    Recurrence(
        "block-diagonal",
        "block-diagonal",
        lambda sizes: {f"block.{place}": (sizes.symbols, width, width) for place, width in enumerate(sizes.widths)},
        _no_indices,
        unprepared,
        block_ids,
        block_features,
        "block.0",
    ),
    Recurrence(
        "householder",
        "householder",
        lambda sizes: {
            "key": (sizes.symbols, sizes.updates, sizes.hidden),
            "beta": (sizes.symbols, sizes.updates),
        },
        _no_indices,
        unprepared,
        updates_ids,
        updates_features,
        "beta",
    ),
    Recurrence(
        "affine-householder",
        "householder",
        lambda sizes: {
            "key": (sizes.symbols, sizes.updates, sizes.hidden),
            "beta": (sizes.symbols, sizes.updates),
            "value": (sizes.symbols, sizes.updates),
        },
        _no_indices,
        unprepared,
        updates_ids,
        updates_features,
        "beta",
        "value",
    ),
)


def require_sizes(recurrence: Recurrence, sizes: CellSizes) -> None:
    """Refuse sizes that a structure does not have, with InputError."""
    message = _refusal(recurrence, sizes)
    if message is not None:
        raise InputError(message)


def _refusal(recurrence: Recurrence, sizes: CellSizes) -> str | None:
    if min(sizes.symbols, sizes.hidden) < 1:
        return f"input_size and hidden_size count from 1, found {sizes.symbols} and {sizes.hidden}"
    if isinstance(sizes.inner, tuple) and recurrence.inner != "block.0":
        return f"structure {recurrence.name!r} has no block widths, found {sizes.inner}"
    found = {
        None: sizes.inner is None,
        "gates": sizes.rank > 0,
        "beta": sizes.updates > 0,
        "block.0": min(sizes.widths, default=0) > 0 and sum(sizes.widths) == sizes.hidden,
        "diagonal": sizes.lines >= 0 and sizes.planes > 0 and sizes.hidden % 2 == sizes.lines % 2,
    }
    wanted = {
        None: f"structure {recurrence.name!r} has no inner size, found {sizes.inner}",
        "block.0": f"the widths of the blocks add up to hidden_size: {sizes.inner} and {sizes.hidden}",
        "diagonal": f"hidden_size - inner is twice the number of planes, one at least: {sizes.hidden} - {sizes.lines}",
    }
    counted = f"the inner size of structure {recurrence.name!r} counts from 1, found {sizes.inner}"
    return None if found[recurrence.inner] else wanted.get(recurrence.inner, counted)


def find_recurrence(name: str) -> Recurrence:
    """Return the recurrence of that name; InputError with the nearest name otherwise."""
    return choose("structure", name, {recurrence.name: recurrence for recurrence in RECURRENCES})


def stored_recurrence(stored: str, tensors: Iterable[str]) -> Recurrence:
    """Return the recurrence that a network file calls `stored`, by the names of its tensors."""
    names = set(tensors)
    return next(
        recurrence
        for recurrence in reversed(RECURRENCES)
        if recurrence.stored == stored and (recurrence.mark is None or recurrence.mark in names)
    )


def inner_size(recurrence: Recurrence, shapes: Mapping[str, Sequence[int]]) -> int | tuple[int, ...] | None:
    """Return the inner size of stored tensors of these shapes."""
    if recurrence.inner is None:
        return None
    if recurrence.inner == "block.0":
        return tuple(shapes[f"block.{place}"][1] for place in range(sum(name.startswith("block.") for name in shapes)))
    return shapes[recurrence.inner][1] if recurrence.inner in shapes else 0
