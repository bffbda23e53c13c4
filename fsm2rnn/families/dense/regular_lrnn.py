"""a <- blockdiag(A_x) a + v_x, columns of p-norm at most 1: one block as wide as the machine has states."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import one_hot_columns
from fsm2rnn.targets.full import FULL

REGULAR_LRNN: Final = PublishedFamily(
    name="regular-lrnn",
    title="RegularLRNN",
    recurrence="a <- blockdiag(A_i(x)) a + v(x), columns of the blocks of p-norm at most 1",
    paper="Fan and others, arXiv 2309.07412",
    holds=(
        "one block with one 1 in each column, of p-norm 1 for every p: every machine is held, in a block as wide "
        "as it has states"
    ),
    otherwise="smaller blocks are not built",
    formats="the released code also takes the mean off each column: such blocks are singular and are not built",
    networks=(Restriction(FULL, one_hot_columns),),
)
