"""h' = (1 - z) n + z h, n = tanh(W_in e_x + b_in + r W_hn h): torch.nn.GRU holds every machine, gates held by biases.

The gates read nothing: r = sigmoid(200) is 1 and z = sigmoid(-200) is 0 to 86 places, and then h' = n is a step of a
tanh network. Its rows are those of the sign code: one unit per map f of a letter and state q in its image, which adds
up K (2 [u in A] + 2 [x is f] - 3) for the unit u that is on, K = R - 2, A the units that f sends to q; the zero vector,
with which the layer starts, is the start. Where |K| is scaled to 16 to 32, boxes around the codes go into the middle of
one another, as the kernel proves of the stored weights: grade invariant, right at every length in any arithmetic that
errs by less than the stated slack in a step.

A letter that is the identity could be held by z = 1 in every unit at no cost, but h' = h leaves a box no room: such
letters get units of their own. The claim is the output after every word, contract cover.
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
class Gru:
    """torch.nn.GRU, one unit per letter map and state in its image."""

    name: str = "gru"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recipe, proved when it is stored; LimitError for more than 2,048 units."""
        return stock_verdict(CellKind.GRU, facts, contract)


GRU: Final = Gru()
