"""S <- g S (I - b k k^T) + b k v^T, 0 <= b <= 2 and a gate g: one update a letter, here with g = 1."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import one_key
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.delta.letter_cycles import letter_cycle
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, one_image, one_update
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.householder import HOUSEHOLDER

GATED_DELTANET: Final = PublishedFamily(
    name="gated-deltanet",
    title="Gated DeltaNet",
    recurrence="S <- g(x) (I - b(x) k(x) k(x)^T) S + b(x) k(x) v(x)^T, |k| = 1, b = 2 sigmoid, 0 <= g <= 1",
    paper="Yang, Kautz and Hatamizadeh, arXiv 2412.06464; the range up to 2: Grazzi and others, arXiv 2411.12537",
    holds=(
        "one update a letter, b up to 2 and the gate at 1: a letter swaps, projects or writes along one key; a head of "
        "one number is kept, set or turned around"
    ),
    otherwise=(
        "several heads of more than one number are not built; several updates a letter are DeltaProduct; witnesses "
        "against updates without written values say nothing of this family; gates below 1 are not built"
    ),
    formats=(
        "keys of norm 1 are stored as integers with b k k^T the same, for example e_i - e_j with b = 1 for b = 2; "
        "b = 2 sigmoid is 2, 1 and 0 exactly in floats"
    ),
    networks=(
        Restriction(HOUSEHOLDER, one_update, one_image),
        Restriction(AFFINE_REAL_DIAGONAL, gates(-1, 0, 1)),
    ),
    laws=(letter_cycle, never_returns, one_key),
)
