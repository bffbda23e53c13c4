"""S <- e^g S; S <- S + b k (v - k.S), 0 <= b <= 2: a letter of GatedDeltaNet is a word of tokens, a reflection in each.

With `allow_neg_eigval`, as a reflection needs b = 2. A token with e^g = 0 first puts all points back, and may reflect
as well. What is stored and proved is the recurrence over whole letters (see `constructions.swaps`), and machines whose
letters permute the states or send all of them to one are built, and those made of such machines side by side: one
layer. Nothing is known of others.
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
class FlaGatedDeltaNet:
    """fla's GatedDeltaNetForCausalLM with one layer."""

    name: str = "fla-gated-deltanet"
    package: str = "flash-linear-attention 0.6.0"
    extra: str = "fla"
    export: str = "fla"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recurrence over whole letters, proved in integers; LimitError where it has too many points."""
        return swap_network(facts, contract)


FLA_GATED_DELTANET: Final = FlaGatedDeltaNet()
