"""h_t = P_t D_t h_{t-1} of scaled and moved numbers: a scatter a step forward, a gather a step backward."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.scales import first_order, scale_after


def moved_over_words(
    index: Int64[Tensor, "T B H"], factors: Float[Tensor, "T B H"], h: Float[Tensor, "B H"], every: int
) -> Float[Tensor, "T B H"]:
    """Return the states of all steps, scaled after every `every`-th; number j goes to index_j, times factor_j."""
    found: Tensor = _Moved.apply(every, index, factors, h)  # type: ignore[no-untyped-call]
    return found


class _Moved(Function):
    """The chain of column one-hot matrices with factors."""

    @staticmethod
    def forward(ctx: Any, every: int, index: Tensor, factors: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, H)."""
        after, last, scales = torch.zeros_like(factors), h, []
        steps = zip(after.unbind(), index.unbind(), factors.unbind(), strict=True)
        for step, (out, places, factor) in enumerate(steps):
            last = out.scatter_add_(1, places, factor * last)
            scale = scale_after(step, every, last)
            scales.append(scale)
            if scale is not None:
                last.mul_(scale)
        ctx.scales = scales
        ctx.save_for_backward(index, factors, h, after)
        return after

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of factors and h."""
        with first_order(given[0].device):
            index, factors, h, after = ctx.saved_tensors
            carried, brought = given[0].clone(memory_format=torch.contiguous_format), torch.empty_like(factors)
            later: tuple[Tensor, Tensor] | None = None
            steps = zip(carried.unbind(), index.unbind(), brought.unbind(), factors.unbind(), ctx.scales, strict=True)
            for now, places, out, factor, scale in reversed(list(steps)):
                if later is not None:
                    now.addcmul_(*later)
                if scale is not None:
                    now.mul_(scale)
                later = (factor, torch.gather(now, 1, places, out=out))
            before = torch.cat((h.unsqueeze(0), after[:-1]))
            return None, None, brought * before, brought[0] * factors[0]
