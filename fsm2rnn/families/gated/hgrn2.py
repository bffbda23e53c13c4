"""S <- diag(f) S + (1 - f) v^T: the lowest layer, whose lower bound of f is 0; above it f is at least c > 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.families.saturation import SIGMOID
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

HGRN2: Final = PublishedFamily(
    name="hgrn2",
    title="HGRN2",
    recurrence="S <- diag(f(x)) S + (1 - f(x)) v(x)^T, f = c + (1 - c) sigmoid, c = 0 in the lowest layer",
    paper="Qin and others, arXiv 2404.07904",
    holds=(
        "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
        "sets it (gate 0); of the lowest layer, where the lower bound is 0"
    ),
    otherwise="gates strictly between 0 and 1, several layers and convolutions are not built",
    formats=SIGMOID,
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), (BrokenLaw, Cycle)),),
)
