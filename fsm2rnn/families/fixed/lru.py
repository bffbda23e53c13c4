"""h <- L h + g B x with a fixed complex diagonal L, |L| < 1: what a layer holds whose transition reads no letter."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.fixed.equal_lengths import words_of_one_length
from fsm2rnn.families.restrictions import one_transition
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

LRU: Final = PublishedFamily(
    name="lru",
    title="LRU",
    recurrence="h <- exp(-exp(n) + i exp(t)) h + g B x, n, t and g fixed",
    paper="Orvieto and others, arXiv 2303.06349",
    holds=(
        "one transition for all letters: machines whose last letter is the state (transition 0), and clocks, "
        "whose letters all act alike (a turn)"
    ),
    otherwise="longer suffixes, which decay, and a last letter beside a clock of more than two are not built",
    formats=(
        "|L| is 0 where exp(n) is at least 104 in float32, and 1 where exp(-exp(n)) rounds to it; in real "
        "arithmetic both are missed by a hair"
    ),
    networks=(
        Restriction(AFFINE_POSITIVE_DIAGONAL, one_transition),
        Restriction(AFFINE_REAL_DIAGONAL, one_transition),
        Restriction(ROTATION, one_transition),
    ),
    laws=(never_returns,),
    searched=words_of_one_length,
)
