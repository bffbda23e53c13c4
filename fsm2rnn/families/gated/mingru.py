"""h <- (1 - z) h + z w: a letter keeps a coordinate (z = 0) or sets it (z = 1); finitely many values allow no more."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.families.saturation import SIGMOID
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

MINGRU: Final = PublishedFamily(
    name="mingru",
    title="minGRU",
    recurrence="h <- (1 - z(x)) h + z(x) w(x), z = sigmoid, w linear",
    paper="Feng and others, arXiv 2410.01201",
    holds=(
        "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
        "sets it (gate 0)"
    ),
    otherwise="gates strictly between 0 and 1, several layers and convolutions are not built",
    formats=SIGMOID,
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), (BrokenLaw, Cycle)),),
)
