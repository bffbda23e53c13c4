"""Which machines each target must hold, under which contracts: the table of the completeness laws."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.targets import RUNGS
from tests.strategies import (
    abelian_groups,
    commuting_machines,
    machines,
    partial_permutations,
    permutation_machines,
    resetting_machines,
)

ANY = tuple(Contract)
FINITE = (Contract.INJECTIVE, Contract.COVER)
HEADLESS = (*FINITE, Contract.ROBUST)
SEVERAL = (Contract.COVER, Contract.ROBUST)  # several codes per state
ROBUST = (Contract.ROBUST,)

EVERY = st.one_of(machines(), permutation_machines())
GROUPS = abelian_groups(periods=(2, 3, 4, 5, 6, 7), max_states=36)

HELD = [
    ("full", ANY, EVERY),
    ("pd", ANY, EVERY),
    ("minimal", ANY, EVERY),
    ("factored", ANY, EVERY),
    ("integer", HEADLESS, EVERY),
    ("block-diagonal", HEADLESS, EVERY),
    ("householder", HEADLESS, permutation_machines()),
    ("householder", HEADLESS, partial_permutations()),
    ("rotation", FINITE, commuting_machines()),
    ("rotation", HEADLESS, GROUPS),
    ("rotation", ROBUST, commuting_machines(max_index=3)),
    ("real-diagonal", FINITE, commuting_machines(periods=(1, 2))),
    ("real-diagonal", ROBUST, commuting_machines(max_index=3, periods=(1, 2))),
    ("positive-diagonal", FINITE, commuting_machines(periods=(1,))),
    ("positive-diagonal", ROBUST, commuting_machines(max_index=3, periods=(1,))),
    ("affine-real-diagonal", ROBUST, commuting_machines(max_index=3, periods=(1, 2))),
    ("affine-positive-diagonal", ROBUST, commuting_machines(max_index=3, periods=(1,))),
    ("affine-real-diagonal", HEADLESS, resetting_machines(reflect=True)),
    ("affine-real-diagonal", SEVERAL, resetting_machines(reflect=True, coarse=True)),
    ("affine-positive-diagonal", HEADLESS, resetting_machines()),
    ("affine-positive-diagonal", SEVERAL, resetting_machines(coarse=True)),
]

each_target = pytest.mark.parametrize("target", RUNGS, ids=lambda target: target.name)
CONTRACTS = st.sampled_from(ANY)


def drawn_for(target):
    """Draw any machine, and often one that the target holds."""
    return st.one_of(EVERY, *[held for name, _, held in HELD if name == target.name])
