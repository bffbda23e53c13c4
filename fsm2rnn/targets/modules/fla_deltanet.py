"""S <- S + b k (v - k.S), 0 <= b <= 2: a letter of DeltaNet is a word of tokens, a reflection or a projection in each.

There is no decay, so a letter that sends all states to one first erases the state, a coordinate a token: b = 1 and k =
e_i, 2n tokens for n points. Otherwise what is said of `fla-gated-deltanet` holds, and with `allow_neg_eigval` alone.
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
class FlaDeltaNet:
    """fla's DeltaNetForCausalLM with one layer."""

    name: str = "fla-deltanet"
    package: str = "flash-linear-attention 0.6.0"
    extra: str = "fla"
    export: str = "fla"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recurrence over whole letters, proved in integers; LimitError where it has too many points."""
        return swap_network(facts, contract)


FLA_DELTANET: Final = FlaDeltaNet()
