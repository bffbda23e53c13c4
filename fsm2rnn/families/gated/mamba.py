"""h <- exp(-dt_x a) h + dt_x B_x x: the selective scan keeps where dt = 0, sets where exp(-dt a) = 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.gated.keep_or_set import HOLDS, NETWORKS, OTHERWISE
from fsm2rnn.families.saturation import EXPONENTIAL

MAMBA: Final = PublishedFamily(
    name="mamba",
    title="Mamba",
    recurrence="h_i <- exp(-dt_i(x) a_i) h_i + dt_i(x) B(x) x_i, dt = softplus, a > 0",
    paper="Gu and Dao, arXiv 2312.00752",
    holds=HOLDS,
    otherwise=OTHERWISE,
    formats=EXPONENTIAL,
    networks=NETWORKS,
)
