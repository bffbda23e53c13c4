"""Rows times the matrix of each row's letter, for all letters of a step in one launch.

Rows of one letter lie side by side; a tile is up to ROWS of them, (letter, first row, rows). Products are of float32,
added up in float32 without TF32. Imported where there is a CUDA device, or where Triton interprets
(TRITON_INTERPRET=1). Triton compiles annotations too and knows none but its own, so the arguments of kernels have no
others.
"""

from __future__ import annotations

from typing import Final, no_type_check

import torch
import triton
import triton.language as tl
from torch import Tensor

ROWS: Final = 16  # of a tile, the fewest that a product takes
COLUMNS, INNER = 64, 32  # of the result that one program writes, and of what it adds up at a time


@triton.jit
@no_type_check
def _multiply(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    states,
    rows,
    matrices,
    tiles,
    out,
    size,
    across,
    down,
    height: tl.constexpr,
    columns: tl.constexpr,
    inner: tl.constexpr,
    ends: tl.constexpr,
) -> None:
    """Multiply rows by the entries (k, j) of their matrix, at k * across + j * down.

    Ends with "write": row r is states[rows[r]], and its product is written to out[r]. With "add": row r is states[r],
    and its product is added to out[rows[r]]; no two rows are added to one.
    """
    tile = tiles + 3 * tl.program_id(0)
    letter, first, count = tl.load(tile), tl.load(tile + 1), tl.load(tile + 2)
    place = tl.arange(0, height)
    row, inside = first + place, place < count
    elsewhere = tl.load(rows + row, mask=inside, other=0).to(tl.int32)
    source, target = (row, elsewhere) if ends == "add" else (elsewhere, row)
    column = tl.program_id(1) * columns + tl.arange(0, columns)
    total = tl.zeros([height, columns], tl.float32)
    matrix = matrices + letter * size * size
    for begin in range(0, size, inner):
        number = begin + tl.arange(0, inner)
        within = inside[:, None] & (number < size)[None, :]
        some = tl.load(states + source[:, None] * size + number[None, :], mask=within, other=0.0)
        there = (number < size)[:, None] & (column < size)[None, :]
        entries = tl.load(matrix + number[:, None] * across + column[None, :] * down, mask=there, other=0.0)
        total = tl.dot(some, entries, total, input_precision="ieee")
    results = out + target[:, None] * size + column[None, :]
    written = inside[:, None] & (column < size)[None, :]
    if ends == "add":
        total += tl.load(results, mask=written, other=0.0)
    tl.store(results, total, mask=written)


def write_products(states: Tensor, rows: Tensor, matrices: Tensor, tiles: Tensor, out: Tensor) -> None:
    """Write A_x states[rows[r]] to out[r] (B, H), for the matrices A (D, H, H) of the tiles (N, 3)."""
    _launched((states, rows, matrices, tiles, out), (1, states.shape[1]), "write")


def add_products(states: Tensor, rows: Tensor, matrices: Tensor, tiles: Tensor, out: Tensor) -> None:
    """Add A_x^T states[r] to out[rows[r]] (B, H), for the matrices A (D, H, H) of the tiles (N, 3)."""
    _launched((states, rows, matrices, tiles, out), (states.shape[1], 1), "add")


def _launched(given: tuple[Tensor, ...], strides: tuple[int, int], ends: str) -> None:
    size, tiles = given[0].shape[1], len(given[3])
    blocks = {"height": ROWS, "columns": COLUMNS, "inner": INNER}
    _multiply[tiles, triton.cdiv(size, COLUMNS)](*given, size, *strides, **blocks, ends=ends)


def tiles_of(runs: list[tuple[list[int], list[int]]], device: torch.device) -> list[Tensor]:
    """Return the tiles (N, 3) of every step, from its letters and the numbers of rows of each."""
    found: list[list[tuple[int, int, int]]] = []
    for letters, counts in runs:
        first, tiles = 0, []
        for letter, count in zip(letters, counts, strict=True):
            tiles += [(letter, first + row, min(ROWS, count - row)) for row in range(0, count, ROWS)]
            first += count
        found.append(tiles)
    every = torch.tensor([tile for tiles in found for tile in tiles], dtype=torch.int32).to(device)
    return list(every.split([len(tiles) for tiles in found]))  # type: ignore[no-untyped-call]
