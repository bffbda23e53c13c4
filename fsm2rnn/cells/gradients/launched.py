"""h_t = A_{x_t} h_{t-1} for whole matrices on a CUDA device: one launch a step for all letters, there and back."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.letter_order import SortedLetters, outer_sums
from fsm2rnn.cells.gradients.scales import first_order, scale_after

KERNELS: ModuleType | None = None
if torch.cuda.is_available() and find_spec("triton") is not None:
    from fsm2rnn.cells.gradients import triton_kernels

    KERNELS = triton_kernels


def has_launches(blocks: Tensor) -> bool:
    """Tell whether blocks (D, K, n, n) are multiplied by kernels: one of float32 a letter, on CUDA, with Triton."""
    return KERNELS is not None and blocks.is_cuda and blocks.shape[1] == 1 and blocks.dtype is torch.float32


class Launched(Function):
    """One launch a step, forward and backward."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, blocks: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (B, T, H) of ids (T, B) from h (B, H), blocks (D, 1, H, H)."""
        kernels: Any = KERNELS
        order, matrices = SortedLetters.of(ids, len(blocks)), blocks.squeeze(1)
        ctx.tiles = kernels.tiles_of(order.runs, h.device)
        after, last, scales = h.new_empty(*ids.shape, h.shape[1]), h.contiguous(), []
        for step, (tiles, out) in enumerate(zip(ctx.tiles, after.unbind(), strict=True)):
            kernels.write_products(last, order.came[step], matrices, tiles, out)
            last = out
            scale = scale_after(step, every, last)
            scales.append(scale)
            if scale is not None:
                last *= scale
        ctx.order, ctx.scales = order, scales
        states = h.new_empty(len(h), len(ids), h.shape[1])
        torch.index_select(after.flatten(0, 1), 0, order.places, out=states.flatten(0, 1))
        ctx.save_for_backward(blocks, h, states)
        return states

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of blocks and h."""
        with first_order(given[0].device):
            kernels: Any = KERNELS
            blocks, h, states = ctx.saved_tensors
            order, (width, steps, hidden) = ctx.order, given[0].shape
            carried = given[0].flatten(0, 1).index_select(0, order.streams).view(steps, width, hidden)
            passed = torch.zeros_like(h, memory_format=torch.contiguous_format)
            for step in range(steps - 1, -1, -1):
                if ctx.scales[step] is not None:
                    carried[step] *= ctx.scales[step]
                earlier = carried[step - 1] if step else passed
                kernels.add_products(carried[step], order.came[step], blocks.squeeze(1), ctx.tiles[step], earlier)
            gradients = carried.flatten(0, 1).index_select(0, order.by_letter)
            before = order.states_before(states.flatten(0, 1), h)
            return None, None, outer_sums(order.counts, gradients, before, blocks.shape), passed
