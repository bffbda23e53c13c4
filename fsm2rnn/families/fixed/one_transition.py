"""h <- L h + B x with one diagonal L for all letters: what LRU and S4D share, which differ in how they make L."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import more_than_last_and_length, words_of_one_length
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.family import Restriction
from fsm2rnn.families.restrictions import one_transition
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

HOLDS: Final = (
    "one transition for all letters: machines whose last letter is the state (transition 0), and clocks, "
    "whose letters all act alike (a turn)"
)
OTHERWISE: Final = "longer suffixes, which decay, and a last letter beside a clock of more than two are not built"
LAWS: Final = (words_of_one_length, never_returns, more_than_last_and_length)
NETWORKS: Final = (
    Restriction(AFFINE_POSITIVE_DIAGONAL, one_transition),
    Restriction(AFFINE_REAL_DIAGONAL, one_transition),
    Restriction(ROTATION, one_transition),
)
