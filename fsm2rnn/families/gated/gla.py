"""S <- diag(sigmoid(.)^(1/16)) S + k v^T: gated linear attention, one value wide; a letter that keeps has key 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.families.saturation import SIGMOID
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

GLA: Final = PublishedFamily(
    name="gla",
    title="GLA",
    recurrence="S <- diag(g(x)) S + k(x) v(x)^T, g = sigmoid^(1/16)",
    paper="Yang and others, arXiv 2312.06635",
    holds=(
        "gates in [0, 1] and a written value: on finitely many values a letter keeps a coordinate (gate 1) or "
        "sets it (gate 0)"
    ),
    otherwise="gates strictly between 0 and 1, several layers and convolutions are not built",
    formats=SIGMOID,
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), (BrokenLaw, Cycle)),),
)
