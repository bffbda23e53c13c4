"""h <- exp(-dt_x a) h + dt_x B_x x: the selective scan keeps where dt = 0, sets where exp(-dt a) = 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.families.saturation import EXPONENTIAL
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

MAMBA: Final = PublishedFamily(
    name="mamba",
    title="Mamba",
    recurrence="h_i <- exp(-dt_i(x) a_i) h_i + dt_i(x) B(x) x_i, dt = softplus, a > 0",
    paper="Gu and Dao, arXiv 2312.00752",
    holds=(
        "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
        "sets it (gate 0)"
    ),
    otherwise="gates strictly between 0 and 1, several layers and convolutions are not built",
    formats=EXPONENTIAL,
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), (BrokenLaw, Cycle)),),
)
