"""h <- f' h + i' w, f' = f / (f + i), i' = i / (f + i): a letter keeps (f = 1, i = 0) or sets (f = 0, i = 1)."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.families.saturation import SIGMOID
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

MINLSTM: Final = PublishedFamily(
    name="minlstm",
    title="minLSTM",
    recurrence="h <- f / (f + i) h + i / (f + i) w(x), f and i = sigmoid of x",
    paper="Feng and others, arXiv 2410.01201",
    holds=(
        "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
        "sets it (gate 0)"
    ),
    otherwise="gates strictly between 0 and 1, several layers and convolutions are not built",
    formats=SIGMOID,
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), (BrokenLaw, Cycle)),),
)
