"""h_j <- a_xj h_j with a in {0, 1, -1}: signs and zeros, so Z2^k and what zeros add to it.

Holds, with finite orbit, exactly the machines whose letters commute and satisfy xxx = x; all entries are integers, so
it is exact at every length in every format. Contract robust admits factors 1/2 as well. See
`constructions.diagonal.diagonal_rung` for theorem and witnesses.

Source: Ebrahimi and Memisevic, arXiv 2505.21749, Proposition 3 (parity by frozen random signs).
"""

from __future__ import annotations

from fsm2rnn.algebra.diagonal.semicharacters import real_coordinates
from fsm2rnn.constructions.diagonal.diagonal_rung import Rung

REAL_DIAGONAL = Rung("real-diagonal", 2, real_coordinates)
