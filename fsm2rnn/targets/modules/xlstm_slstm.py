"""c' = f c + i tanh(z), n' = f n + i, h' = o c' / n': the sLSTM layer of xlstm holds every machine.

The gates read nothing: i = exp(0 - m') and f = exp(-1000 - m') with m' = 0 are 1 and, in every format, 0, o =
sigmoid(200) is 1 to 86 places; then n' = 1 and h' = tanh(z), a step of torch.nn.RNN. So what is stored and proved is an
elman cell (see `targets.elman`): boxes around sign codes, one unit per letter map and state in its image, grade
invariant, contract cover. The layer's group norm has one group, and the units of a code are the same numbers in another
order, of one mean and one variance: it scales and shifts all codes alike, which the readout takes back.
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
class XlstmSlstm:
    """xlstm's sLSTMLayer with one head and no convolution, one unit per letter map and state in its image."""

    name: str = "xlstm-slstm"
    package: str = "xlstm 2.0.6"
    extra: str = "xlstm"
    export: str = "torch"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the recipe, proved when it is stored; LimitError for more than 2,048 units."""
        return stock_verdict(CellKind.ELMAN, facts, contract)


XLSTM_SLSTM: Final = XlstmSlstm()
