"""Streams held to their trace in Triton: the table walk, the signed gather and the recurrence of small blocks.

One program runs a block of streams from given starts along ids (T, S), which lie time-major so that the threads of a
warp read neighbours, and counts for each stream after how many symbols it is not where its trace (T, S) says; or it
writes the trace. States stay in registers. Products and sums are taken in the accumulating format, in any order, and
every state is rounded once.

Imported where there is a CUDA device, or where Triton interprets (TRITON_INTERPRET=1). Triton compiles annotations too
and knows none but its own, so the arguments of kernels have no others.
"""

from __future__ import annotations

from typing import Any, no_type_check

import torch
import triton
import triton.language as tl
from torch import Tensor
from triton.runtime.jit import KernelInterface

STREAMS = 128  # of one program of the walk
NUMBERS = 1024  # of the matrices that one program gathers for a step


@triton.jit
@no_type_check
def _walk(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    table,
    words,
    trace,
    starts,
    counts,
    streams,
    steps,
    width,
    block: tl.constexpr,
    ends: tl.constexpr,
) -> None:
    """Walk through the table (D, width): a state is an index, counted where it is not at the trace, or written there.

    What it ends with is known when it is compiled: nothing is left of the other.
    """
    stream = tl.program_id(0) * block + tl.arange(0, block)
    inside = stream < streams
    state = tl.load(starts + stream, mask=inside, other=0).to(tl.int32)
    count = tl.zeros([block], tl.int32)
    symbols, places = words + stream, trace + stream
    for _ in range(steps):
        symbol = tl.load(symbols, mask=inside, other=0).to(tl.int32)
        state = tl.load(table + symbol * width + state, mask=inside, other=0).to(tl.int32)
        if ends == "counts":
            count += (state != tl.load(places, mask=inside, other=0).to(tl.int32)).to(tl.int32)
        else:
            tl.store(places, state, mask=inside)
        symbols += streams
        places += streams
    if ends == "counts":
        tl.store(counts + stream, count, mask=inside)


@triton.jit
@no_type_check
def _gather(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    source,
    factors,
    codes,
    words,
    trace,
    starts,
    counts,
    streams,
    steps,
    size,
    block: tl.constexpr,
    padded: tl.constexpr,
) -> None:
    """Move and scale the `size` numbers of a state, h_i <- factors[x, i] h_source[x, i]."""
    stream = tl.program_id(0) * block + tl.arange(0, block)
    number = tl.arange(0, padded)
    inside = (stream < streams)[:, None] & (number < size)[None, :]
    start = tl.load(starts + stream, mask=stream < streams, other=0).to(tl.int32)
    state = tl.load(codes + start[:, None] * size + number[None, :], mask=inside, other=0.0)
    count = tl.zeros([block], tl.int32)
    symbols, places = words + stream, trace + stream
    for _ in range(steps):
        symbol = tl.load(symbols, mask=stream < streams, other=0).to(tl.int32)
        code = tl.load(places, mask=stream < streams, other=0).to(tl.int32)
        entry = symbol[:, None] * size + number[None, :]
        moved = tl.gather(state.to(factors.dtype.element_ty), tl.load(source + entry, mask=inside, other=0), 1)
        state = (tl.load(factors + entry, mask=inside, other=0.0) * moved).to(codes.dtype.element_ty)
        wanted = tl.load(codes + code[:, None] * size + number[None, :], mask=inside, other=0.0)
        # Compared as wide numbers: zeros of both signs are equal.
        away = state.to(factors.dtype.element_ty) != wanted.to(factors.dtype.element_ty)
        count += tl.max((inside & away).to(tl.int32), 1)
        symbols += streams
        places += streams
    tl.store(counts + stream, count, mask=stream < streams)


