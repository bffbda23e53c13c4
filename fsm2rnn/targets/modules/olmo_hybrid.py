"""S <- e^g S; S <- S + b k (v - k.S), 0 <= b <= 2: a letter of OlmoHybrid is a word of tokens, a reflection in each.

The gates read the token alone, and are shut and open to the last bit: e^g is 0 or 1, b is 0 or 2. A token with e^g = 0
first puts all points back, and may reflect as well. What is stored and proved is the recurrence over whole letters (see
`constructions.swaps`), and machines whose letters permute the states or send all of them to one are built, and those
made of such machines side by side: one layer of it, beside a layer of attention that the configuration asks for and
whose weights are 0. Nothing is known of others.
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
class OlmoHybrid:
    """OlmoHybridForCausalLM with one layer of Gated DeltaNet, and one of attention that is 0."""

    name: str = "olmo-hybrid"
    package: str = "transformers 5.24.0"
    extra: str = "transformers"
    export: str = "transformers"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recurrence over whole letters, proved in integers; LimitError where it has too many points."""
        return swap_network(facts, contract)


OLMO_HYBRID: Final = OlmoHybrid()
