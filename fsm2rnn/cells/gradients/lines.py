"""z_t = a_{x_t} z_{t-1} + b_{x_t}, number by number, real or complex, in chunks of steps: operations of torch alone.

All chunks of C steps are multiplied out at once, step by step within them; what comes into each goes through their
ends one after another; so some C + T / C operations take the place of T, which counts where a call costs more than what
it does, as on CUDA. The gradient D_t = g_t + a_{t+1} D_{t+1} is such a chain backwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from jaxtyping import Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.scales import first_order, scale_after

_Table: TypeAlias = Tensor  # (D, n)
_Steps: TypeAlias = Tensor  # (T, B, n)
_Chunks: TypeAlias = tuple[Tensor, Tensor | None]  # products of factors, and states from zero, (K, C, B, n)


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


def _sums_over_letters(ids: Int64[Tensor, "T B"], values: _Steps, table: _Table) -> _Table:
    """Return the sum of the values of every letter, by a product with one-hot rows."""
    chosen = ids.reshape(-1, 1)
    rows = table.new_zeros(len(chosen), len(table), dtype=table.real.dtype).scatter_(1, chosen, 1.0)
    flat = values.flatten(0, 1)
    if table.is_complex():
        sums = rows.T @ torch.view_as_real(flat).flatten(1)
        return torch.view_as_complex(sums.view(*table.shape, 2))
    return rows.T @ flat


def _length(steps: int) -> int:
    """Return the steps of a chunk by which the fewest operations are needed."""
    return math.isqrt(steps - 1) + 1


def _chunked(factors: _Steps, added: _Steps | None, length: int) -> _Chunks:
    """Return what each chunk multiplies by up to each of its steps, and where zero has gone by then."""
    whole = math.ceil(len(factors) / length)
    shape = (whole, length, *factors.shape[1:])
    products = factors.new_ones(whole * length, *factors.shape[1:])
    products[: len(factors)] = factors
    products, shifted = products.view(shape), None
    if added is not None:
        shifted = added.new_zeros(whole * length, *added.shape[1:])
        shifted[: len(added)] = added
        shifted = shifted.view(shape)
    for step in range(1, length):
        if shifted is not None:
            shifted[:, step].addcmul_(products[:, step], shifted[:, step - 1])
        products[:, step] *= products[:, step - 1]
    return products, shifted


def _joined(parts: Sequence[_Chunks], starts: Sequence[Tensor], every: int) -> tuple[list[Tensor], list[Tensor | None]]:
    """Return the states (K C, B, n) of each part, and the scale after each chunk, None where none is due."""
    carried, scales = list(starts), []
    came: list[list[Tensor]] = [[] for _ in parts]
    for chunk in range(len(parts[0][0])):
        for place, (products, shifted) in enumerate(parts):
            came[place].append(carried[place])
            moved = products[chunk, -1] * carried[place]
            carried[place] = moved if shifted is None else moved.add_(shifted[chunk, -1])
        scale = scale_after(every - 1, every, *carried)
        scales.append(scale)
        if scale is not None:
            carried = [one * scale for one in carried]
    states = []
    for (products, shifted), entering in zip(parts, came, strict=True):
        before = torch.stack(entering).unsqueeze(1)
        found = products * before if shifted is None else torch.addcmul(shifted, products, before)
        for chunk, scale in enumerate(scales):
            if scale is not None:
                found[chunk, -1] *= scale
        states.append(found.flatten(0, 1))
    return states, scales


class _Scaled(Function):
    """z_t = a_{x_t} z_{t-1} for several parts that are scaled together."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401  torch's own
        """Return the states (T, B, n) of every part, given tables and then first states."""
        tables, starts = tensors[: len(tensors) // 2], tensors[len(tensors) // 2 :]
        parts = [_chunked(table[ids], None, every or _length(len(ids))) for table in tables]
        states, scales = _joined(parts, starts, every)
        ctx.every, ctx.scales = every, scales
        after = [one[: len(ids)].clone() for one in states]
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
                carried = _carried_back(gradient, table[ids], ctx.scales, ctx.every)
                of_tables.append(_of_table(ids, carried, table, start, after))
                of_starts.append(carried[0] * table[ids[0]].conj())
            return None, None, *of_tables, *of_starts


class _Shifted(Function):
    """z_t = a_{x_t} z_{t-1} + b_{x_t}."""

    @staticmethod
    def forward(ctx: Any, ids: Tensor, table: Tensor, offsets: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, n)."""
        (states,), _ = _joined([_chunked(table[ids], offsets[ids], _length(len(ids)))], [h], 0)
        after = states[: len(ids)].clone()
        ctx.save_for_backward(ids, table, h, after)
        return after

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, Tensor, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of both tables and the first state."""
        with first_order(given[0].device):
            ids, table, h, after = ctx.saved_tensors
            carried = _carried_back(given[0], table[ids], (), 0)
            found = _of_table(ids, carried, table, h, after)
            return None, found, _sums_over_letters(ids, carried, table), carried[0] * table[ids[0]]


def _carried_back(given: _Steps, rows: _Steps, scales: Sequence[Tensor | None], every: int) -> _Steps:
    """Return D_t = s_t (g_t + a_{t+1} D_{t+1}), conjugates of a, where state t was multiplied by s_t."""
    factors = torch.cat((rows[1:], torch.zeros_like(rows[:1]))).conj().resolve_conj()
    added = given.clone(memory_format=torch.contiguous_format)
    for chunk, scale in enumerate(scales):
        step = (chunk + 1) * every - 1
        if scale is not None and step < len(rows):
            factors[step] *= scale
            added[step] *= scale
    (found,), _ = _joined(
        [_chunked(factors.flip(0), added.flip(0), _length(len(rows)))], [torch.zeros_like(rows[0])], 0
    )
    return found[: len(rows)].flip(0)


def _of_table(ids: Tensor, carried: _Steps, table: _Table, start: Tensor, after: _Steps) -> _Table:
    """Return the sums over each letter of D_t times the conjugate of the state before."""
    before = torch.cat((start.unsqueeze(0), after[:-1]))
    return _sums_over_letters(ids, carried * before.conj(), table)
