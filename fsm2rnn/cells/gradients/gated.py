"""h_t = U (g_t * V h_{t-1}), read as z_{t+1} = M (g_t * z_t) with M = V U: one product a step, others at once.

z_1 = V h_0, h_t = U y_t, y_t = g_t * z_t. With D_t the gradient of h_t, that of y_t is Y_t = U^T D_t + M^T Z_{t+1}, of
z_t it is Z_t = g_t * Y_t, and of g_t z_t * Y_t; the sum of all Z_{t+1} y_t^T is that of M.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.scales import first_order, scale_after


def gated_over_words(
    gates: Float[Tensor, "T B R"],
    output: Float[Tensor, "H R"],
    given: Float[Tensor, "R H"],
    h: Float[Tensor, "B H"],
    every: int,
) -> Float[Tensor, "T B H"]:
    """Return the states of all steps, scaled after every `every`-th; U = output, V = given."""
    found: Tensor = _Gated.apply(every, gates, output, given, h)  # type: ignore[no-untyped-call]
    return found


class _Gated(Function):
    """The chain of two factors with gates between."""

    @staticmethod
    def forward(ctx: Any, every: int, gates: Tensor, output: Tensor, given: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, H)."""
        inner, opened, scales = torch.empty_like(gates), torch.empty_like(gates), []
        both = (given @ output).T
        last, passing = h, given.T
        for step, (gate, z, y) in enumerate(zip(gates.unbind(), inner.unbind(), opened.unbind(), strict=True)):
            torch.mm(last, passing, out=z)
            last, passing = torch.mul(gate, z, out=y), both
            scale = scale_after(step, every, last @ output.T) if every and (step + 1) % every == 0 else None
            scales.append(scale)
            if scale is not None:
                last *= scale
        ctx.scales = scales
        ctx.save_for_backward(gates, output, given, h, inner, opened)
        return (opened.flatten(0, 1) @ output.T).view(*gates.shape[:2], -1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[None, Tensor, Tensor, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of gates, both factors and h."""
        with first_order(grads[0].device):
            gates, output, given, h, inner, opened = ctx.saved_tensors
            of_states = grads[0].flatten(0, 1)
            of_opened = (of_states @ output).view_as(gates)
            of_inner, both = torch.empty_like(gates), given @ output
            steps = zip(of_opened.unbind(), gates.unbind(), of_inner.unbind(), ctx.scales, strict=True)
            later: Tensor | None = None
            for y, gate, z, scale in reversed(list(steps)):
                if later is not None:
                    y.addmm_(later, both)
                if scale is not None:
                    y.mul_(scale)
                later = torch.mul(gate, y, out=z)
            of_both = of_inner[1:].flatten(0, 1).T @ opened[:-1].flatten(0, 1)
            of_output = of_states.T @ opened.flatten(0, 1) + given.T @ of_both
            of_given = of_both @ output.T + of_inner[0].T @ h
            return None, of_opened.mul_(inner), of_output, of_given, of_inner[0] @ given
