"""h <- exp(dt A) R(dt t_x) h + ...: Mamba's scan with planes that turn by an angle of the letter."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.two_letter_refutation import two_letter_law
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, turns
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION

MAMBA3: Final = PublishedFamily(
    name="mamba3",
    title="Mamba-3",
    recurrence=(
        "h <- exp(dt A) R(dt t(x)) h + l(x) dt B x + (1 - l(x)) dt exp(dt A) R B' x', of the letter before: B', x'"
    ),
    paper="Lahoti and others, arXiv 2603.15569",
    holds="with l = 1 one letter is read: a gate of 0 or 1 keeps or sets a coordinate, or an angle turns a plane",
    otherwise=(
        "with l < 1 two letters are read, so that only witnesses whose words all end in one letter speak of it; planes "
        "that are both turned and written to are not built"
    ),
    formats=(
        "an angle is rounded, and so are its cosine and sine: what is stored are cosines and sines, or a sign for "
        "half a turn; sizes of gates as for mamba"
    ),
    networks=(Restriction(AFFINE_POSITIVE_DIAGONAL, gates(0, 1)), Restriction(ROTATION, turns)),
    laws=(two_letter_law,),
)
