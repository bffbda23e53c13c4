"""machine -> Verdict: what every rung and network family offers."""

from __future__ import annotations

from typing import Protocol

from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract


class Target(Protocol):
    """A network family, named as on the command line."""

    @property
    def name(self) -> str:
        """The name that `-t` takes."""

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the verdict on a minimal machine whose start is state 0, under a contract.

        Raises LimitError before memory beyond a stated limit is spent.
        """
