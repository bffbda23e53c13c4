"""S <- c exp(i t) S + k_x v_x^T with c and t fixed, read by its direction: the group norm takes the size away."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import repeated_letters
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import clock
from fsm2rnn.targets.rotation import ROTATION

RETNET: Final = PublishedFamily(
    name="retnet",
    title="RetNet",
    recurrence="S <- c exp(i t) S + k(x) v(x)^T, c = 1 - 2^(-5 - head), t fixed; read after a norm",
    paper="Sun and others, arXiv 2307.08621",
    holds=(
        "a state that is read by its direction, from a first state that is not zero: the decay divides out, so clocks, "
        "whose letters all act alike"
    ),
    otherwise=(
        "what is written beside a decay above 31/32 never dominates in one dimension; heads of so many dimensions that "
        "turns part what was written at different times are not built"
    ),
    formats="the size is c^n, which underflows in float32 after some 3,000 letters of head 0, 350,000 of head 7",
    networks=(Restriction(ROTATION, clock),),
    laws=(repeated_letters,),
)
