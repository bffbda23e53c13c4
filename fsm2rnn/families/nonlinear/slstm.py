"""c <- f c + i tanh(z), n <- f n + i, h = o c / n: with i = o = 1 and f = 0 the tanh cell."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import every_network
from fsm2rnn.targets.elman import ELMAN

SLSTM: Final = PublishedFamily(
    name="slstm",
    title="sLSTM",
    recurrence="c <- f c + i tanh(W h + U x + b), n <- f n + i, h = o c / n, i and f = exp, o = sigmoid",
    paper="Beck and others, arXiv 2405.04517",
    holds="with i = 1, f = 0 and o = 1 it is the tanh cell of torch.nn.RNN, whose recipe holds every machine",
    otherwise="fewer units than the recipe's are not built",
    formats="exp(-1000) is 0 in every format, sigmoid(200) is 1",
    networks=(Restriction(ELMAN, every_network),),
)
