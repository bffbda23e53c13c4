"""h <- a h + sqrt(1 - a^2) i x: the RG-LRU, a = 1 where its gate is shut, 0 where exp(-8 softplus(p)) underflows."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.gated.keep_or_set import HOLDS, NETWORKS, OTHERWISE

GRIFFIN: Final = PublishedFamily(
    name="griffin",
    title="Griffin (RG-LRU)",
    recurrence="h <- a h + sqrt(1 - a^2) (i(x) x), a = exp(-8 softplus(p) r(x)), r and i = sigmoid",
    paper="De and others, arXiv 2402.19427",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=(
        "the exponent is 0 where r = sigmoid(-z) is 0: from z = 88.75 on in float32, 89 in bfloat16, 17.5 in "
        "float16, 710 in float64; with p = 32 the factor exp(-256) is 0 in float32, bfloat16 and float16, and in "
        "float64 with p = 94"
    ),
    networks=NETWORKS,
)
