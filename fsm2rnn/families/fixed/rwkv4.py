"""n <- e^-w n + e^k v, d <- e^-w d + e^k, read as n / d: a fixed decay, of which a quotient is read.

Why the laws of gates in [0, 1] speak of quotients, a key far below taken as e^k = 0. Let r = e^-w, 0 < r < 1. A word
repeated from a state s ends near its fixed point f, or, where f = 0, at multiples r^j s: the quotient converges either
way, so a machine that goes around a cycle of different outputs for ever is refuted (`Cycle`), with a margin too. Where
a channel has finitely many quotients, a letter with e^k = 0 keeps them. A letter with e^k > 0 moves the quotient
towards v, ever nearer as it is repeated, so it is read only where the quotient is v already, or none yet: it is the
constant v on all quotients at which it is read. So each letter keeps all quotients of a channel or makes them one,
which is all that the law xyx = yx needs. That is exact arithmetic: where a format takes r for nothing beside a key far
above, a letter sets; and one whose key lies between may set after a while, of which the law says nothing.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, laws_and_cycles
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

RWKV4: Final = PublishedFamily(
    name="rwkv4",
    title="RWKV-4",
    recurrence="n <- exp(-w) n + exp(k(x)) v(x), d <- exp(-w) d + exp(k(x)), w fixed; read as n / d",
    paper="Peng and others, arXiv 2305.13048",
    holds=(
        "the quotient is what a letter keeps, with a key far below, or sets, with a key far above what has decayed: "
        "the decay is fixed, and numerator and denominator share it; a finite orbit is one of finitely many quotients"
    ),
    otherwise=("quotients other than those kept or set are not built"),
    formats=(
        "exp(-w) is 0 from w = 104 on in float32; in real arithmetic a letter that sets leaves exp(-w) of what was. "
        "Before anything is set the reading is the value of the letter at hand, by its bonus; float16 has no key as "
        "low as is used, -1e30"
    ),
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1), laws_and_cycles),),
)
