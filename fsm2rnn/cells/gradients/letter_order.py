"""Streams sorted by the letter that they read, step by step, and sums over all that read one letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor


@final
@dataclass(frozen=True)
class SortedLetters:
    """For every step t the streams in the order of their letters, and which rows (x, first, last) read letter x.

    `rows` (T, B): stream of each row; `places` (T, B): row of each stream; `slices`: letters that occur.
    """

    rows: Tensor
    places: Tensor
    slices: list[list[tuple[int, int, int]]]

    @classmethod
    def of(cls, ids: Int64[Tensor, "T B"], letters: int) -> SortedLetters:
        """Sort ids in 0..letters - 1."""
        steps = torch.arange(len(ids), device=ids.device).unsqueeze(1)
        counts = torch.bincount((ids + letters * steps).flatten(), minlength=letters * len(ids)).view(len(ids), -1)
        rows = ids.argsort(1)
        return cls(rows, rows.argsort(1), [_slices(row) for row in counts.tolist()])

    def flat(self, found: Int64[Tensor, "T B"]) -> Int64[Tensor, " N"]:
        """Return rows or places as indices into steps one after the other."""
        steps = torch.arange(len(found), device=found.device).unsqueeze(1)
        return (found + found.shape[1] * steps).flatten()


def _slices(counts: list[int]) -> list[tuple[int, int, int]]:
    found, first = [], 0
    for letter, count in enumerate(counts):
        if count:
            found.append((letter, first, first + count))
        first += count
    return found


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
    for letter, first, last in _slices(ids.bincount(minlength=letters).tolist()):
        g, s = (one[first:last].view(-1, blocks, width) for one in (left, right))
        if blocks == 1:
            torch.mm(g[:, 0].T, s[:, 0], out=found[letter, 0])
        else:
            torch.bmm(g.permute(1, 2, 0), s.transpose(0, 1), out=found[letter])
    return found
