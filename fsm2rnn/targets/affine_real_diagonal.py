"""h_j <- a_xj h_j + b_xj with a in {0, 1, -1}: the real diagonal rung with an additive term.

See `targets.affine_rung` for theorem and witnesses. All entries are integers, so it is exact at every length where a
format holds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.affine_diagonal import affine_real_coordinates
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.contract import Contract
from fsm2rnn.targets.affine_rung import AffineRung
from fsm2rnn.targets.refutation import earlier_letters_matter
from fsm2rnn.targets.verdict import Verdict

RUNG = AffineRung(earlier_letters_matter, affine_real_coordinates)


@final
@dataclass(frozen=True)
class AffineRealDiagonal:
    """Few coordinates, each with one code per state."""

    name: str = "affine-real-diagonal"

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the network, the witness, or what was tried; LimitError when there are too many roles to try."""
        return RUNG.compile(machine, contract)


AFFINE_REAL_DIAGONAL = AffineRealDiagonal()
