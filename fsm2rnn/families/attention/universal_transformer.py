"""One block of attention and perceptron, applied again and again with the same weights."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import one_hot_columns
from fsm2rnn.targets.full import FULL

UNIVERSAL_TRANSFORMER: Final = PublishedFamily(
    name="universal-transformer",
    title="Universal Transformer",
    recurrence="one block of attention and perceptron, applied T times to all places",
    paper="Dehghani and others, arXiv 1807.03819",
    holds=(
        "each place looks one place back and takes the state that its own letter leads to: after t turns place t has "
        "the state after t letters, for every machine; maps composed in pairs take log2 T turns"
    ),
    otherwise="fewer units in the perceptron than pairs of states and letters are not built",
    formats=(
        "places p enter as (p, p^2), so that the softmax is one-hot at 128 a unit (exp(-128) is 0 in float32), for "
        "words of up to 2,048 letters at a time; what is stored and proved is the recurrence of which a turn is a step"
    ),
    networks=(Restriction(FULL, one_hot_columns),),
)
