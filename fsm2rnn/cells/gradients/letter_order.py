"""Streams sorted by the letter that they read, step by step, and sums over all that read one letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

LetterRuns: TypeAlias = tuple[list[int], list[int]]


@final
@dataclass(frozen=True)
class SortedLetters:
    """For every step the streams as rows in the order of their letters, see cells.gradients.loops.letter_sort.

    `came` and `continued` (T, B) lead from the rows of a step to those of the step before and back, `places` (B T,)
    from states, stream by stream, to rows, step by step, and `streams` (T B,) back. `by_letter` (T B,) are the rows
    letter by letter, `before` (T B,) the states before those, but of the first step's, which lie at `first` (B,).
    `runs`: letters and numbers of rows of each step; `counts`: numbers of rows of every letter.
    """

    came: Tensor
    continued: Tensor
    places: Tensor
    streams: Tensor
    by_letter: Tensor
    before: Tensor
    first: Tensor
    runs: list[LetterRuns]
    counts: list[int]

    @classmethod
    def of(cls, ids: Int64[Tensor, "T B"], letters: int) -> SortedLetters:
        """Sort ids in 0..letters - 1, on the CPU, and put the orders where the ids are."""
        from fsm2rnn.cells.gradients.loops.letter_sort import sort_letters, sort_rows  # noqa: PLC0415  loads numba

        (steps, width), number = ids.shape, ids.numel()
        counts = torch.zeros(steps, letters, dtype=torch.int64)
        orders = torch.empty(6 * number + width, dtype=torch.int64)
        found = [one.numpy() for one in orders[: 4 * number].view(4, steps, width)]
        found[2] = found[2].reshape(width, steps)
        sort_letters(ids.contiguous().numpy(force=True), counts.numpy(), *found)
        rows = orders[4 * number :].split([number, number, width])  # type: ignore[no-untyped-call]
        sort_rows(counts.numpy(), found[3], *(one.numpy() for one in rows))
        found = orders.to(ids.device).split([number] * 6 + [width])  # type: ignore[no-untyped-call]
        came, continued, places, streams, by_letter, before, first = found
        by_step, runs = came.view(steps, width), [_runs(row) for row in counts.tolist()]
        orders_of_all = places, streams, by_letter, before, first
        return cls(by_step, continued.view(steps, width), *orders_of_all, runs, counts.sum(0).tolist())

    def states_before(self, states: Float[Tensor, "N H"], h: Float[Tensor, "B H"]) -> Float[Tensor, "N H"]:
        """Return the states that are read, letter by letter, from states stream by stream and the first ones, h."""
        found = states.index_select(0, self.before)
        return found.index_copy_(0, self.first, h.index_select(0, self.came[0]))


def _runs(counts: list[int]) -> LetterRuns:
    found = [(letter, count) for letter, count in enumerate(counts) if count]
    return [letter for letter, _ in found], [count for _, count in found]


def outer_sums(
    counts: Sequence[int], gradients: Float[Tensor, "N H"], states: Float[Tensor, "N H"], shape: torch.Size
) -> Float[Tensor, "D K n n"]:
    """Return sum of g s^T over the rows of each letter, which lie letter by letter: one product per letter."""
    _, blocks, width, _ = shape
    found = gradients.new_empty(shape)
    parts = (one.split(list(counts)) for one in (gradients, states))  # type: ignore[no-untyped-call]
    for g, s, out in zip(*parts, found, strict=True):
        if blocks == 1:
            torch.mm(g.T, s, out=out[0])
        else:
            left, right = (one.view(-1, blocks, width) for one in (g, s))
            torch.bmm(left.permute(1, 2, 0), right.transpose(0, 1), out=out)
    return found
