"""h <- L h + g B x with a fixed complex diagonal L, |L| < 1: what a layer holds whose transition reads no letter."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.fixed.one_transition import HOLDS, LAWS, NETWORKS, OTHERWISE

LRU: Final = PublishedFamily(
    name="lru",
    title="LRU",
    recurrence="h <- exp(-exp(n) + i exp(t)) h + g B x, n, t and g fixed",
    paper="Orvieto and others, arXiv 2303.06349",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=(
        "|L| is 0 where exp(n) is at least 104 in float32, and 1 where exp(-exp(n)) rounds to it; in real "
        "arithmetic both are missed by a hair"
    ),
    networks=NETWORKS,
    laws=LAWS,
)
