"""S <- diag(f) S + (1 - f) v^T: the lowest layer, whose lower bound of f is 0; above it f is at least c > 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.gated.keep_or_set import HOLDS, NETWORKS, OTHERWISE
from fsm2rnn.families.saturation import SIGMOID

HGRN2: Final = PublishedFamily(
    name="hgrn2",
    title="HGRN2",
    recurrence="S <- diag(f(x)) S + (1 - f(x)) v(x)^T, f = c + (1 - c) sigmoid, c = 0 in the lowest layer",
    paper="Qin and others, arXiv 2404.07904",
    holds=f"{HOLDS}; of the lowest layer, where the lower bound is 0",
    otherwise=OTHERWISE,
    formats=(
        f"{SIGMOID}. Above the lowest layer, for c < 1/2, what is written last is read by its sign with a margin of "
        "1 - 2 c after words of every length (an invariant of intervals, beside the kernel)"
    ),
    networks=NETWORKS,
)
