"""The table walk, the signed gather and the recurrence of small blocks in Triton: one program per block of streams.

Imported where there is a CUDA device, or where Triton interprets (TRITON_INTERPRET=1). Products and sums are taken in
the accumulating format, in any order, and every state is rounded once. Triton compiles annotations too and knows none
but its own, so the arguments of kernels have no others.
"""

from __future__ import annotations

from typing import Any, no_type_check

import torch
import triton
import triton.language as tl
from torch import Tensor
from triton.runtime.jit import KernelInterface

from fsm2rnn.cells.steps import wide

STREAMS = 128  # of one program of the walk
NUMBERS = 1024  # of the matrices that one program gathers for a step


@triton.jit
@no_type_check
def _walk(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    table,
    reads,
    words,
    states,
    found,
    batch,
    steps,
    width,
    block: tl.constexpr,
) -> None:
    """Walk `block` streams of ids (B, T) through the table (D, width)."""
    stream = tl.program_id(0) * block + tl.arange(0, block)
    inside = stream < batch
    state = tl.load(states + stream, mask=inside, other=0)
    for step in range(steps):
        symbol = tl.load(words + stream * steps + step, mask=inside, other=0).to(tl.int32)
        state = tl.load(table + symbol * width + state, mask=inside, other=0)
        tl.store(found + stream * steps + step, tl.load(reads + state, mask=inside, other=0), mask=inside)
    tl.store(states + stream, state, mask=inside)


@triton.jit
@no_type_check
def _gather(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    source,
    factors,
    words,
    states,
    found,
    batch,
    steps,
    size,
    block: tl.constexpr,
    padded: tl.constexpr,
) -> None:
    """Move and scale the `size` numbers of `block` streams."""
    stream = tl.program_id(0) * block + tl.arange(0, block)
    place = tl.arange(0, padded)
    inside = (stream < batch)[:, None] & (place < size)[None, :]
    state = tl.load(states + stream[:, None] * size + place[None, :], mask=inside, other=0.0)
    for step in range(steps):
        symbol = tl.load(words + stream * steps + step, mask=stream < batch, other=0).to(tl.int32)
        entry = symbol[:, None] * size + place[None, :]
        moved = tl.gather(state.to(factors.dtype.element_ty), tl.load(source + entry, mask=inside, other=0), 1)
        state = (tl.load(factors + entry, mask=inside, other=0.0) * moved).to(found.dtype.element_ty)
        tl.store(found + (stream[:, None] * steps + step) * size + place[None, :], state, mask=inside)


@triton.jit
@no_type_check
def _blocks(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    matrices,
    words,
    states,
    found,
    batch,
    steps,
    size,
    block: tl.constexpr,
    padded: tl.constexpr,
) -> None:
    """Multiply the `size` numbers of `block` streams by their symbols' matrices, in the matrices' format."""
    stream = tl.program_id(0) * block + tl.arange(0, block)
    place = tl.arange(0, padded)
    inside = (stream < batch)[:, None] & (place < size)[None, :]
    entry = place[None, :, None] * size + place[None, None, :]
    within = inside[:, :, None] & (place < size)[None, None, :]
    state = tl.load(states + stream[:, None] * size + place[None, :], mask=inside, other=0.0)
    for step in range(steps):
        symbol = tl.load(words + stream * steps + step, mask=stream < batch, other=0).to(tl.int32)
        matrix = tl.load(matrices + symbol[:, None, None] * size * size + entry, mask=within, other=0.0)
        state = tl.sum(matrix * state.to(matrices.dtype.element_ty)[:, None, :], 2).to(found.dtype.element_ty)
        tl.store(found + (stream[:, None] * steps + step) * size + place[None, :], state, mask=inside)


def walk_streams(table: Tensor, reads: Tensor, words: Tensor, states: Tensor) -> Tensor:
    """Return reads[state] (B, T) after every symbol of ids (B, T); `states` (B,), int32, carries over.

    `table` (D, Q) is int32; ids of one byte are read as such.
    """
    batch, steps = words.shape
    found = torch.empty(words.shape, dtype=reads.dtype, device=words.device)
    given = (table.contiguous(), reads, words.contiguous(), states, found, batch, steps, table.shape[1])
    _walk[triton.cdiv(batch, STREAMS),](*given, block=STREAMS)
    return found


def gather_streams(source: Tensor, factors: Tensor, words: Tensor, states: Tensor) -> Tensor:
    """Return h_i <- factors[x, i] h_source[x, i] after every symbol, (B, T, H), from `states` (B, H).

    `source` (D, H), int32, says where each number comes from.
    """
    padded = triton.next_power_of_2(states.shape[1])
    return _states(
        _gather, (source, factors.to(wide(states.dtype))), words, states, (max(1, NUMBERS // padded), padded)
    )


def block_streams(matrices: Tensor, words: Tensor, states: Tensor) -> Tensor:
    """Return A_x h after every symbol, (B, T, n), from `states` (B, n) and matrices (D, n, n)."""
    padded = triton.next_power_of_2(states.shape[1])
    block = max(1, NUMBERS // padded**2)
    return _states(_blocks, (matrices.to(wide(states.dtype)),), words, states, (block, padded))


def _states(
    kernel: KernelInterface[Any], weights: tuple[Tensor, ...], words: Tensor, states: Tensor, sizes: tuple[int, int]
) -> Tensor:
    (batch, steps), (block, padded) = words.shape, sizes
    found = states.new_empty(batch, steps, states.shape[1])
    given = (*(weight.contiguous() for weight in weights), words.contiguous(), states.contiguous(), found)
    kernel[triton.cdiv(batch, block),](*given, batch, steps, states.shape[1], block=block, padded=padded)
    return found
