"""machine -> Verdict: what every rung and network family offers."""

from __future__ import annotations

from typing import Protocol

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.contract import Contract


class Target(Protocol):
    """A network family, named as on the command line."""

    @property
    def name(self) -> str:
        """The name that `-t` takes."""

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the verdict on the minimal machine of these facts, whose start is state 0, under a contract.

        Raises LimitError before memory beyond a stated limit is spent.
        """
