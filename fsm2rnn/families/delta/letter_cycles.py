"""A letter of one update goes around two states at most: all of its eigenvalues are real.

Its matrix is g (I - b k k^T), symmetric, or diag(w) - k^T (a k) with a >= 0, which is similar to diag(w) - u^T u,
u = sqrt(a) k, where all a > 0, and a limit of such where not: a limit of real eigenvalues is real. Beside an additive
term take (h, 1) for the state, which adds the eigenvalue 1. So the letter read twice has eigenvalues >= 0, and what its
powers make of a state converges where it is bounded: what belongs to 1 is at rest, what belongs to less decays, and
nothing else is bounded. States of the network after 2 n and 2 n + 2 letters come together; those of the machine do not
where the letter goes around more than two. With finite orbit or with a positive margin that refutes one layer; layers
above it read more than a letter.
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
