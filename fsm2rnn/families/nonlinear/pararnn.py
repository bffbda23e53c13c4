"""h_t = f(h_(t-1), x_t) for all t at once, by Newton's method: nonlinear cells with diagonal Jacobians."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

PARARNN: Final = PublishedFamily(
    name="pararnn",
    title="ParaRNN",
    recurrence="h_t - f(h_(t-1), x_t) = 0 for all t, by Newton sweeps; f a GRU or LSTM with diagonal matrices",
    paper="Danieli and others, arXiv 2510.21450",
    holds="cells with diagonal matrices, solved by sweeps",
    otherwise=(
        "ParaRNN is not built here: its cells have diagonal matrices, the recipes of gru and lstm have full ones"
    ),
)
