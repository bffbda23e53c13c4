"""S <- e^g S; n_h times S <- S + b k (v - k.S), 0 <= b <= 2: a letter of GatedDeltaProduct is one token.

As many reflections as the longest letter needs are n_h (`num_householder`); the decay acts before them, once a token,
and is 0 where a letter resets the states, 1 elsewhere. What is stored and proved is the recurrence over whole letters
(see `constructions.swaps`), and machines whose letters permute the states or send all of them to one are built, and
those made of such machines side by side: one layer. Nothing is known of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.swaps.swap_network import swap_network
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class FlaGatedDeltaProduct:
    """fla's GatedDeltaProductForCausalLM with one layer."""

    name: str = "fla-gated-deltaproduct"
    package: str = "flash-linear-attention 0.6.0"
    extra: str = "fla"
    export: str = "fla"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recurrence over whole letters, proved in integers; LimitError where it has too many points."""
        return swap_network(facts, contract)


FLA_GATED_DELTAPRODUCT: Final = FlaGatedDeltaProduct()
