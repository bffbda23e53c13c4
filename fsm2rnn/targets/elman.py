"""h' = tanh(W_ih e_x + W_hh h + b): torch.nn.RNN holds every machine, with walls that no rounding crosses.

One unit per map f of a letter and state q in its image, +1 where it is on and -1 elsewhere; K = R - 2 for R units. The
coordinates of a state with one unit u on add up to -K, so K on A (the units that f sends to q) less |A| everywhere
gives 2K [u in A], and 0 of the zero vector, with which the layer starts; 2 more everywhere give -2K of a state and 0
of zero. With letters 2K and b = -3K, and where f sends the start to q those 2 more and b = -K, the unit adds up
K (2 [u in A] + 2 [x is f] - 3), zero counting as in A where f sends the start to q: at least K where the unit is to be
on, at most -K elsewhere. A power of two makes K 16 to 32, and tanh of that is 1 to 13 places.

So every letter sends the box of half-width rho around the code of a unit into the middle of the next one: rho at most
1/16, and so small that from the walls the sums keep half their magnitude, tanh 8 = 1 - 2.3e-7. The kernel proves these
inclusions of the stored weights, rounding and all. Grade invariant: right at every length in any arithmetic that errs
by less than rho - 3e-7 in a step; without such walls nothing is claimed of a tanh that a library computes. R > 2 is
needed, so smaller machines get units that are never on. The claim is the output after every word, contract cover.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.stock_verdict import stock_verdict
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class Elman:
    """torch.nn.RNN of tanhs, one unit per letter map and state in its image."""

    name: str = "elman"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recipe, proved when it is stored; LimitError for more than 2,048 units."""
        return stock_verdict(CellKind.ELMAN, facts, contract)


ELMAN: Final = Elman()
