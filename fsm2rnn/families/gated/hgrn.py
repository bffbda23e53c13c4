"""h <- f_x exp(i t) h + (1 - f_x) w_x with fixed angles t: the lowest layer, whose lower bound of f is 0, at t = 0."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import earlier_of_one_length
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.families.saturation import SIGMOID
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

HGRN: Final = PublishedFamily(
    name="hgrn",
    title="HGRN",
    recurrence="h <- f(x) exp(i t) h + (1 - f(x)) w(x), f = c + (1 - c) sigmoid, t fixed, c = 0 in the lowest layer",
    paper="Qin and others, arXiv 2311.04823",
    holds=(
        "at angle 0 and in the lowest layer, where the lower bound c is 0, a letter keeps a coordinate (f = 1) or "
        "sets it (f = 0)"
    ),
    otherwise="above the lowest layer f >= c > 0 erases nothing exactly, and angles other than 0 are not built",
    formats=SIGMOID,
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)),),
    laws=(never_returns, earlier_of_one_length),
)
