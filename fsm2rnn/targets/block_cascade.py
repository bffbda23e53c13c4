"""The stack of target cascade, some of whose layers turn by a group that is not solvable, as blocks of permutations.

Every machine divides a cascade of registers and of the simple groups that divide its transition monoid (Krohn and
Rhodes). Registers and solvable groups are layers as in target cascade. A group that is not solvable is no wreath
product of abelian ones, so no layers whose turns commute hold it at any depth; here it is one layer: its values are one
code with a one in each block, a letter multiplies by a block-diagonal permutation matrix that the letter and the lower
layers choose, and a reset shuts the gate and writes (`algebra.cascade.block_levels`). Such a layer is stored and proved
as every layer that turns, with matrices that do not commute: all numbers are zeros and ones, so no format rounds; grade
exact, contract cover.

No machine is in no such stack, so nothing is impossible. Unsettled are machines that meet a limit of the search, those
with a group of which no blocks were found that are together at most `BLOCK_LIMIT` channels wide, and linear heads.
Layers and channels are the best found. Where all groups are solvable, the stack is that of target cascade.

Source: Krohn and Rhodes, "Algebraic theory of machines I", 1965; the codes are images of a base of points, as in Sims,
"Computational methods in the study of permutation groups", 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.stack_verdict import block_stack_verdict
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class BlockCascade:
    """Registers in layers, set, kept, or turned by any group as the letter and lower layers say."""

    name: str = "block-cascade"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the stack, proved when it is stored; LimitError where a search for it ends at a limit."""
        return block_stack_verdict(facts, contract)


BLOCK_CASCADE: Final = BlockCascade()
