"""A_x = (I - b_r k_r k_r^T) ... (I - b_1 k_1 k_1^T), with written values h <- h + b (v - <k, h>) k: DeltaProduct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.updates import Update, UpdateProduct
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.structure_tensors import Tensors, dense_tensor, parameters, structure_tensors
from fsm2rnn.proof.stored.structures import Structure


@final
@dataclass(frozen=True)
class Householder(Operator):
    """Updates per symbol, the first one applied first, of a state of `width` coordinates.

    Where a value is written the state is (h, 1). NumericError when a key leaves the width.
    """

    width: int
    updates: tuple[tuple[Update, ...], ...]  # (D, up to R)

    def __post_init__(self) -> None:
        """Prove that every key has at most `width` coordinates."""
        for row in self.updates:
            if any(update.key and update.key[-1][0] >= self.width for update in row):
                message = f"a key has more than {self.width} coordinates"
                raise NumericError(message)

    @property
    def steps(self) -> int:
        """The number R = n_h of updates per symbol, one at least: shorter rows are filled with zeros."""
        return max([1, *map(len, self.updates)])

    @property
    def written(self) -> bool:
        """Whether any update writes a value."""
        return any(update.value for row in self.updates for update in row)

    @property
    def size(self) -> int:
        """The width H of the state, without the constant that written values are multiplied by."""
        return self.width

    def matrix(self, symbol: int) -> UpdateProduct:
        """Return A_x, on (h, 1) where values are written."""
        if self.written:
            return UpdateProduct(self.width + 1, self.updates[symbol], self.width)
        return UpdateProduct(self.width, self.updates[symbol])


@parameters.register
def _(operator: Householder, symbols: int) -> int:
    return operator.steps * (operator.size + 1 + operator.written) * symbols


@structure_tensors.register
def _(operator: Householder, symbols: int, form: FloatFormat) -> Tensors:
    """Return keys and betas, zero where a letter has fewer updates than others, and values where one is written."""
    del symbols  # the operator has them
    symbols, steps, size = len(operator.updates), operator.steps, operator.size
    placed = [
        (symbol * steps + place, update)
        for symbol, updates in enumerate(operator.updates)
        for place, update in enumerate(updates)
    ]
    keys = ((place * size + index, entry) for place, update in placed for index, entry in update.key)
    betas = ((place, update.beta) for place, update in placed)
    tensors = {
        "key": dense_tensor((symbols, steps, size), keys, form),
        "beta": dense_tensor((symbols, steps), betas, form),
    }
    if operator.written:
        values = ((place, update.value) for place, update in placed)
        tensors["value"] = dense_tensor((symbols, steps), values, form)
    return Structure.HOUSEHOLDER, tensors
