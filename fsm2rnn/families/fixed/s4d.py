"""h <- exp(D A) h + (exp(D A) - 1) / A B x with a fixed complex diagonal A: the state space layer, sampled."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.fixed.one_transition import HOLDS, LAWS, NETWORKS, OTHERWISE

S4D: Final = PublishedFamily(
    name="s4d",
    title="S4D",
    recurrence="h <- exp(D A) h + A^-1 (exp(D A) - 1) B x, A complex diagonal, Re A < 0, D fixed",
    paper="Gu and others, arXiv 2206.11893",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=(
        "exp(D A) is 0 where -D Re A is at least 104 in float32, and 1 in size where it rounds to it; in real "
        "arithmetic both are missed by a hair"
    ),
    networks=NETWORKS,
    laws=LAWS,
)
