"""h_t = U (g_t * V h_{t-1}): the gradients of both factors are one product each over all steps."""

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
        inner, after = torch.empty_like(gates), h.new_empty(*gates.shape[:2], h.shape[1])
        last, scales = h, []
        for step, gate in enumerate(gates):
            torch.mm(last, given.T, out=inner[step])
            last = after[step]
            torch.mm(inner[step] * gate, output.T, out=last)
            scale = scale_after(step, every, last)
            scales.append(scale)
            if scale is not None:
                last *= scale
        ctx.scales = scales
        ctx.save_for_backward(gates, output, given, h, inner, after)
        return after

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[None, Tensor, Tensor, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of gates, both factors and h."""
        with first_order(grads[0].device):
            gates, output, given, h, inner, after = ctx.saved_tensors
            carried, opened = grads[0].clone(memory_format=torch.contiguous_format), torch.empty_like(gates)
            passed = torch.empty_like(h)
            for step in range(len(gates) - 1, -1, -1):
                if ctx.scales[step] is not None:
                    carried[step] *= ctx.scales[step]
                torch.mm(carried[step], output, out=opened[step])
                torch.mm(opened[step] * gates[step], given, out=passed)
                if step:
                    carried[step - 1] += passed
            before = torch.cat((h.unsqueeze(0), after[:-1])).flatten(0, 1)
            of_output = carried.flatten(0, 1).T @ (inner * gates).flatten(0, 1)
            of_input = (opened * gates).flatten(0, 1).T @ before
            return None, opened * inner, of_output, of_input, passed
