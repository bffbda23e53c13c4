"""S <- c exp(i t) S + k_x v_x^T with c and t fixed, read by its direction: the group norm takes the size away."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

RETNET: Final = PublishedFamily(
    name="retnet",
    title="RetNet",
    recurrence="S <- c exp(i t) S + k(x) v(x)^T, c = 1 - 2^(-5 - head), t fixed; read after a norm",
    paper="Sun and others, arXiv 2307.08621",
    holds="a fixed decay, read by direction",
    otherwise="RetNet is not built here, and no witness speaks of states that are read by their direction",
)
