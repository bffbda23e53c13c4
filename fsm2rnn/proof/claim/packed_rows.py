"""W s + b for integer vectors s: all rows in one sum of long integers, which costs a row's sum and not as many."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import final


@final
class PackedRows:
    """Row i of W and b_i stand in lane i, bits L i to L (i + 1) - 1, of one integer per column, and of one for b.

    The lanes of sum_j s_j column_j + b are then the rows' sums, as long as each is below 2^(L-1) in magnitude: L is
    chosen so for all |s_j| <= bound. To each lane 2^(L-1) is added, so that none is negative and none borrows.
    """

    def __init__(self, rows: Sequence[Sequence[int]], biases: Sequence[int], bound: int) -> None:
        """Take rows (R, H), at least one column each, and biases (R,)."""
        sums = (sum(map(abs, row)) * bound + abs(bias) for row, bias in zip(rows, biases, strict=True))
        self._bytes = (max(sums).bit_length() + 1 + 7) // 8  # L / 8
        self._half = 1 << (8 * self._bytes - 1)
        self._starts = range(0, self._bytes * len(rows), self._bytes)
        self._columns = [self._packed(column) for column in zip(*rows, strict=True)]
        self._start = self._packed([bias + self._half for bias in biases])

    def _packed(self, numbers: Sequence[int]) -> int:
        return sum(number << (8 * start) for number, start in zip(numbers, self._starts, strict=True))

    def sums(self, vector: Sequence[int]) -> list[int]:
        """Return W s + b for a vector (H,) with |s_j| <= bound."""
        lanes = sum(map(mul, self._columns, vector), self._start).to_bytes(self._starts.stop, "little")
        size, half, read = self._bytes, self._half, int.from_bytes
        return [read(lanes[start : start + size], "little") - half for start in self._starts]
