"""Streams sorted by the letter that they read, step by step, and sums over all that read one letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

LetterRuns: TypeAlias = tuple[list[int], list[int]]


@final
@dataclass(frozen=True)
class SortedLetters:
    """For every step t the streams in the order of their letters, and how many rows read each letter that occurs.

    `rows` (T, B): stream of each row; `places` (T, B): row of each stream; `runs`: letters and numbers of rows.
    """

    rows: Tensor
    places: Tensor
    runs: list[LetterRuns]

    @classmethod
    def of(cls, ids: Int64[Tensor, "T B"], letters: int) -> SortedLetters:
        """Sort ids in 0..letters - 1."""
        steps = torch.arange(len(ids), device=ids.device).unsqueeze(1)
        counts = torch.bincount((ids + letters * steps).flatten(), minlength=letters * len(ids)).view(len(ids), -1)
        rows = ids.argsort(1)
        return cls(rows, rows.argsort(1), [_runs(row) for row in counts.tolist()])

    def flat(self, found: Int64[Tensor, "T B"]) -> Int64[Tensor, " N"]:
        """Return rows or places as indices into steps one after the other."""
        steps = torch.arange(len(found), device=found.device).unsqueeze(1)
        return (found + found.shape[1] * steps).flatten()


def _runs(counts: list[int]) -> LetterRuns:
    found = [(letter, count) for letter, count in enumerate(counts) if count]
    return [letter for letter, _ in found], [count for _, count in found]


def outer_sums(
    ids: Int64[Tensor, " N"],
    gradients: Float[Tensor, "N H"],
    states: Float[Tensor, "N H"],
    shape: torch.Size,
) -> Float[Tensor, "D K n n"]:
    """Return sum of g s^T over the rows of each letter, block by block: one product per letter."""
    letters, blocks, width, _ = shape
    order = ids.argsort()
    left, right = gradients.index_select(0, order), states.index_select(0, order)
    found = gradients.new_zeros(shape)
    read, counts = _runs(ids.bincount(minlength=letters).tolist())
    pairs = zip(read, left.split(counts), right.split(counts), strict=True)  # type: ignore[no-untyped-call]
    for letter, *pair in pairs:
        g, s = (one.view(-1, blocks, width) for one in pair)
        if blocks == 1:
            torch.mm(g[:, 0].T, s[:, 0], out=found[letter, 0])
        else:
            torch.bmm(g.permute(1, 2, 0), s.transpose(0, 1), out=found[letter])
    return found
