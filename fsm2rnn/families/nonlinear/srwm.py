"""W <- W + sigmoid(b) (v' - v) f(k)^T with y, k, q, b all read off W itself: a matrix that rewrites itself."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import rewritten_columns
from fsm2rnn.targets.full import FULL

SRWM: Final = PublishedFamily(
    name="srwm",
    title="SRWM",
    recurrence="(y, k, q, b) = W f(x), W <- W + sigmoid(b) (W f(q) - W f(k)) f(k)^T, f = softmax",
    paper="Irie and others, arXiv 2202.05780",
    holds=(
        "a letter copies one column of the matrix onto another, which it names by scores that the state's column and "
        "its own add up to: every machine, with a column for each letter and each state that it leads to"
    ),
    otherwise="fewer columns, and letters that copy several or mix them, are not built",
    formats=(
        "softmax is one-hot or two halves where scores differ by 1,024, and sigmoid(2,048) is 1, in every format; what "
        "is stored and proved is what the column that holds the state steps through"
    ),
    networks=(Restriction(FULL, rewritten_columns),),
)
