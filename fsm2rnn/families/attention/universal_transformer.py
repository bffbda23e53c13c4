"""One block of attention and perceptron, applied again and again with the same weights."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

UNIVERSAL_TRANSFORMER: Final = PublishedFamily(
    name="universal-transformer",
    title="Universal Transformer",
    recurrence="one block of attention and perceptron, applied T times to all places",
    paper="Dehghani and others, arXiv 1807.03819",
    holds="one block for each letter read",
    otherwise="the universal transformer is not built here",
)
