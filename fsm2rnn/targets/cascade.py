"""A stack of layers h' = a h + z, gates a in {0, 1} that read the letter and lower layers, some of which turn.

The machine is written as a cascade of registers (`algebra.cascade`), each set or kept as the registers before it and
the letter say. Registers that do not read each other share a layer; a layer's units are conjunctions, one rectified
number each, which erase its channels and write one of them. Where a group permutes what is to be remembered, a register
is turned too: by the abelian factors of the group's derived series, a layer each. Everything stored is a small integer
and every channel 0 or 1, so no format rounds. The kernel follows the stored units over all tuples of channels that
words reach, and over sets of states where the machine is absorbed (`proof.claim.stack_simulation`): grade exact,
contract cover. A group that is not solvable is in no such stack, and its words are the witness.

Layers and channels are the best found of three searches. Where aperiodicity or one of the searches meets a limit
nothing is settled.

Source: that stacks of layers with non-negative gates hold exactly the machines without groups is in Sarrof, Veitsman
and Hahn, arXiv 2405.17394, Theorem 4, by the cascades of Krohn and Rhodes; the cascade here is by remembered events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.stack_verdict import stack_verdict
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class CascadeStack:
    """Registers in layers, each set or kept as the letter and lower layers say."""

    name: str = "cascade"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the stack, proved when it is stored; LimitError where a search for it ends at a limit."""
        return stack_verdict(facts, contract)


CASCADE: Final = CascadeStack()
