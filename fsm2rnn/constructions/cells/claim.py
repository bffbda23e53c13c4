"""What is claimed of a stock cell: the machine's output after every word, by the greatest logit; its proof, if made.

The units of a state are several, so the contract is cover.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell import PRODUCT_LIMIT
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.rounding.cell_grade import INVARIANT, Invariant
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.rounding.horizon import ALL_LENGTHS


@final
@dataclass(frozen=True)
class CellClaim:
    """The claim of a recipe; `proved` is the stored cell that the kernel proved, None before it was asked."""

    machine: StateMachine
    products: int  # that a proof takes
    proved: ProvedCell | ProvedStack | None = None

    @property
    def contract(self) -> Contract:
        """Every word counts, whatever units stand for its state."""
        return Contract.COVER

    @property
    def margin(self) -> str | None:
        """The least lead of the right logit, where that is proved and there is another one."""
        if self.proved is None or self.proved.proof.margin is None:
            return None
        exact = isinstance(self.proved.grade, ExactGrade)
        return str(self.proved.proof.margin) if exact else _six_digits(self.proved.proof.margin)

    @property
    def slack(self) -> str | None:
        """What every computed coordinate may err by in a step, where the grade is invariant."""
        if self.proved is None or not isinstance(self.proved.grade, Invariant):
            return None
        return _six_digits(self.proved.grade.slack)

    def steps(self) -> dict[str, int | None]:
        """Return the formats in which nothing rounds, at every length; empty where that is not so, or not proved."""
        if self.proved is None or not isinstance(self.proved.grade, ExactGrade):
            return {}
        return {form.name: None for form in self.proved.grade.formats}

    def lasts(self) -> str:
        """Say for how long, and in what arithmetic, in one line."""
        if self.proved is None:
            return self._refused or "proved once stored, or asked by -t"
        if self.slack is not None:
            return f"every length, where a step errs by at most {self.slack} in each coordinate"
        return f"exact at every length in {', '.join(self.steps())}"

    @property
    def _refused(self) -> str | None:
        """Why no proof is made."""
        if self.products <= PRODUCT_LIMIT:
            return None
        return f"not proved: a proof takes {self.products:,} products, and the limit is {PRODUCT_LIMIT:,}"

    def to_json(self) -> dict[str, Json]:
        """Return whether it is proved, and of what is proved the grade with its numbers."""
        said: dict[str, Json] = {"proved": self.proved is not None, "contract": self.contract.value}
        if self.proved is None:
            return said if self._refused is None else said | {"reason": self._refused}
        dtypes: dict[str, Json] = dict.fromkeys(self.steps(), ALL_LENGTHS)
        said |= {"grade": self.proved.grade_name, "dtypes": dtypes, "margin": self.margin}
        return said if self.slack is None else said | {"slack": self.slack, "condition": INVARIANT}


def _six_digits(bound: Fraction) -> str:
    """Return the bound rounded down."""
    return f"{math.floor(bound * 10**6) / 10**6:.6f}"
