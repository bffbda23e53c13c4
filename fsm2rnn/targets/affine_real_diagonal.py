"""h_j <- a_xj h_j + b_xj with a in {0, 1, -1}: the real diagonal rung with an additive term.

See `constructions.diagonal.affine_rung` for theorem and witnesses. All entries are integers, so it is exact at every
length where a format holds them.
"""

from __future__ import annotations

from fsm2rnn.constructions.diagonal.affine_cover import reflecting_coordinates
from fsm2rnn.constructions.diagonal.affine_rung import AffineRung
from fsm2rnn.constructions.refutation import earlier_letters_matter

AFFINE_REAL_DIAGONAL = AffineRung(
    "affine-real-diagonal", 2, earlier_letters_matter, lambda facts: facts.affine_real, reflecting_coordinates
)