@triton.jit
@no_type_check
def _blocks(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    matrices,
    codes,
    words,
    trace,
    starts,
    counts,
    streams,
    steps,
    size,
    block: tl.constexpr,
    padded: tl.constexpr,
) -> None:
    """Multiply the `size` numbers of a state by its symbol's matrix, in the matrices' format."""
    stream = tl.program_id(0) * block + tl.arange(0, block)
    number = tl.arange(0, padded)
    inside = (stream < streams)[:, None] & (number < size)[None, :]
    entry = number[None, :, None] * size + number[None, None, :]
    within = inside[:, :, None] & (number < size)[None, None, :]
    start = tl.load(starts + stream, mask=stream < streams, other=0).to(tl.int32)
    state = tl.load(codes + start[:, None] * size + number[None, :], mask=inside, other=0.0)
    count = tl.zeros([block], tl.int32)
    symbols, places = words + stream, trace + stream
    for _ in range(steps):
        symbol = tl.load(symbols, mask=stream < streams, other=0).to(tl.int32)
        code = tl.load(places, mask=stream < streams, other=0).to(tl.int32)
        matrix = tl.load(matrices + symbol[:, None, None] * size * size + entry, mask=within, other=0.0)
        state = tl.sum(matrix * state.to(matrices.dtype.element_ty)[:, None, :], 2).to(codes.dtype.element_ty)
        wanted = tl.load(codes + code[:, None] * size + number[None, :], mask=inside, other=0.0)
        away = state.to(matrices.dtype.element_ty) != wanted.to(matrices.dtype.element_ty)
        count += tl.max((inside & away).to(tl.int32), 1)
        symbols += streams
        places += streams
    tl.store(counts + stream, count, mask=stream < streams)


def walk_departures(table: Tensor, words: Tensor, trace: Tensor, starts: Tensor) -> Tensor:
    """Return how often each stream is not at its trace, (S,), walking the table (D, Q) of next indices.

    `words` and `trace` (T, S) and `starts` (S,) are integers of any type.
    """
    counts = torch.empty(words.shape[1], dtype=torch.int32, device=words.device)
    _walked(table, (words, trace.contiguous(), starts), counts, "counts")
    return counts


def walk_trace(table: Tensor, words: Tensor, starts: Tensor) -> Tensor:
    """Return the trace (T, S), in the table's type, of streams from `starts` (S,) through the table (D, Q)."""
    trace = torch.empty(words.shape, dtype=table.dtype, device=words.device)
    _walked(table, (words, trace, starts), None, "trace")
    return trace


def _walked(table: Tensor, run: tuple[Tensor, Tensor, Tensor], counts: Tensor | None, ends: str) -> None:
    words, trace, starts = run
    steps, streams = words.shape
    given = (table.contiguous(), words.contiguous(), trace, starts.contiguous(), counts)
    _walk[triton.cdiv(streams, STREAMS),](*given, streams, steps, table.shape[1], block=STREAMS, ends=ends)


def gather_departures(
    source: Tensor, factors: Tensor, codes: Tensor, words: Tensor, trace: Tensor, starts: Tensor
) -> Tensor:
    """Return per stream how many states, moved and scaled by their letters, are not the codes (C, H) of the trace.

    `source` (D, H), int32, says where each number comes from, `factors` (D, H) by what it is multiplied.
    """
    padded = triton.next_power_of_2(codes.shape[1])
    weights = (source, factors)
    return _departures(_gather, weights, codes, (words, trace, starts), (max(1, NUMBERS // padded), padded))


def block_departures(matrices: Tensor, codes: Tensor, words: Tensor, trace: Tensor, starts: Tensor) -> Tensor:
    """Return per stream how many states, multiplied by matrices (D, n, n), are not the codes (C, n) of the trace."""
    padded = triton.next_power_of_2(codes.shape[1])
    return _departures(_blocks, (matrices,), codes, (words, trace, starts), (max(1, NUMBERS // padded**2), padded))


def _departures(
    kernel: KernelInterface[Any],
    weights: tuple[Tensor, ...],
    codes: Tensor,
    run: tuple[Tensor, Tensor, Tensor],
    sizes: tuple[int, int],
) -> Tensor:
    (steps, streams), (block, padded) = run[0].shape, sizes
    counts = torch.empty(streams, dtype=torch.int32, device=codes.device)
    given = (*(weight.contiguous() for weight in (*weights, codes)), *(part.contiguous() for part in run), counts)
    kernel[triton.cdiv(streams, block),](*given, streams, steps, codes.shape[1], block=block, padded=padded)
    return counts
