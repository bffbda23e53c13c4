"""Batches of items of one length: groups of n, in the order in which the items complete them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np

from fsm2rnn.data.answers import Indices


def equal_lengths(blocks: Iterable[Indices], size: int) -> Iterator[tuple[int, Indices]]:
    """Yield (length, items), `size` items of one length each, from the lengths of items 0, 1, 2, ... in blocks.

    Items of a length are grouped in their order, and groups come in the order of their last items, whatever the
    blocks. Those that no group of `size` took follow at the end, shortest first.
    """
    waiting: dict[int, Indices] = {}
    first = 0
    for lengths in blocks:
        full: list[tuple[int, Indices]] = []
        for length in np.unique(lengths).tolist():
            fresh = first + np.flatnonzero(lengths == length)
            items = np.concatenate((waiting.get(length, fresh[:0]), fresh))
            whole = len(items) - len(items) % size
            full += [(length, items[start : start + size]) for start in range(0, whole, size)]
            waiting[length] = items[whole:]
        yield from sorted(full, key=lambda group: int(group[1][-1]))
        first += len(lengths)
    yield from ((length, waiting[length]) for length in sorted(waiting) if waiting[length].size)


def blocks_of(count: int | None, block: int) -> Iterator[range]:
    """Yield the items 0 .. count - 1 in blocks, or without end where `count` is None."""
    starts = itertools.count(0, block) if count is None else range(0, count, block)
    return (range(start, start + block if count is None else min(count, start + block)) for start in starts)
