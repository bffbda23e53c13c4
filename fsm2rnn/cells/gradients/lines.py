"""z_t = a_{x_t} z_{t-1} + b_{x_t}, number by number, real or complex: one fused operation a step, forward and backward.

Rows of the tables a and b are fetched for a few steps at a time into buffers that stay in the cache, and what they
receive is summed over each letter of a chunk by one product; beside the states nothing as long as the word is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.scales import first_order, scale_after

CHUNK_STEPS: Final = 8  # at 64 words and 128 numbers a buffer of them is a quarter of a MiB
_Table: TypeAlias = Tensor  # (D, n)
_Steps: TypeAlias = Tensor  # (T, B, n)
_Scales: TypeAlias = Sequence[Tensor | None]


def lines_over_words(
    tables: Sequence[_Table], ids: Int64[Tensor, "B T"], starts: Sequence[Tensor], every: int
) -> tuple[_Steps, ...]:
    """Return the states of all steps of each part of the numbers, from starts (B, n); parts are scaled together."""
    found: tuple[Tensor, ...] = _Scaled.apply(every, ids.T.contiguous(), *tables, *starts)  # type: ignore[no-untyped-call]
    return found


def affine_over_words(table: _Table, offsets: _Table, ids: Int64[Tensor, "B T"], h: Tensor) -> _Steps:
    """Return the states of all steps from h (B, n)."""
    found: Tensor = _Shifted.apply(ids.T.contiguous(), table, offsets, h)  # type: ignore[no-untyped-call]
    return found


def sums_over_letters(ids: Int64[Tensor, "C B"], values: _Steps, sums: _Table) -> None:
    """Add the values of every letter to its row of sums, by a product with one-hot rows."""
    chosen = ids.reshape(-1, 1)
    rows = sums.new_zeros(len(chosen), len(sums), dtype=sums.real.dtype).scatter_(1, chosen, 1.0)
    flat, into = values.flatten(0, 1), sums
    if sums.is_complex():
        flat, into = (torch.view_as_real(one).flatten(1) for one in (flat, sums))
    into.addmm_(rows.T, flat)


def rows_into(table: _Table, ids: Int64[Tensor, "C B"], buffer: _Steps) -> _Steps:
    """Return the rows (C, B, n) that the ids of up to CHUNK_STEPS steps read, in a buffer."""
    found = buffer[: len(ids)]
    torch.index_select(table, 0, ids.flatten(), out=found.view(-1, table.shape[1]))
    return found


def buffer_for(like: Tensor, ids: Int64[Tensor, "T B"]) -> _Steps:
    """Return room for CHUNK_STEPS steps of rows as those of a table or a state."""
    return like.new_empty(min(CHUNK_STEPS, len(ids)), ids.shape[1], like.shape[-1])


def backward_chunks(steps: int) -> Iterator[slice]:
    """Return the steps of each chunk, the last chunk first."""
    for first in reversed(range(0, steps, CHUNK_STEPS)):
        yield slice(first, min(first + CHUNK_STEPS, steps))


class _Scaled(Function):
    """z_t = a_{x_t} z_{t-1} for several parts that are scaled together."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401  torch's own
        """Return the states (T, B, n) of every part, given tables and then first states."""
        parts = len(tensors) // 2
        tables, last = tensors[:parts], list(tensors[parts:])
        after, scales = [one.new_empty(*ids.shape, one.shape[1]) for one in tables], []
        buffers = [buffer_for(one, ids) for one in tables]
        for first in range(0, len(ids), CHUNK_STEPS):
            letters = ids[first : first + CHUNK_STEPS]
            rows = [rows_into(*one).unbind() for one in zip(tables, [letters] * parts, buffers, strict=True)]
            for place in range(len(letters)):
                for part in range(parts):
                    last[part] = torch.mul(rows[part][place], last[part], out=after[part][first + place])
                scale = scale_after(first + place, every, *last)
                scales.append(scale)
                if scale is not None:
                    for one in last:
                        one.mul_(scale)
        ctx.scales = scales
        ctx.save_for_backward(ids, *tensors, *after)
        return tuple(after)

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401  torch's own
        """Return the gradients of tables and first states."""
        with first_order(given[0].device):
            ids, *saved = ctx.saved_tensors
            of_tables, of_starts = [], []
            for part, gradient in enumerate(given):
                table, start, after = saved[part :: len(given)]
                found = _back(gradient, ids, table, start, after, ctx.scales, None)
                of_tables.append(found[0])
                of_starts.append(found[1])
            return None, None, *of_tables, *of_starts


class _Shifted(Function):
    """z_t = a_{x_t} z_{t-1} + b_{x_t}."""

    @staticmethod
    def forward(ctx: Any, ids: Tensor, table: Tensor, offsets: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, n)."""
        after, last = h.new_empty(*ids.shape, h.shape[1]), h
        factors, added = buffer_for(table, ids), buffer_for(offsets, ids)
        for first in range(0, len(ids), CHUNK_STEPS):
            letters = ids[first : first + CHUNK_STEPS]
            rows = rows_into(table, letters, factors), rows_into(offsets, letters, added)
            outs = after[first : first + CHUNK_STEPS].unbind()
            for factor, offset, out in zip(*(one.unbind() for one in rows), outs, strict=True):
                last = torch.addcmul(offset, factor, last, out=out)
        ctx.save_for_backward(ids, table, h, after)
        return after

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, Tensor, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of both tables and the first state."""
        with first_order(given[0].device):
            ids, table, h, after = ctx.saved_tensors
            offsets = torch.zeros_like(table)
            found, start = _back(given[0], ids, table, h, after, [None] * len(ids), offsets)
            return None, found, offsets, start


def _back(
    given: _Steps, ids: Tensor, table: _Table, start: Tensor, after: _Steps, scales: _Scales, offsets: _Table | None
) -> tuple[_Table, Tensor]:
    """Return the gradients of the table and the first state, and add that of the offsets where there are any.

    What is carried is conjugate to the gradient D: that of step t is that of its own state plus a_{t+1} D_{t+1}.
    """
    sums, passed = torch.zeros_like(table), torch.zeros_like(start)
    factors, carried, products = (buffer_for(table, ids) for _ in range(3))
    for steps in backward_chunks(len(ids)):
        letters = ids[steps]
        rows, now = rows_into(table, letters, factors), carried[: len(letters)]
        places = zip(given[steps].unbind(), rows.unbind(), now.unbind(), scales[steps], strict=True)
        later: tuple[Tensor, Tensor] | None = None
        for gradient, factor, out, scale in reversed(list(places)):
            if later is None:
                torch.add(gradient.conj(), passed, out=out)
            else:
                torch.addcmul(gradient.conj(), *later, out=out)
            if scale is not None:
                out.mul_(scale)
            later = factor, out
        torch.mul(rows[0], now[0], out=passed)
        product = products[: len(letters)]
        first = steps.start
        torch.mul(now[0], after[first - 1] if first else start, out=product[0])
        torch.mul(now[1:], after[first : steps.stop - 1], out=product[1:])
        sums_over_letters(letters, product, sums)
        if offsets is not None:
            sums_over_letters(letters, now, offsets)
    return sums.conj().resolve_conj(), passed.conj().resolve_conj()
