"""A nonlinear cell with its readout, over the integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.proof.claim.cell_kinds import CellKind

Row: TypeAlias = tuple[int, ...]

# Products of a weight and a coordinate, some 40 nanoseconds each twice: about three minutes at the limit.
PRODUCT_LIMIT: Final = 1 << 31


@final
@dataclass(frozen=True)
class Cell:
    """A cell and its readout over the integers: every number is one of these over 2^scale."""

    kind: CellKind
    size: int  # H
    scale: int
    hidden: tuple[Row, ...]  # (G H, H)
    hidden_bias: Row  # (G H,)
    inputs: tuple[Row, ...]  # (D, G H): W_ih v_x + b_ih, where symbol x enters as v_x
    input_sums: tuple[Row, ...]  # (D, G H): |W_ih| |v_x| + |b_ih|, which bounds every partial sum
    readout: tuple[Row, ...]  # (K, H)
    readout_bias: Row  # (K,)
    features: int  # entries of v_x
    greatest: int | None  # magnitude of a stored number; None where one is no integer
    form: FloatFormat  # of the recurrence
    readout_form: FloatFormat

    @property
    def width(self) -> int:
        """Numbers of a state: H for (h), 2 H for (h, c)."""
        return self.kind.states * self.size

    def products(self, nodes: int, activation: int) -> int:
        """Products of a weight and a coordinate in a proof over so many nodes; an activation takes as long as some."""
        rows = len(self.hidden)
        return nodes * (self.size * (rows + len(self.readout)) + len(self.inputs) * rows * activation)
