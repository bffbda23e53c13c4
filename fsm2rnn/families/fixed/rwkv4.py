"""n <- e^-w n + e^k v, d <- e^-w d + e^k, read as n / d: a fixed decay, of which a quotient is read."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL

RWKV4: Final = PublishedFamily(
    name="rwkv4",
    title="RWKV-4",
    recurrence="n <- exp(-w) n + exp(k(x)) v(x), d <- exp(-w) d + exp(k(x)), w fixed; read as n / d",
    paper="Peng and others, arXiv 2305.13048",
    holds=(
        "the quotient is what a letter keeps, with a key far below, or sets, with a key far above what has decayed: "
        "the decay is fixed, and numerator and denominator share it"
    ),
    otherwise=(
        "quotients other than those kept or set are not built, and no witness speaks of states that are read as a "
        "quotient"
    ),
    formats=(
        "exp(-w) is 0 from w = 104 on in float32; in real arithmetic a letter that sets leaves exp(-w) of what was. "
        "Before anything is set the reading is the value of the letter at hand, by its bonus; float16 has no key as "
        "low as is used, -1e30"
    ),
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)),),
)
