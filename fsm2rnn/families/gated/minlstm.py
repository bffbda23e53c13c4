"""h <- f' h + i' w, f' = f / (f + i), i' = i / (f + i): a letter keeps (f = 1, i = 0) or sets (f = 0, i = 1)."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.gated.keep_or_set import HOLDS, NETWORKS, OTHERWISE
from fsm2rnn.families.saturation import SIGMOID

MINLSTM: Final = PublishedFamily(
    name="minlstm",
    title="minLSTM",
    recurrence="h <- f / (f + i) h + i / (f + i) w(x), f and i = sigmoid of x",
    paper="Feng and others, arXiv 2410.01201",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=SIGMOID,
    networks=NETWORKS,
)
