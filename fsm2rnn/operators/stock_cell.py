"""A cell of torch.nn that follows a machine, before it is stored: its kind, its units, how many numbers it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.operators.letter_units import LetterUnits
from fsm2rnn.proof.claim.cell_kinds import CellKind

SIGNS: Final = 3
"""A sign code needs R - 2 > 0: smaller ones get units that are never on."""


@final
@dataclass(frozen=True)
class StockCell:
    """The recipe of a cell: kind and units. `size` is H, with the units that are never on."""

    kind: CellKind
    letters: LetterUnits

    @property
    def size(self) -> int:
        """The width H of the state h."""
        units = len(self.letters.units)
        return units if self.kind is CellKind.RELU else max(units, SIGNS)

    @property
    def parameters(self) -> int:
        """How many numbers the layer of torch.nn stores: G H (D + H + 2), readout aside."""
        symbols = len(self.letters.machine.symbols)
        return self.kind.gates * self.size * (symbols + self.size + 2)

    @property
    def products(self) -> int:
        """How many products of weights and walls a proof by boxes of the start and the units takes."""
        labels = len(self.letters.machine.output_labels)
        return (len(self.letters.units) + 1) * self.size * (self.kind.gates * self.size + labels)
