"""h <- h + beta (value - <key, h>) key, one update after another: inner products forward and backward are kept.

With p = beta (value - <key, h>) and d = <key, D>, D the gradient after an update: D <- D - beta d key before it, and
(value - <key, h>) d, beta d and p D - beta d h are the gradients of beta, value and key.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.scales import first_order, scale_after


def updated_over_words(
    keys: Float[Tensor, "T B R H"],
    betas: Float[Tensor, "T B R"],
    values: Float[Tensor, "T B R"],
    h: Float[Tensor, "B H"],
    every: int,
) -> Float[Tensor, "T B H"]:
    """Return the states after the R updates of every step, scaled after every `every`-th step."""
    in_turn = [one.transpose(1, 2).contiguous() for one in (keys, betas, values)]
    found: Tensor = _Updated.apply(every, *in_turn, h)  # type: ignore[no-untyped-call]
    return found


class _Updated(Function):
    """The chain of updates: keys (T, R, B, H), betas and values (T, R, B)."""

    @staticmethod
    def forward(ctx: Any, every: int, keys: Tensor, betas: Tensor, values: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, H)."""
        before, missed = torch.empty_like(keys), torch.empty_like(betas)
        after, last, scales = torch.empty_like(keys[:, 0]), h, []
        updates = keys.shape[1]
        for step in range(len(keys)):
            for place in range(updates):
                key, gap = keys[step, place], missed[step, place]
                before[step, place] = last
                torch.sub(values[step, place], torch.linalg.vecdot(key, last), out=gap)
                out = after[step] if place == updates - 1 else None
                last = torch.addcmul(last, (betas[step, place] * gap).unsqueeze(-1), key, out=out)
            scale = scale_after(step, every, last)
            scales.append(scale)
            if scale is not None:
                last.mul_(scale)
        ctx.scales = scales
        ctx.save_for_backward(keys, betas, before, missed)
        return after

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, Tensor, Tensor, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of keys, betas, values and h."""
        with first_order(given[0].device):
            keys, betas, before, missed = ctx.saved_tensors
            carried, met = torch.empty_like(keys), torch.empty_like(betas)
            passed: Tensor = torch.zeros_like(given[0][0])
            for step in range(len(keys) - 1, -1, -1):
                passed = passed + given[0][step]
                if ctx.scales[step] is not None:
                    passed.mul_(ctx.scales[step])
                for place in range(keys.shape[1] - 1, -1, -1):
                    key = keys[step, place]
                    carried[step, place] = passed
                    torch.linalg.vecdot(key, passed, out=met[step, place])
                    passed = torch.addcmul(passed, (betas[step, place] * met[step, place]).unsqueeze(-1), key, value=-1)
            of_values = betas * met
            of_keys = (betas * missed).unsqueeze(-1) * carried - of_values.unsqueeze(-1) * before
            return None, of_keys, missed * met, of_values, passed
