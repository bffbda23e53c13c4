"""Verdict = Compiled | Unsettled: exact weights with their proof, or an honest word on what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.operators.operator import Operator
from fsm2rnn.proof.grade import exact_grade
from fsm2rnn.proof.simulation import Simulation


@final
@dataclass(frozen=True, repr=False)
class Compiled:
    """Exact parameters, and the proof that they simulate the machine."""

    operator: Operator
    proof: Simulation

    def __str__(self) -> str:
        """Say size, contract and grade in one line."""
        formats = ", ".join(form.name for form in exact_grade(self.proof).formats) or "no float format"
        contract = self.proof.contract.value
        return f"compiled: size {self.operator.size}, {contract}, exact at every length in {formats}"

    __repr__ = __str__


@final
@dataclass(frozen=True)
class Unsettled:
    """No answer; `tried` says what was tried and why it stopped."""

    tried: str

    def __str__(self) -> str:
        """Say what was tried."""
        return f"unsettled: {self.tried}"


Verdict: TypeAlias = Compiled | Unsettled
