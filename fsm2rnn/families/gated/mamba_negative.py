"""h <- (2 exp(-dt_x a) - 1) h + dt_x B_x x: factors in [-1, 1], so that a letter may turn a coordinate around."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, laws_and_cycles
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL

MAMBA_NEGATIVE: Final = PublishedFamily(
    name="mamba-negative",
    title="Mamba with negative eigenvalues",
    recurrence="h_i <- (2 exp(-dt_i(x) a_i) - 1) h_i + dt_i(x) B(x) x_i",
    paper="Grazzi and others, arXiv 2411.12537",
    holds=(
        "factors in [-1, 1] and a written value: on finitely many values a letter keeps a coordinate, sets it, or "
        "turns it around"
    ),
    otherwise="factors other than -1, 0 and 1, several layers and convolutions are not built",
    formats=(
        "the factor is 1 where softplus(-z) is 0, from z = 103 on in float32, 93 in bfloat16, 17.5 in float16, "
        "744.25 in float64, and -1 where exp(-z) is 0, from 104, 93, 17.5, 745.25 on; 0 needs exp(-dt a) = 1/2, "
        "which dt = log 2 rounds to"
    ),
    networks=(Restriction(AFFINE_REAL_DIAGONAL, gates(-1, 0, 1), laws_and_cycles),),
)
