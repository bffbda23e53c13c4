"""The verdict of a stock cell: every machine has one, and what is told before it is proved is its size."""

from __future__ import annotations

from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.operators.letter_units import letter_units
from fsm2rnn.operators.stock_cell import StockCell
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.contract import Contract

NO_HEAD: Final = "the greatest logit of a nonlinear cell is proved, not the values of the outputs; those: full, pd"


def stock_verdict(kind: CellKind, facts: Facts, contract: Contract) -> Verdict:
    """Return the recipe of a cell under contract cover, whatever weaker or stronger one is asked, save linear heads.

    LimitError for too many units.
    """
    if contract is Contract.LINEAR:
        return Unsettled(NO_HEAD)
    cell = StockCell(kind, letter_units(facts.machine))
    return Compiled(cell, CellClaim(facts.machine, cell.products), width_only(cell, BEST))
