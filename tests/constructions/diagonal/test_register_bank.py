"""Registers: 0 and 1, zero at the start, and what one layer of them does not hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import fsm2rnn
from fsm2rnn.compiler import ask, minimal_facts
from fsm2rnn.constructions.diagonal.register_bank import RegisterModule, register_verdict
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from tests.exports.modules.register_machines import CYCLES, HELD, STACKS
from tests.laws.held_machines import EVERY

BANK = RegisterModule("bank")


def verdict_of(machine, contract=Contract.INJECTIVE):
    return register_verdict(minimal_facts(machine), contract)


@pytest.mark.parametrize("name", HELD)
def test_letters_keep_or_set_to_0_or_1_and_zero_is_the_start(name):
    operator = verdict_of(HELD[name]).operator
    rows = zip(operator.factors, operator.offsets, strict=True)
    assert {pair for kept, offset in rows for pair in zip(kept, offset, strict=True)} <= {(1, 0), (0, 0), (0, 1)}
    assert verdict_of(HELD[name]).proof.codes[0] == ((operator.size, 1),)


@settings(max_examples=60)
@given(machine=EVERY)
def test_the_bank_holds_what_one_layer_of_positive_diagonals_holds(machine):
    verdict = verdict_of(machine)
    cover = ask(machine, AFFINE_POSITIVE_DIAGONAL, Contract.COVER).verdict
    assert isinstance(verdict, Compiled) == isinstance(cover, Compiled)
    if isinstance(verdict, Compiled):
        assert check_bytes(network_bytes(verdict.store(FLOAT32, {}))).accepted


@pytest.mark.parametrize("name", CYCLES)
def test_a_cycle_is_a_witness(name):
    verdict = BANK.compile(minimal_facts(fsm2rnn.read(name)), Contract.COVER)
    assert isinstance(verdict, Impossible)
    assert verdict.witness.to_json()["kind"] == "cycle"


@pytest.mark.parametrize("name", STACKS)
def test_what_needs_a_stack_is_unsettled_with_its_words(name):
    verdict = BANK.compile(minimal_facts(fsm2rnn.read(name)), Contract.COVER)
    assert isinstance(verdict, Unsettled)
    assert "xyx = yx fails" in verdict.tried
    assert "stacks of layers" in verdict.tried


def test_several_codes_where_one_per_state_is_not_enough():
    verdict = verdict_of(HELD["several codes"])
    assert verdict.proof.contract is Contract.COVER
    assert len(verdict.proof.codes) > len(HELD["several codes"].states)


def test_linear_heads_are_left_to_others():
    assert isinstance(verdict_of(HELD["bits"], Contract.LINEAR), Unsettled)
