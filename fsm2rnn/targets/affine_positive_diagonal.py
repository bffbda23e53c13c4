"""h_j <- a_xj h_j + b_xj with a in {0, 1}: the positive diagonal rung with an additive term.

See `constructions.diagonal.affine_rung` for theorem and witnesses. All entries are integers, so it is exact at every
length where a format holds them.
"""

from __future__ import annotations

from fsm2rnn.algebra.diagonal.affine_diagonal import affine_nonnegative_coordinates
from fsm2rnn.constructions.diagonal.affine_cover import resetting_coordinates
from fsm2rnn.constructions.diagonal.affine_rung import AffineRung
from fsm2rnn.constructions.refutation import first_occurrence_matters

AFFINE_POSITIVE_DIAGONAL = AffineRung(
    "affine-positive-diagonal",
    1,
    first_occurrence_matters,
    lambda facts: affine_nonnegative_coordinates(facts.machine),
    resetting_coordinates,
)
