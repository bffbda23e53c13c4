"""u = tanh(W h + U x + b), h <- sum of softmax(u . c_i / t)_i c_i: after each step the state is pulled to centroids."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import every_network
from fsm2rnn.targets.elman import ELMAN

STATE_REGULARISED: Final = PublishedFamily(
    name="state-regularised",
    title="State-regularised RNN",
    recurrence="u = tanh(W h + U x + b), h <- sum of softmax(u . c_i / t)_i c_i",
    paper="Wang and Niepert, arXiv 1901.08817",
    holds=(
        "the codes of the tanh recipe are the centroids: each code's product with itself is larger by almost 4 at "
        "least, so a cold softmax changes nothing"
    ),
    otherwise="fewer centroids than the recipe's codes are not built",
    formats="at temperature t = 1/32 exp(-4 / t) is 0 in float32, bfloat16 and float16, at 1/256 in float64",
    networks=(Restriction(ELMAN, every_network),),
)
