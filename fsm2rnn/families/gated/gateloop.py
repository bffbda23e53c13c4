"""h <- a_x h + k_x v_x with complex a = sigmoid(.) exp(i .): kept, set, turned by an angle of the letter."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import complex_gates
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, turns
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

GATELOOP: Final = PublishedFamily(
    name="gateloop",
    title="GateLoop",
    recurrence="S <- diag(a(x)) S + k(x) v(x)^T, a = sigmoid(u(x)) exp(i t(x))",
    paper="Katsch, arXiv 2311.01927",
    holds="complex gates: real ones keep, set or turn around a coordinate that is written to, and angles turn planes",
    otherwise="planes that are both turned and written to, and gates strictly between 0 and 1, are not built",
    formats=(
        "an angle is rounded, and so are its cosine and sine: what is stored are cosines and sines, or a sign for "
        "half a turn; sizes of gates as for gla"
    ),
    networks=(
        Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)),
        Restriction(AFFINE_REAL_DIAGONAL, gates(-1, 0, 1)),
        Restriction(ROTATION, turns),
    ),
    laws=(never_returns, complex_gates),
)
