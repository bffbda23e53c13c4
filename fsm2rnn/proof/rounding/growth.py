"""e_t <= (1 + eta) e_{t-1} + added: letters that join states stretch what is between prototypes, and errors with it.

Theorem G (sequential evaluation, block by block). With the rows, residuals and step errors of theorem D, let
s + g <= eta and |r| + g V + a <= added for all letters, prototypes and blocks. If the state is within e of a prototype
of the right state and one step of a state so near is read right, then a step later it is within (1 + eta) e + added of
a prototype of the right state.

Proof. As for theorem D: h_t - v_q' = A (h_{t-1} - v_q) + r + d with |d| <= g (V + e) + a, so that the distance is at
most (1 + s + g) e + |r| + g V + a.

Theorem D writes both terms as one factor of V + e, which is enough where letters nearly keep lengths, s being small.
Where s is not, a merge for example, that factor says nothing, while few steps from near a prototype are still proved:
enough for a state that is put back on its prototype.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final

from fsm2rnn.exact.circle import UNIT
from fsm2rnn.proof.rounding.arithmetic import ACCUMULATING

LIMIT: Final = 1 << 12  # steps that are followed one by one; with eta of a thousandth errors have grown sixtyfold
REASON: Final = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    f"accumulating format ({ACCUMULATING}), in any order of summation, "
    "fused or not, an update as the product of key and state, times beta, times key, factors as input, gates and "
    "output one after the other, and each new state rounded once to the stored format: a state of which every block is "
    "within e of a prototype of the right state is within (1 + eta) e + added of one a symbol later, the stored start "
    "is within e_0 of the first, and with V the largest norm of a block of a prototype a state that is nearer than "
    "(1 + mu) (V + e_0) - V is read right, the scores' own rounding included"
)
SNAPPED: Final = (
    "after snap.every symbols at most the state is replaced by row q of snap.prototype, q being the state that it is "
    "read as; these rows and the start are off by at most away, and from there so many steps end nearer than "
    "(1 + mu) (V + e_0) - V, so that every state is read right before it is replaced: "
)


def steps_within(borne: Fraction, first: Fraction, growth: Fraction, added: Fraction) -> int:
    """Return how many steps from an error `first` keep it below `borne`, LIMIT at most; each is rounded up."""
    error, steps = first, 0
    while steps < LIMIT:
        error = Fraction(math.ceil(((1 + growth) * error + added) * UNIT), UNIT)
        if error >= borne:
            break
        steps += 1
    return steps
