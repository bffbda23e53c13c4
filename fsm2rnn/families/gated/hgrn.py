"""h <- f_x exp(i t) h + (1 - f_x) w_x with fixed angles t: the lowest layer, whose lower bound of f is 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import earlier_of_one_length
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, one_angle
from fsm2rnn.families.saturation import SIGMOID
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

HGRN: Final = PublishedFamily(
    name="hgrn",
    title="HGRN",
    recurrence="h <- f(x) exp(i t) h + (1 - f(x)) w(x), f = c + (1 - c) sigmoid, t fixed, c = 0 in the lowest layer",
    paper="Qin and others, arXiv 2311.04823",
    holds=(
        "in the lowest layer, where the lower bound c is 0, a letter keeps a coordinate and turns it by the angle that "
        "all letters share (f = 1), or sets it (f = 0)"
    ),
    otherwise="above the lowest layer f >= c > 0 erases nothing exactly; planes that some letters set are not built",
    formats=f"{SIGMOID}; an angle is rounded, and so are its cosine and sine",
    networks=(
        Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)),
        Restriction(AFFINE_REAL_DIAGONAL, one_angle),
        Restriction(ROTATION, one_angle),
    ),
    laws=(never_returns, earlier_of_one_length),
)
