"""h' = tanh(s) h + sigmoid(z) c: SignedMinGRU of mingru-scans (coupled=False) holds letters that keep, set and reflect.

s = 32, -32 or 0 makes the factor 1, -1 or 0 in float32 and shorter formats, z = 200 makes the gate 1, and c is what is
written. So the layer is the real diagonal network with an additive term, from zero
(`constructions.diagonal.signed_bank`): parity and what commutes with it, registers, and their like. The witnesses are
that rung's, for one layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.diagonal.signed_bank import signed_verdict
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class SignedMinGru:
    """SignedMinGRU with the decoupled factor, one layer."""

    name: str = "signed-mingru"
    package: str = "mingru-scans 0.2.0"
    extra: str = "mingru"
    export: str = "torch"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network, or the witness that one layer has none; LimitError for too many roles or codes."""
        return signed_verdict(facts, contract)


SIGNED_MINGRU: Final = SignedMinGru()
