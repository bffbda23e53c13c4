"""W <- W + sigmoid(b) (v' - v) f(k)^T with y, k, q, b all read off W itself: a matrix that rewrites itself."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

SRWM: Final = PublishedFamily(
    name="srwm",
    title="SRWM",
    recurrence="(y, k, q, b) = W f(x), W <- W + sigmoid(b) (W f(q) - W f(k)) f(k)^T, f = softmax",
    paper="Irie and others, arXiv 2202.05780",
    holds="a matrix that rewrites itself",
    otherwise=(
        "keys, rates and values are read off the matrix that they change, so a letter is no affine map of the state, "
        "and neither a rung's network nor a rung's witness is one of it; no weights of its own are built"
    ),
)
