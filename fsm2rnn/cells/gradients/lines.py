"""z_t = f_t z_{t-1} + b_t, number by number, real or complex: one fused operation a step, forward and backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.scales import first_order, scale_after

Steps: TypeAlias = Tensor  # (T, B, n)


def lines_over_words(factors: Sequence[Steps], starts: Sequence[Tensor], every: int) -> tuple[Steps, ...]:
    """Return the states of all steps of each part of the numbers, from starts (B, n); parts are scaled together."""
    found: tuple[Tensor, ...] = _Scaled.apply(every, *factors, *starts)  # type: ignore[no-untyped-call]
    return found


def affine_over_words(factors: Steps, offsets: Steps, h: Tensor) -> Steps:
    """Return the states of all steps from h (B, n)."""
    found: Tensor = _Shifted.apply(factors, offsets, h)  # type: ignore[no-untyped-call]
    return found


class _Scaled(Function):
    """z_t = f_t z_{t-1} for several parts that are scaled together."""

    @staticmethod
    def forward(ctx: Any, every: int, *tensors: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401  torch's own
        """Return the states (T, B, n) of every part, given factors and then first states."""
        parts = len(tensors) // 2
        factors, last = tensors[:parts], list(tensors[parts:])
        after, scales = [torch.empty_like(one) for one in factors], []
        pairs = [list(zip(*(one.unbind() for one in pair), strict=True)) for pair in zip(factors, after, strict=True)]
        for step in range(len(factors[0])):
            for part in range(parts):
                factor, out = pairs[part][step]
                last[part] = torch.mul(factor, last[part], out=out)
            scale = scale_after(step, every, *last)
            scales.append(scale)
            if scale is not None:
                for one in last:
                    one.mul_(scale)
        ctx.scales = scales
        ctx.save_for_backward(*tensors, *after)
        return tuple(after)

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401  torch's own
        """Return the gradients of factors and first states."""
        with first_order(given[0].device):
            parts, saved = len(given), ctx.saved_tensors
            of_factors, of_starts = [], []
            for part, gradient in enumerate(given):
                factors, start, after = saved[part::parts]
                conjugate = factors.conj().resolve_conj()
                carried = _carried(gradient, conjugate, ctx.scales)
                of_factors.append(carried * _before(start, after).conj())
                of_starts.append(carried[0] * conjugate[0])
            return None, *of_factors, *of_starts


class _Shifted(Function):
    """z_t = f_t z_{t-1} + b_t."""

    @staticmethod
    def forward(ctx: Any, factors: Tensor, offsets: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, n)."""
        after, last = torch.empty_like(factors), h
        for offset, factor, out in zip(offsets.unbind(), factors.unbind(), after.unbind(), strict=True):
            last = torch.addcmul(offset, factor, last, out=out)
        ctx.save_for_backward(factors, h, after)
        return after

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of factors, offsets and the first state."""
        with first_order(given[0].device):
            factors, h, after = ctx.saved_tensors
            carried = _carried(given[0], factors, [None] * len(factors))
            return carried * _before(h, after), carried, carried[0] * factors[0]


def _carried(given: Steps, factors: Steps, scales: Sequence[Tensor | None]) -> Steps:
    """Return what reaches A_t z_{t-1} from step t and all later ones, before its scale."""
    carried = given.clone(memory_format=torch.contiguous_format)
    later: tuple[Tensor, Tensor] | None = None
    steps = list(zip(carried.unbind(), factors.unbind(), scales, strict=True))
    for now, factor, scale in reversed(steps):
        if later is not None:
            now.addcmul_(*later)
        if scale is not None:
            now.mul_(scale)
        later = (factor, now)
    return carried


def _before(start: Tensor, after: Steps) -> Steps:
    return torch.cat((start.unsqueeze(0), after[:-1]))
