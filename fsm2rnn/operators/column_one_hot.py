"""A_x = P_x D_x: P_x column-one-hot, D_x a diagonal of phases; closed under products, O(H) per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.phase import PhaseMatrix


@final
@dataclass(frozen=True)
class ColumnOneHot(Operator):
    """One column-one-hot matrix with phases per symbol. NumericError when the sizes differ."""

    maps: tuple[PhaseMatrix, ...]

    def __post_init__(self) -> None:
        """Prove that all matrices have one size."""
        sizes = {len(phases.image) for phases in self.maps}
        if len(sizes) != 1:
            message = f"a column-one-hot operator needs matrices of one size, found {sorted(sizes)}"
            raise NumericError(message)

    @property
    def size(self) -> int:
        """The width H of the state."""
        return len(self.maps[0].image)

    def matrix(self, symbol: int) -> SparseMatrix:
        """Return A_x over Q; NumericError when a phase is not real."""
        return self.maps[symbol].sparse()
