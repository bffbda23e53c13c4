"""h <- (1 - z) h + z w: a letter keeps a coordinate (z = 0) or sets it (z = 1); finitely many values allow no more."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.gated.keep_or_set import HOLDS, NETWORKS, OTHERWISE
from fsm2rnn.families.saturation import SIGMOID

MINGRU: Final = PublishedFamily(
    name="mingru",
    title="minGRU",
    recurrence="h <- (1 - z(x)) h + z(x) w(x), z = sigmoid, w linear",
    paper="Feng and others, arXiv 2410.01201",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=SIGMOID,
    networks=NETWORKS,
)
