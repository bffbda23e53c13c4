"""h_t = A_{x_t} h_{t-1} for matrices of K blocks: streams are sorted by letter, so that each is one product a step.

States are kept in that order, and the gradient of each matrix is one product over all steps at once. Where few letters
meet small blocks, products with all of them, of which one is selected, are quicker than sorting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.launched import Launched, has_launches
from fsm2rnn.cells.gradients.letter_order import LetterRuns, SortedLetters, outer_sums
from fsm2rnn.cells.gradients.scales import first_order, scale_after

# Rows D n of the matrices of all letters side by side up to which multiplying by all of them is quicker than one call
# for each letter: of one block, and of several, whose calls are slower and copy.
SELECTED, SELECTED_BLOCKS = 256, 2048
PRODUCTS = 1 << 24  # numbers of all products at once
_Products: TypeAlias = list[tuple[Tensor, Tensor, Tensor]]  # of one step


def blocks_over_words(
    blocks: Float[Tensor, "D K n n"], ids: Int64[Tensor, "B T"], h: Float[Tensor, "B H"], every: int
) -> Float[Tensor, "T B H"]:
    """Return the states of all steps, scaled after every `every`-th; by the way that is quicker for the sizes."""
    letters, several, width, _ = blocks.shape
    most = SELECTED_BLOCKS if several > 1 else SELECTED
    fits = letters * width <= most and letters * h.numel() <= PRODUCTS
    given = every, ids.T.contiguous(), blocks.contiguous(), h
    if fits and not has_launches(blocks):
        found: Tensor = EveryLetter.apply(*given)  # type: ignore[no-untyped-call]
        return found
    by_word: Tensor = (Launched if has_launches(blocks) else Grouped).apply(*given)  # type: ignore[no-untyped-call]
    return by_word.transpose(0, 1)


class Grouped(Function):
    """One product per letter and step, forward and backward."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, blocks: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states (B, T, H) of ids (T, B) from h (B, H), blocks (D, K, n, n)."""
        order = SortedLetters.of(ids, len(blocks))
        came, after = torch.empty_like(h), h.new_empty(*ids.shape, h.shape[1])
        products = _products(order.runs, _matrices(blocks.mT), came, after)
        scales, last = [], h
        for step, (rows, out) in enumerate(zip(order.came.unbind(), after.unbind(), strict=True)):
            torch.index_select(last, 0, rows, out=came)
            _multiply(products[step])
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
            return _grouped_back(ctx, given[0])


def _matrices(blocks: Float[Tensor, "D K n n"]) -> list[Tensor]:
    """Return what the rows of each letter are multiplied by: (n, n), or (K, n, n) of several blocks."""
    return list((blocks.squeeze(1) if blocks.shape[1] == 1 else blocks).unbind())


def _products(runs: Sequence[LetterRuns], matrices: Sequence[Tensor], states: Tensor, out: Tensor) -> list[_Products]:
    """Return for every step the rows of each letter, where their product goes, and its matrix.

    Rows are those of every step, (T, B, H), or of one, (B, H), which serves all.
    """
    sides = _rows_of_letters(runs, states), _rows_of_letters(runs, out)
    return [
        [(next(rows), next(into), matrices[letter]) for letter in letters]
        for (letters, _), rows, into in zip(runs, *sides, strict=True)
    ]


def _rows_of_letters(runs: Sequence[LetterRuns], rows: Tensor) -> Iterable[Iterator[Tensor]]:
    """Return for every step an iterator over the rows of each letter."""
    if rows.dim() == 2:  # one step
        return [iter(rows.split(counts)) for _, counts in runs]  # type: ignore[no-untyped-call]
    counts = [count for _, found in runs for count in found]
    every = iter(rows.flatten(0, 1).split(counts))  # type: ignore[no-untyped-call]
    return [every] * len(runs)


def _multiply(products: _Products) -> None:
    """Write h M_x for the rows of every letter x, block by block."""
    for states, out, matrix in products:
        if matrix.dim() == 2:  # one block
            torch.mm(states, matrix, out=out)
        else:
            rows = states.view(len(states), *matrix.shape[:2]).transpose(0, 1)
            out.view(len(states), *matrix.shape[:2]).copy_(torch.bmm(rows, matrix).transpose(0, 1))


def _grouped_back(ctx: Any, given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
    blocks, h, states = ctx.saved_tensors
    order, (width, steps, hidden) = ctx.order, given.shape
    carried = given.flatten(0, 1).index_select(0, order.streams).view(steps, width, hidden)
    passed, later = torch.empty_like(h, memory_format=torch.contiguous_format), order.continued.unbind()
    products, by_step = _products(order.runs, _matrices(blocks), carried, passed), carried.unbind()
    for step in range(steps - 1, -1, -1):
        if ctx.scales[step] is not None:
            by_step[step].mul_(ctx.scales[step])
        _multiply(products[step])
        if step:
            by_step[step - 1].add_(passed.index_select(0, later[step]))
    gradients = carried.flatten(0, 1).index_select(0, order.by_letter)
    sums = outer_sums(order.counts, gradients, order.states_before(states.flatten(0, 1), h), blocks.shape)
    return None, None, sums, passed.index_select(0, later[0])


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
            order, counts = ids.flatten().argsort(), ids.flatten().bincount(minlength=len(blocks)).tolist()
            gradients, states = (one.flatten(0, 1).index_select(0, order) for one in (carried, before))
            return None, None, outer_sums(counts, gradients, states, blocks.shape), passed


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
