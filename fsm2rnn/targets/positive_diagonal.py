"""h_j <- a_xj h_j with a in {0, 1}: which letters have been read, and nothing that ever turns back.

Holds, with finite orbit, exactly the machines whose letters commute and satisfy xx = x; all entries are integers, so it
is exact at every length in every format. Contract robust admits factors 1/2, and then counters that saturate. No group
is held: parity is the smallest machine that is not. See `constructions.diagonal.diagonal_rung` for theorem and
witnesses.

Source: that no layer with non-negative gates recognises parity is in Sarrof, Veitsman and Hahn, arXiv 2405.17394; one
layer is proved here by the witness.
"""

from __future__ import annotations

from fsm2rnn.algebra.diagonal.semicharacters import nonnegative_coordinates
from fsm2rnn.constructions.diagonal.diagonal_rung import Rung

POSITIVE_DIAGONAL = Rung("positive-diagonal", 1, nonnegative_coordinates)
