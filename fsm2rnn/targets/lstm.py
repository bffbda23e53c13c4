"""c' = f c + i g, h' = o tanh c': torch.nn.LSTM holds every machine, its gates held by biases.

The gates read nothing: i = o = sigmoid(200) is 1 and f = sigmoid(-200) is 0 to 86 places, and then c' = g = +-1 and
h' = +-tanh 1. The rows of g are those of the sign code divided by tanh 1: one unit per map f of a letter and state q in
its image, which adds up K (2 [u in A] + 2 [x is f] - 3) for the unit u that is on, K = R - 2, A the units that f sends
to q; the zero vector, with which the layer starts, is the start. K is scaled to 16 to 32. Boxes around the codes, in h
and in c, go into the middle of one another, as the kernel proves of the stored weights, in which tanh 1 is rounded:
grade invariant, right at every length in any arithmetic that errs by less than the stated slack in a step.

The claim is the output after every word, contract cover: several states of the layer stand for one of the machine.
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
class Lstm:
    """torch.nn.LSTM, one unit per letter map and state in its image."""

    name: str = "lstm"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recipe, proved when it is stored; LimitError for more than 2,048 units."""
        return stock_verdict(CellKind.LSTM, facts, contract)


LSTM: Final = Lstm()
