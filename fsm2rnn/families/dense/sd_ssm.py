"""h <- A_x h + B x, A a mixture of a dictionary of dense matrices with columns of p-norm 1."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import one_hot_columns
from fsm2rnn.targets.full import FULL

SD_SSM: Final = PublishedFamily(
    name="sd-ssm",
    title="SD-SSM",
    recurrence="h <- A(x) h + B x, A = sum of softmax(s(x))_k A_k, columns of the A_k of p-norm 1",
    paper="Terzic and others, arXiv 2412.19350",
    holds=(
        "a matrix for each letter, one 1 in each column: its p-norm is 1 for every p, so the norm changes "
        "nothing, and every machine is held"
    ),
    otherwise="smaller dictionaries are not built",
    formats="softmax is one-hot where the other scores are lower by 104 in float32 (exp(-104) is 0)",
    networks=(Restriction(FULL, one_hot_columns),),
)
