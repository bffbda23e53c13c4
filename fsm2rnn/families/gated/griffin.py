"""h <- a h + sqrt(1 - a^2) i x: the RG-LRU, a = 1 where its gate is shut, 0 where exp(-8 softplus(p)) underflows."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

GRIFFIN: Final = PublishedFamily(
    name="griffin",
    title="Griffin (RG-LRU)",
    recurrence="h <- a h + sqrt(1 - a^2) (i(x) x), a = exp(-8 softplus(p) r(x)), r and i = sigmoid",
    paper="De and others, arXiv 2402.19427",
    holds=(
        "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
        "sets it (gate 0)"
    ),
    otherwise="gates strictly between 0 and 1, several layers and convolutions are not built",
    formats=(
        "the exponent is 0 where r = sigmoid(-z) is 0: from z = 88.75 on in float32, 89 in bfloat16, 17.5 in "
        "float16, 710 in float64; with p = 32 the factor exp(-256) is 0 in float32, bfloat16 and float16, and in "
        "float64 with p = 94"
    ),
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), (BrokenLaw, Cycle)),),
)
