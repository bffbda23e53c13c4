"""h_t = A_{x_t} h_{t-1} for matrices of K blocks: streams are sorted by letter, so that each is one product a step.

States are kept in that order, and the gradient of each matrix is one product over all steps at once. Where few letters
meet small blocks, products with all of them, of which one is selected, are quicker than sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.letter_order import LetterRuns, SortedLetters, outer_sums
from fsm2rnn.cells.gradients.scales import first_order, scale_after

# Rows D n of the matrices of all letters side by side up to which multiplying by all of them is quicker than one call
# for each letter: of one block, and of several, whose calls are slower and copy.
SELECTED, SELECTED_BLOCKS = 256, 2048
PRODUCTS = 1 << 24  # numbers of all products at once


def blocks_over_words(
    blocks: Float[Tensor, "D K n n"], ids: Int64[Tensor, "B T"], h: Float[Tensor, "B H"], every: int
) -> Float[Tensor, "T B H"]:
    """Return the states of all steps, scaled after every `every`-th; by the way that is quicker for the sizes."""
    letters, several, width, _ = blocks.shape
    most = SELECTED_BLOCKS if several > 1 else SELECTED
    fits = letters * width <= most and letters * h.numel() <= PRODUCTS
    way: type[Function] = EveryLetter if fits else Grouped
    found: Tensor = way.apply(every, ids.T.contiguous(), blocks.contiguous(), h)  # type: ignore[no-untyped-call]
    return found


class Grouped(Function):
    """One product per letter and step, forward and backward."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, blocks: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, H) of ids (T, B) from h (B, H), blocks (D, K, n, n)."""
        order = SortedLetters.of(ids, len(blocks))
        before, after = (h.new_empty(*ids.shape, h.shape[1]) for _ in range(2))
        transposed, scales = blocks.mT.unbind(), []
        rows = order.rows.clone()
        rows[1:] = order.places[:-1].gather(1, order.rows[1:])  # of the step before, where the streams are sorted too
        last = h
        steps = zip(order.runs, rows.unbind(), before.unbind(), after.unbind(), strict=True)
        for step, (runs, some, came, out) in enumerate(steps):
            torch.index_select(last, 0, some, out=came)
            last = out
            _multiply(came, transposed, runs, last)
            scale = scale_after(step, every, last)
            scales.append(scale)
            if scale is not None:
                last *= scale
        ctx.order, ctx.scales = order, scales
        ctx.save_for_backward(ids, blocks, before)
        return after.flatten(0, 1).index_select(0, order.flat(order.places)).view_as(after)

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of blocks and h."""
        with first_order(given[0].device):
            return _grouped_back(ctx, given[0])


def _multiply(states: Tensor, matrices: Sequence[Tensor], runs: LetterRuns, out: Tensor) -> None:
    """Write h M_x for the rows of every letter x, block by block."""
    letters, counts = runs
    parts = zip(letters, states.split(counts), out.split(counts), strict=True)  # type: ignore[no-untyped-call]
    for letter, part, result in parts:
        matrix = matrices[letter]
        if len(matrix) == 1:
            torch.mm(part, matrix[0], out=result)
        else:
            rows = part.view(len(part), *matrix.shape[:2]).transpose(0, 1)
            result.view(len(part), *matrix.shape[:2]).copy_(torch.bmm(rows, matrix).transpose(0, 1))


def _grouped_back(ctx: Any, given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
    ids, blocks, before = ctx.saved_tensors
    order = ctx.order
    carried = given.flatten(0, 1).index_select(0, order.flat(order.rows)).view_as(given)
    rows = order.places.clone()
    rows[1:] = order.places[1:].gather(1, order.rows[:-1])
    passed, matrices, steps = torch.empty_like(carried[0]), blocks.unbind(), carried.unbind()
    for step in range(len(ids) - 1, -1, -1):
        now, scale = steps[step], ctx.scales[step]
        if scale is not None:
            now.mul_(scale)
        _multiply(now, matrices, order.runs[step], passed)
        if step:
            steps[step - 1].add_(passed.index_select(0, rows[step]))
    letters = ids.gather(1, order.rows).flatten()
    sums = outer_sums(letters, carried.flatten(0, 1), before.flatten(0, 1), blocks.shape)
    return None, None, sums, passed.index_select(0, rows[0])


class EveryLetter(Function):
    """One product by the matrices of all letters side by side a step, of which each stream keeps its own."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, blocks: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (T, B, H) of ids (T, B) from h (B, H), blocks (D, K, n, n)."""
        after, last, scales = h.new_empty(*ids.shape, h.shape[1]), h, []
        beside, index = _beside(blocks.mT), _index(ids, blocks)
        for step, letters in enumerate(index):
            _select(last, beside, letters, after[step])
            last = after[step]
            scale = scale_after(step, every, last)
            scales.append(scale)
            if scale is not None:
                last *= scale
        ctx.scales = scales
        ctx.save_for_backward(ids, blocks, h, after)
        return after

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of blocks and h."""
        with first_order(given[0].device):
            ids, blocks, h, after = ctx.saved_tensors
            carried, passed = given[0].clone(memory_format=torch.contiguous_format), torch.empty_like(h)
            beside, index = _beside(blocks), _index(ids, blocks)
            for step in range(len(ids) - 1, -1, -1):
                if ctx.scales[step] is not None:
                    carried[step] *= ctx.scales[step]
                _select(carried[step], beside, index[step], passed)
                if step:
                    carried[step - 1] += passed
            before = torch.cat((h.unsqueeze(0), after[:-1]))
            sums = outer_sums(ids.flatten(), carried.flatten(0, 1), before.flatten(0, 1), blocks.shape)
            return None, None, sums, passed


def _beside(matrices: Float[Tensor, "D K n n"]) -> Float[Tensor, "K n Dn"]:
    """Return the matrices of all letters, by which rows are multiplied, side by side."""
    return matrices.permute(1, 2, 0, 3).flatten(2)


def _index(ids: Int64[Tensor, "T B"], blocks: Float[Tensor, "D K n n"]) -> Int64[Tensor, "T B K 1 n"]:
    return ids.view(*ids.shape, 1, 1, 1).expand(-1, -1, blocks.shape[1], 1, blocks.shape[2])


def _select(states: Tensor, beside: Tensor, letters: Tensor, out: Tensor) -> None:
    """Write each stream's own of the products by all letters."""
    streams, blocks, _, width = letters.shape
    moved = torch.bmm(states.view(streams, blocks, width).transpose(0, 1), beside)
    every = moved.view(blocks, streams, -1, width).transpose(0, 1)
    torch.gather(every, 2, letters, out=out.view(letters.shape))
