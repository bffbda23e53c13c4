"""H <- (I - b k k^T) H + b k v^T, n_h times a token, b = 2 sigmoid(.): DeltaMinGRU of mingru-scans holds reflections.

The updates of target `householder` that are integers, from zero (`constructions.updates.moved_updates`). A unit key of
a swap is (e_i - e_j) / sqrt(2), which no format has: the state is kept twice, and k = (e_i - e_j, e_i - e_j) / 2 is
exact. A single coordinate is then updated in each of the two, one after the other. Gates 200, 0 and -200 make b 2, 1
and 0. Representations whose keys round are left to `householder`: what is written here is exact at every length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.updates.moved_updates import moved_verdict
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class DeltaMinGru:
    """DeltaMinGRU with as many heads as coordinates, each of which reads one."""

    name: str = "delta-mingru"
    package: str = "mingru-scans 0.2.0"
    extra: str = "mingru"
    export: str = "torch"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network, unsettled where no updates are found; LimitError where it has too many numbers."""
        return moved_verdict(facts, contract)


DELTA_MINGRU: Final = DeltaMinGru()
