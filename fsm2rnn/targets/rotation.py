"""h_j <- R(2 pi t_xj) h_j or 0: planes turned by rational turns, the real form of complex diagonal networks.

Holds, with finite orbit, exactly the machines whose letters commute and have index at most 1; for an abelian group with
invariant factors n_1 | ... | n_k it needs k blocks, those with n_i = 2 being one real number. Turns are kept as
integers over n; the certificate's horizon says for how many steps the rounded weights are proved right. Only quarter
turns have rational cosine and sine (I. Niven: the rational cosines of rational turns are 0, 1/2, 1 and their
negatives), so any other turn is never exact in binary floats, in this basis. See `constructions.diagonal.diagonal_rung`
for theorem and witnesses.

Source: Ebrahimi and Memisevic, arXiv 2505.21749, Proposition 2 (2 x 2 rotations hold the abelian groups).
"""

from __future__ import annotations

from fsm2rnn.algebra.diagonal.semicharacters import complex_coordinates
from fsm2rnn.constructions.diagonal.diagonal_rung import Rung

ROTATION = Rung("rotation", None, complex_coordinates)
