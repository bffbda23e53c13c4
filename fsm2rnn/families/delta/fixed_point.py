"""h = Q_x^-1 L_x h + B_x x as the limit of an iteration: the mixers Q must be near the identity."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

FIXED_POINT: Final = PublishedFamily(
    name="fixed-point",
    title="Fixed-Point RNN",
    recurrence="h(l) <- L(x) h' + Q(x) B x + (I - Q(x)) h(l - 1) to its limit h, h' of the letter before",
    paper="Movahedi and others, arXiv 2503.10799",
    holds="an iteration within each letter",
    otherwise="the Fixed-Point RNN is not built here: its iteration must be certified to end",
)
