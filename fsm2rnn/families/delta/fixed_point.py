"""h = Q_x^-1 L_x h + B_x x as the limit of an iteration: the mixers Q must be near the identity.

What |I - Q| < 1 and a diagonal L >= 0 forbid. Let M = Q^-1 L, so Q M = L, and Re u* Q u > 0 for u != 0. If M v = e v
and e != 0, then Re (e* v* L v) = Re (M v)* Q (M v) > 0 with v* L v >= 0, so Re e > 0. If u = M v != 0 and M u = 0, then
L u = 0 and u* Q u = u* L v = (L u)* v = 0, a contradiction: M and M^2 have one kernel, so on a finite orbit a letter
permutes the states that it leads to, with an additive term too: the state after a letter comes again when the letter is
repeated (`Transient`, of one letter).
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import short_turn
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.delta.kept_blocks import KEPT_BLOCKS
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import every_network, gates, small_turns
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

FIXED_POINT: Final = PublishedFamily(
    name="fixed-point",
    title="Fixed-Point RNN",
    recurrence="h(l) <- L(x) h' + Q(x) B x + (I - Q(x)) h(l - 1) to its limit h, h' of the letter before",
    paper="Movahedi and others, arXiv 2503.10799",
    holds=(
        "the limit is h = Q^-1 L h' + B x: Q = L = 1/2 keeps, L = 0 sets, and Q = cos t R(-t), L = cos t turns a plane "
        "by t, less than a quarter: where |I - Q| < 1 and L >= 0 no eigenvalue of Q^-1 L but 0 has a real part <= 0. "
        "Letters that read twice are what they are read once keep a block of coordinates of their own and overwrite "
        "the others by functions of it, so all machines of such letters are held"
    ),
    otherwise=(
        "turns of a quarter and more would need several codes for a state (a longer cycle that maps onto the "
        "machine's), or mixers that read the state; neither is built, nor are blocks some of which are turned"
    ),
    formats=(
        "the iteration contracts by 1/2 or |sin t|, and is run until its error is less than 1/16 of a rounding: 28 "
        "rounds a letter in float32 where it keeps, 373 for a turn of a fifth, some thousands where blocks are "
        "overwritten, whose numbers then drift by roundings and are read as the nearest code"
    ),
    networks=(
        Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)),
        Restriction(ROTATION, small_turns),
        Restriction(KEPT_BLOCKS, every_network),
    ),
    laws=(never_returns, short_turn),
)
