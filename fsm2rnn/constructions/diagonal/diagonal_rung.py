"""h <- diag(a_x) h on one of three fields of values: the rungs that see only how often each letter was read.

Throughout, finite orbit means contracts injective and cover. With i_x and p_x the index and period of a letter's map
(x^(i + p) = x^i), a minimal machine is held

| rung | with finite orbit iff letters commute and | with decay (contract robust) iff letters commute and |
|---|---|---|
| rotation: 2 x 2 rotations, zeros | i_x <= 1 | nothing more |
| real-diagonal | i_x <= 1, p_x <= 2 | p_x <= 2 |
| positive-diagonal: factors >= 0 | i_x <= 1, p_x = 1 | p_x = 1 |

Necessity is in the witnesses (`proof.refutation.witness`), sufficiency in `algebra.diagonal.semicharacters` and
`constructions.diagonal.decay`. The conditions look at the letters alone: since letters commute, the machine is a
quotient of a product of what single letters generate. Positive-diagonal admits zeros.

One layer without an additive term. Stacks and additive terms hold more: see the affine targets; stacks of non-negative
diagonal layers with additive inputs are the star-free languages (Sarrof, Veitsman and Hahn, arXiv 2405.17394).
Source: the hierarchy is that of Ebrahimi and Memisevic, arXiv 2505.21749, Proposition 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.diagonal.semicharacters import Coordinates
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.diagonal.decay import decay_network
from fsm2rnn.constructions.diagonal.diagonal_network import turns_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.refutation import long_way_round, never_returns, order_matters
from fsm2rnn.constructions.sizes import BEST, ONE_CODE
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.witness import Witness


@final
@dataclass(frozen=True)
class Rung:
    """One field of values: the longest cycle of a letter it holds (None: any), and its least coordinates."""

    name: str
    longest: int | None
    coordinates: Callable[[StateMachine], Coordinates]

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the least network, a decaying one under contract robust, or the witness that there is none.

        Raises LimitError for a machine whose products, codes or regions are too many.
        """
        witness = self._refuted(facts)
        returning = never_returns(facts)
        if witness is None and returning is not None and contract is not Contract.ROBUST:
            witness = returning
        if witness is not None:
            return Impossible(witness, contract)
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        return decay_network(facts.machine) if returning is not None else self._least(facts.machine, contract)

    def _refuted(self, facts: Facts) -> Witness | None:
        """Return the witness that holds under every contract."""
        commuting = order_matters(facts)
        if commuting is not None or self.longest is None:
            return commuting
        return long_way_round(facts.machine, self.longest)

    def _least(self, machine: StateMachine, contract: Contract) -> Compiled:
        found = self.coordinates(machine)
        return turns_network(machine, found.turns, contract, ONE_CODE if found.minimal else BEST, found.reason)
