"""Networks that start from zero are those of their rungs, moved: two laws over drawn machines."""

from __future__ import annotations

from hypothesis import given, settings

from fsm2rnn.compiler import ask, minimal_facts
from fsm2rnn.constructions.diagonal.signed_bank import signed_verdict
from fsm2rnn.constructions.updates.moved_updates import moved_verdict
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.householder import HOUSEHOLDER
from tests.laws.held_machines import EVERY


def starts_from_zero(verdict) -> bool:
    """Tell whether a checked network's first code is zero, the constant aside."""
    first = [entry for place, entry in verdict.proof.codes[0] if place < verdict.operator.size]
    return first == [] and check_bytes(network_bytes(verdict.store(FLOAT32, {}))).accepted


@settings(max_examples=60)
@given(machine=EVERY)
def test_signs_from_zero_hold_what_the_real_affine_rung_holds(machine):
    verdict = signed_verdict(minimal_facts(machine), Contract.INJECTIVE)
    rung = ask(machine, AFFINE_REAL_DIAGONAL, Contract.COVER).verdict
    assert type(verdict) is type(rung)
    assert not isinstance(verdict, Compiled) or starts_from_zero(verdict)


@settings(max_examples=30)
@given(machine=EVERY)
def test_updates_from_zero_are_found_where_householder_finds_exact_ones(machine):
    verdict = moved_verdict(minimal_facts(machine), Contract.INJECTIVE)
    rung = ask(machine, HOUSEHOLDER, Contract.INJECTIVE).verdict
    assert not isinstance(verdict, Impossible)
    signed = signed_verdict(minimal_facts(machine), Contract.COVER)
    assert isinstance(verdict, Compiled) or not (isinstance(rung, Compiled) or isinstance(signed, Compiled))
    assert not isinstance(verdict, Compiled) or starts_from_zero(verdict)
