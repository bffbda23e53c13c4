"""S <- S + k_x v_x^T: a sum of what was read; the state before it is divided by sums of keys."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import something_moves
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, laws_and_cycles
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

LINEAR_ATTENTION: Final = PublishedFamily(
    name="linear-attention",
    title="Linear attention",
    recurrence="S <- S + k(x) v(x)^T, read before any quotient",
    paper="Katharopoulos and others, arXiv 2006.16236",
    holds="every gate is 1: with finitely many values nothing is ever written, so only one state is held",
    otherwise="sums that grow, which count letters, are not built",
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(1), laws_and_cycles),),
    laws=(something_moves,),
)
