"""The four contracts, the strongest first."""

from __future__ import annotations

import itertools

from fsm2rnn.proof.claim.contract import Contract


def test_a_contract_implies_itself_and_all_weaker_ones():
    order = [Contract.LINEAR, Contract.INJECTIVE, Contract.COVER, Contract.ROBUST]
    assert list(Contract) == order
    for (place, first), (other, then) in itertools.product(enumerate(order), repeat=2):
        assert first.implies(then) == (place <= other)


def test_contracts_are_written_by_their_names():
    assert [contract.value for contract in Contract] == ["linear", "injective", "cover", "robust"]
