"""S <- diag(sigmoid(.)^(1/16)) S + k v^T: gated linear attention, one value wide; a letter that keeps has key 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.gated.keep_or_set import HOLDS, NETWORKS, OTHERWISE
from fsm2rnn.families.saturation import SIGMOID

GLA: Final = PublishedFamily(
    name="gla",
    title="GLA",
    recurrence="S <- diag(g(x)) S + k(x) v(x)^T, g = sigmoid^(1/16)",
    paper="Yang and others, arXiv 2312.06635",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=SIGMOID,
    networks=NETWORKS,
)
