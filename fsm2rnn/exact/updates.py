"""A = (I + b_r k_r w_r^T) ... (I + b_1 k_1 w_1^T) as factors: h <- h + b (v - <k, h>) k, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import final

from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, absolute, canonical_vector, dot, unit


@final
@dataclass(frozen=True)
class Update:
    """One step h <- h + beta (value - <key, h>) key; with value 0 a reflection where beta <key, key> = 2.

    A value is written by way of a last coordinate that stays 1: then the key is zero there.
    """

    key: Vector
    beta: Scalar
    value: Scalar = 0

    @property
    def numbers(self) -> tuple[Scalar, ...]:
        """The numbers that are stored."""
        return (self.beta, self.value, *(entry for _, entry in self.key))

    @property
    def growth(self) -> Scalar:
        """The largest row sum of |I - beta key key^T|."""
        size = sum(absolute(entry) for _, entry in self.key)
        rows = (
            absolute(1 - self.beta * entry * entry) + absolute(self.beta * entry) * (size - absolute(entry))
            for _, entry in self.key
        )
        return max([1, *rows])

    def apply(self, state: Vector, constant: int | None) -> Vector:
        """Return the state after the step."""
        total = dict(state)
        written = self.value * total.get(constant, 0) if constant is not None else 0
        scale = self.beta * (written - dot(self.key, state))
        for place, entry in self.key:
            total[place] = total.get(place, 0) + scale * entry
        return canonical_vector(total)


@final
@dataclass(frozen=True)
class UpdateProduct:
    """The product of updates of a state of `height` coordinates, the first one applied first.

    `constant` is the coordinate that stays 1 where values are written. Raises NumericError where a key leaves
    the height.
    """

    height: int
    updates: tuple[Update, ...]
    constant: int | None = None
    product: SparseMatrix = field(init=False)

    def __post_init__(self) -> None:
        """Prove the shapes, and multiply."""
        SparseMatrix(self.height, tuple(update.key for update in self.updates))
        columns = (self._last(unit(place)) for place in range(self.height))
        object.__setattr__(self, "product", SparseMatrix(self.height, tuple(columns)))

    @property
    def width(self) -> int:
        """How many columns the product has."""
        return self.height

    def apply(self, state: Vector) -> Vector:
        """Return A state."""
        return self.product.apply(state)

    def partial_sums(self, reach: Scalar, unit_of_state: int) -> Scalar:
        """Return B D: every number met on the way from a code is at most B in magnitude, and a multiple of 1 / D.

        Codes have entries of at most `reach` in magnitude, multiples of 1 / `unit_of_state`; see `reach_of`. B is 1 at
        least. The numbers are the weights, products and partial sums of each step; no update lets a coordinate grow by
        more than the largest row sum of |I - b k k^T|. D is right for dyadic weights and codes.
        """
        largest: Scalar = max(reach, 1)
        smallest = unit_of_state
        for update in self.updates:
            weight, size = _largest(update.key), sum(absolute(entry) for _, entry in update.key)
            summed = size * reach + absolute(update.value)
            scale = absolute(update.beta) * summed
            largest = max(largest, weight, absolute(update.beta), size, summed, scale, reach + scale * weight)
            units = max(_denominator(update.key) * unit_of_state, update.value.denominator) * update.beta.denominator
            unit_of_state = max(unit_of_state, units * _denominator(update.key))
            smallest = max(smallest, unit_of_state)
            reach = update.growth * reach + absolute(update.beta * update.value) * weight
        return largest * smallest

    def _last(self, state: Vector) -> Vector:
        for update in self.updates:
            state = update.apply(state, self.constant)
        return state


def reach_of(codes: Iterable[Vector]) -> tuple[Scalar, int]:
    """Return the greatest magnitude of an entry of a code, and the greatest denominator."""
    entries = {entry for code in codes for _, entry in code}
    return max(map(absolute, entries), default=0), max((entry.denominator for entry in entries), default=1)


def _largest(state: Vector) -> Scalar:
    return max((absolute(entry) for _, entry in state), default=0)


def _denominator(state: Vector) -> int:
    return max((entry.denominator for _, entry in state), default=1)
