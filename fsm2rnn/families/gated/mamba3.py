"""h <- e_x (h + g_x v_y) + c_x v_x, y the letter before, e = exp(dt A) R(dt t): Mamba's scan, turned by a trapezoid.

What words obey, coordinate by coordinate, on finitely many values. Repeating x is an affine map of what is reached
after x, which it permutes where e_x is not 0; as |e_x| <= 1 that is one number, and x called a constant, or x is a turn
of finite order, |e_x| = 1. Let m be a power for all turns, x and y two of them. Reading x^m y^m adds (g_x - g_y)
(v_y - v_x) each time, so that is 0: all turns have one g, or all have one v.

- One g: z = h + g v_y, y the last letter, steps as z <- e_x z + (c_x + g) v_x for a turn, and is one number after a
  constant. So of z words obey the laws of maps z <- a z + b, and where they end in one letter h is equal as z is.
- One v: after a turn each turn is one map, and permutes what is reached after turns. After a constant the first turn is
  another map, of one number. So words of turns obey the laws after a turn; words with a constant obey them after every
  letter, since both sides read alike from the last constant on.

So both sides of a law of complex gates lead to one state where the letter before them occurs in them (`complex_law`,
behind), and the state after a word comes again when the word is repeated, whatever was read before (`Transient`).
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import two_letter_law
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, turns
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

MAMBA3: Final = PublishedFamily(
    name="mamba3",
    title="Mamba-3",
    recurrence=(
        "h <- exp(dt A) R(dt t(x)) h + l(x) dt B x + (1 - l(x)) dt exp(dt A) R B' x', of the letter before: B', x'"
    ),
    paper="Lahoti and others, arXiv 2603.15569",
    holds=(
        "with l = 1 one letter is read: real gates keep, set or turn around a coordinate, or an angle turns a plane"
    ),
    otherwise=(
        "with l < 1 two letters are read, so that laws speak of it only after one of their own letters; l < 1, "
        "and planes that are both turned and written to, are not built"
    ),
    formats=(
        "an angle is rounded, and so are its cosine and sine: what is stored are cosines and sines, or a sign for "
        "half a turn; sizes of gates as for mamba"
    ),
    networks=(
        Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)),
        Restriction(AFFINE_REAL_DIAGONAL, gates(-1, 0, 1)),
        Restriction(ROTATION, turns),
    ),
    laws=(two_letter_law,),
)
