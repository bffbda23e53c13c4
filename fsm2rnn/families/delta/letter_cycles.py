"""A letter of one update goes around two states at most, and what it leads to comes again: its eigenvalues are real.

Its matrix is g (I - b k k^T), symmetric, or diag(w) - k^T (a k) with a >= 0, which is similar to diag(w) - u^T u,
u = sqrt(a) k, where all a > 0, and a limit of such where not: a limit of real eigenvalues is real. Beside an additive
term take (h, 1) for the state, which adds the eigenvalue 1. So the letter read twice has eigenvalues >= 0, and what its
powers make of a state converges where it is bounded: what belongs to 1 is at rest, what belongs to less decays, and
nothing else is bounded. States of the network after 2 n and 2 n + 2 letters come together; those of the machine do not
where the letter goes around more than two. With finite orbit or with a positive margin that refutes one layer; layers
above it read more than a letter.

Its matrix M and M^2 have one kernel, so on a finite orbit the state after a letter comes again when the letter is
repeated (`Transient`). A symmetric matrix is diagonalised. For M = diag(w) - k^T (a k), w > 0 and a >= 0, the
characteristic polynomial is the product of all (t - w_i), which is not 0 at t = 0, times 1 + the sum of a_i k_i^2 /
(t - w_i), of which the derivative at 0 is minus the sum of a_i k_i^2 / w_i^2; where that is 0 every a_i k_i is, and the
sum is 1. So 0 is no eigenvalue or a simple one. Several heads are blocks of such matrices: both theorems speak of them.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.refutation import long_way_round
from fsm2rnn.proof.refutation.witness import Cycle

INVOLUTION: Final = 2


def letter_cycle(facts: Facts) -> Cycle | None:
    """Return a letter that goes around more than two states, or None: of longer words the theorem says nothing."""
    found = long_way_round(facts.machine, INVOLUTION)
    return found if found is not None and len(found.word) == 1 else None
