"""S <- S (diag(w_x) - k^T (a_x k)) + v_x^T q_x: diagonal less one product, a with the range up to 2."""

from __future__ import annotations

from typing import Final

from fsm2rnn.constructions.family_refutation import one_key
from fsm2rnn.constructions.refutation import never_returns
from fsm2rnn.families.delta.letter_cycles import letter_cycle
from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import gates, one_update
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.householder import HOUSEHOLDER

RWKV7: Final = PublishedFamily(
    name="rwkv7",
    title="RWKV-7",
    recurrence="S <- S (diag(w(x)) - k(x)^T (a(x) k(x))) + v(x)^T q(x), w = exp(-.6065 sigmoid), a = 2 sigmoid",
    paper="Peng and others, arXiv 2503.14456",
    holds=(
        "with w = 1 and one number a for all coordinates it is one update of the delta rule, of a head of one number "
        "too; the released layer has a = sigmoid, which ends at 1 and swaps nothing"
    ),
    otherwise=(
        "letters with a mask a, which copy one coordinate onto another, several heads of more than one number, and "
        "layers, are not built; of products that are not symmetric those letters are refuted that go around more than "
        "two states, or lead to one that never comes again, and, of one head, those that merge one of two pairs of "
        "states which would differ along one key"
    ),
    formats="w is 1 where sigmoid(-z) is 0: from z = 88.75 on in float32; a is 2, 1 and 0 exactly",
    networks=(Restriction(HOUSEHOLDER, one_update), Restriction(AFFINE_REAL_DIAGONAL, gates(-1, 0, 1))),
    laws=(letter_cycle, never_returns, one_key),
)
