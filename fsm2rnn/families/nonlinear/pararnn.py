"""h_t = f(h_(t-1), x_t) for all t at once, by Newton's method: nonlinear cells with diagonal Jacobians."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import every_network, three_values
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.relu import RELU

PARARNN: Final = PublishedFamily(
    name="pararnn",
    title="ParaRNN",
    recurrence="h_t - f(h_(t-1), x_t) = 0 for all t, by Newton sweeps; f a GRU or LSTM with diagonal matrices",
    paper="Danieli and others, arXiv 2510.21450",
    holds=(
        "a GRU whose matrices are diagonal, as the paper trains it, keeps, sets or turns around a coordinate of three "
        "values: one sweep is right where letters keep or set, and letters that turn take a sweep each, no gain on "
        "them. For every other machine f is the relu cell with full matrices, of which the method asks no more than "
        "its derivative: a sweep then composes matrices, and T sweeps are right, fewer where words erase what was"
    ),
    otherwise="diagonal cells of coordinates with more values are not built",
    formats="tanh and the gates are exact from logits of 37 on in every format; 1,024 is used",
    networks=(Restriction(AFFINE_REAL_DIAGONAL, three_values), Restriction(RELU, every_network)),
)
