"""Streams held to their trace in Triton: the table walk, the signed gather and the recurrence of small blocks.

One program runs a block of streams from given starts along ids (T, S), which lie time-major so that the threads of a
warp read neighbours, and counts for each stream after how many symbols it is not where its trace (T, S) says; or it
writes the trace. States stay in registers. Products and sums are taken in the accumulating format, in any order, and
every state is rounded once.

Imported where there is a CUDA device, or where Triton interprets (TRITON_INTERPRET=1). Triton compiles annotations too
and knows none but its own, so the arguments of kernels have no others.
"""

from __future__ import annotations

from typing import no_type_check

import torch
import triton
import triton.language as tl
from torch import Tensor

from fsm2rnn.running.device.small_blocks import SmallBlocks

STREAMS = 128  # of one program, each a thread's
NUMBERS = 1024  # that one program gathers for a step


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
    each,
    block: tl.constexpr,
    ends: tl.constexpr,
) -> None:
    """Walk through the table (D, width), `each` streams along one word: a state is an index.

    It is counted where it is not at the trace, written there, or written once, the last one, into a trace of one step.
    What it ends with is known when it is compiled: nothing is left of the others.
    """
    stream = tl.program_id(0) * block + tl.arange(0, block)
    inside = stream < streams
    state = tl.load(starts + stream, mask=inside, other=0).to(tl.int32)
    count = tl.zeros([block], tl.int32)
    symbols, places = words + stream // each, trace + stream
    for _ in range(steps):
        symbol = tl.load(symbols, mask=inside, other=0).to(tl.int32)
        state = tl.load(table + symbol * width + state, mask=inside, other=0).to(tl.int32)
        if ends == "counts":
            count += (state != tl.load(places, mask=inside, other=0).to(tl.int32)).to(tl.int32)
        elif ends == "trace":
            tl.store(places, state, mask=inside)
        symbols += streams // each
        places += streams
    if ends == "counts":
        tl.store(counts + stream, count, mask=inside)
    elif ends == "last":
        tl.store(trace + stream, state, mask=inside)


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
def _word(row, word, entry: tl.constexpr):  # noqa: ANN202  Triton compiles annotations too
    """Return the word of a row that holds its entry of that number, `word` where that was the one before."""
    if row.dtype.element_ty != tl.int64:
        word = tl.load(row + entry)
    elif entry % 4 == 0:
        word = tl.load(row + entry // 4)
    return word


@triton.jit
@no_type_check
def _entry(word, entry: tl.constexpr, wide: tl.constexpr):  # noqa: ANN202  Triton compiles annotations too
    """Return the entry in `wide`: of an integer word the bfloat16 there, the upper half of a float32; else the word."""
    if word.dtype == tl.int64:
        half = (word >> 32 * (entry % 4 // 2)).to(tl.int32)
        half = half << 16 if entry % 2 == 0 else half & -65536
        word = half.to(tl.float32, bitcast=True)
    return word.to(wide)


@triton.jit
@no_type_check
def _row(letter, word, state, first: tl.constexpr, last: tl.constexpr, entry: tl.constexpr, wide: tl.constexpr):  # noqa: ANN202  as above
    """Return the product of a row with the numbers from `first` to `last` of a state, and the last word of the row."""
    total = tl.zeros(letter.shape, wide)
    for column in tl.static_range(first, last):
        word = _word(letter, word, entry + column - first)
        total += _entry(word, entry + column - first, wide) * state[column]
    return total, word


@triton.jit
@no_type_check
def _blocks(  # noqa: PLR0913, PLR0917  a kernel takes no structures
    matrices,
    wanted,
    codes,
    words,
    trace,
    starts,
    counts,
    streams,
    steps,
    entries,
    numbers,
    block: tl.constexpr,
    rows: tl.constexpr,
    wide: tl.constexpr,
) -> None:
    """Multiply a state by its symbol's `rows` (first, last, entry); `entries` words are a letter, `numbers` a code."""
    stream = tl.program_id(0) * block + tl.arange(0, block)
    inside, stream = stream < streams, tl.minimum(stream, streams - 1)  # those beyond the last run as the last one
    start = tl.load(starts + stream).to(tl.int32)
    state = ()
    for number in tl.static_range(len(rows)):
        state += (tl.load(codes + start * len(rows) + number).to(wide),)
    count = tl.zeros([block], tl.int32)
    symbols, places = words + stream, trace + stream
    for _ in range(steps):
        letter = matrices + tl.load(symbols).to(tl.int32) * entries
        code = wanted + tl.load(places).to(tl.int32) * numbers
        word, shown, away, after = letter, code, stream < 0, ()
        for number in tl.static_range(len(rows)):
            total, word = _row(letter, word, state, rows[number][0], rows[number][1], rows[number][2], wide)
            total = total.to(codes.dtype.element_ty).to(wide)
            shown = _word(code, shown, number)
            away |= total != _entry(shown, number, wide)  # as wide numbers: zeros of both signs are equal
            after += (total,)
        state, count = after, count + away.to(tl.int32)
        symbols, places = symbols + streams, places + streams
    tl.store(counts + stream, count, mask=inside)


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


def walk_last(table: Tensor, words: Tensor, starts: Tensor) -> Tensor:
    """Return where words (T, S) lead from `starts` (S, K), K of each word, in the table's type."""
    last = torch.empty(starts.shape, dtype=table.dtype, device=words.device)
    _walked(table, (words, last, starts), None, "last")
    return last


def _walked(table: Tensor, run: tuple[Tensor, Tensor, Tensor], counts: Tensor | None, ends: str) -> None:
    words, trace, starts = run
    streams = starts.numel()
    given = (table.contiguous(), words.contiguous(), trace, starts.contiguous(), counts)
    sizes = (streams, len(words), table.shape[1], streams // words.shape[1])
    _walk[triton.cdiv(streams, STREAMS),](*given, *sizes, block=STREAMS, ends=ends)


def gather_departures(
    source: Tensor, factors: Tensor, codes: Tensor, words: Tensor, trace: Tensor, starts: Tensor
) -> Tensor:
    """Return per stream how many states, moved and scaled by their letters, are not the codes (C, H) of the trace.

    `source` (D, H), int32, says where each number comes from, `factors` (D, H) by what it is multiplied.
    """
    padded = triton.next_power_of_2(codes.shape[1])
    block, (steps, streams) = max(1, NUMBERS // padded), words.shape
    counts = torch.empty(streams, dtype=torch.int32, device=codes.device)
    given = (part.contiguous() for part in (source, factors, codes, words, trace, starts))
    _gather[triton.cdiv(streams, block),](*given, counts, streams, steps, codes.shape[1], block=block, padded=padded)
    return counts


def block_departures(blocks: SmallBlocks, words: Tensor, trace: Tensor, starts: Tensor) -> Tensor:
    """Return per stream how many states, multiplied by their letters' blocks, are not the codes of the trace."""
    steps, streams = words.shape
    counts = torch.empty(streams, dtype=torch.int32, device=words.device)
    given = (blocks.matrices, blocks.wanted, blocks.codes, words, trace, starts, counts)
    sizes = (streams, steps, blocks.matrices.shape[1], blocks.wanted.shape[1])
    wide = tl.float64 if blocks.codes.dtype == torch.float64 else tl.float32
    kept = {"block": STREAMS, "rows": blocks.rows, "wide": wide}
    _blocks[triton.cdiv(streams, STREAMS),](*(part.contiguous() for part in given), *sizes, **kept)
    return counts
