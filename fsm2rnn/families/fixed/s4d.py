"""h <- exp(D A) h + (exp(D A) - 1) / A B x with a fixed complex diagonal A: the state space layer, sampled."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.fixed.equal_lengths import words_of_one_length
from fsm2rnn.families.restrictions import one_transition
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

S4D: Final = PublishedFamily(
    name="s4d",
    title="S4D",
    recurrence="h <- exp(D A) h + A^-1 (exp(D A) - 1) B x, A complex diagonal, Re A < 0, D fixed",
    paper="Gu and others, arXiv 2206.11893",
    holds=(
        "one transition for all letters: machines whose last letter is the state (transition 0), and clocks, "
        "whose letters all act alike (a turn)"
    ),
    otherwise="longer suffixes, which decay, and a last letter beside a clock of more than two are not built",
    formats=(
        "exp(D A) is 0 where -D Re A is at least 104 in float32, and 1 in size where it rounds to it; in real "
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
