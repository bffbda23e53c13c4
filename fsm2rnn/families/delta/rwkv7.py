"""S <- S (diag(w_x) - k^T (a_x k)) + v_x^T q_x: diagonal less one product, a and w in the released range."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

RWKV7: Final = PublishedFamily(
    name="rwkv7",
    title="RWKV-7",
    recurrence="S <- S (diag(w(x)) - k(x)^T (a(x) k(x))) + v(x)^T q(x), w = exp(-0.6065 sigmoid), a = sigmoid",
    paper="Peng and others, arXiv 2503.14456",
    holds="diagonal less one product",
    otherwise=(
        "RWKV-7 is not built here: the released layer has no doubled range, so no swap, and the published one "
        "with it is not compiled yet"
    ),
)
