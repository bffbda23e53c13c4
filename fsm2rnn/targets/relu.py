"""h' = max(0, W_ih e_x + W_hh h + b): torch.nn.RNN(nonlinearity="relu") holds every machine, and never rounds.

One unit per map f of a letter and state q in its image. Let A be the units that f sends to q. Where f does not send the
start to q, the unit adds [u in A] + [x is f] - 1 for the unit u that is on; where it does, [x is f] - [u is outside of
A]. The greatest value is 1, taken exactly when x is f and u lies in A, or nothing is on and f sends the start to q. So
by induction the state after a word is one-hot: the map of the last letter and the state that was reached; the zero
vector, with which the layer starts, is the start, and no letter leads back to it. The output k is read by logit 2 [u
shows k], and before the first letter by a bias of 1.

All weights are -1, 0, 1 (2 in the readout), all values 0 or 1, and so are all partial sums small integers: exact in
every float format, in any order of summation. The claim is the output after every word, contract cover: several states
of the layer stand for one of the machine.
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
class Relu:
    """torch.nn.RNN of relus, one unit per letter map and state in its image."""

    name: str = "relu"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recipe, proved when it is stored; LimitError for more than 2,048 units."""
        return stock_verdict(CellKind.RELU, facts, contract)


RELU: Final = Relu()
