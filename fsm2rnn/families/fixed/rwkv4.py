"""n <- e^-w n + e^k v, d <- e^-w d + e^k, read as n / d: a fixed decay, of which a quotient is read."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

RWKV4: Final = PublishedFamily(
    name="rwkv4",
    title="RWKV-4",
    recurrence="n <- exp(-w) n + exp(k(x)) v(x), d <- exp(-w) d + exp(k(x)), w fixed; read as n / d",
    paper="Peng and others, arXiv 2305.13048",
    holds="a fixed decay, read as a quotient",
    otherwise="RWKV-4 is not built here, and no witness speaks of states that are read as a quotient",
)
