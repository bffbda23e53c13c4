"""One record, one loop: when covering machines are asked, what a limit leaves, and what the sizes say of the codes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.dense.several_codes import with_several_codes
from fsm2rnn.constructions.sizes import NotCounted, SeveralCodes
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL, COVERING
from tests.proof.refusals import minimal

# The characters say that groups acting on themselves or on cosets cost too much, so that only the kinds are asked.
NO_COSETS = replace(COVERING, bound=lambda table, cover: (math.inf, math.inf))  # noqa: ARG005  the protocol's names


def facts_and_alone(name="Q8"):
    facts = Facts(minimal(name))
    return facts, BLOCK_DIAGONAL.compile(facts, Contract.INJECTIVE)


def never(facts):
    message = f"a covering machine of {facts.machine.states} is asked for"
    raise AssertionError(message)


@pytest.mark.parametrize("contract", [Contract.LINEAR, Contract.INJECTIVE])
def test_contracts_of_one_code_per_state_ask_no_covering_machine(contract):
    facts, alone = facts_and_alone()
    assert with_several_codes(facts, contract, alone, replace(NO_COSETS, kinds=(never,))) is alone


@pytest.mark.parametrize("contract", [Contract.COVER, Contract.ROBUST])
def test_a_cheaper_network_of_a_covering_machine_is_taken_and_told(contract):
    facts, alone = facts_and_alone()
    found = with_several_codes(facts, contract, alone, NO_COSETS)
    assert (max(alone.operator.sizes), max(found.operator.sizes)) == (4, 2)
    assert found.proof.contract is Contract.COVER
    assert found.proof.machine == facts.machine
    assert found.sizes.several == SeveralCodes(len(found.proof.codes), alone.sizes.measures)
    assert found.sizes.exact == ()


def test_what_is_cheap_enough_asks_no_covering_machine():
    facts, alone = facts_and_alone()
    width = max(alone.operator.sizes)
    kinds = (never,)
    assert (
        with_several_codes(facts, Contract.COVER, alone, replace(NO_COSETS, kinds=kinds, enough=lambda _: width))
        is alone
    )
    with pytest.raises(AssertionError, match="is asked for"):
        with_several_codes(facts, Contract.COVER, alone, replace(NO_COSETS, kinds=kinds, enough=lambda _: width - 1))


def test_a_network_that_costs_as_much_is_not_taken():
    facts, alone = facts_and_alone()
    (kind,) = COVERING.kinds
    cost = max(alone.operator.sizes), alone.operator.size
    level = replace(NO_COSETS, kinds=(kind,), cost=lambda _: cost, enough=lambda _: 0)
    assert with_several_codes(facts, Contract.COVER, alone, level) is alone


@pytest.mark.parametrize("error", [LimitError("letters", limit=3), NumericError("a number overflows")])
def test_a_search_that_stops_leaves_what_was_found_and_says_so(error):
    def stopped(facts):
        del facts
        raise error

    facts, alone = facts_and_alone()
    found = with_several_codes(facts, Contract.COVER, alone, replace(NO_COSETS, kinds=(stopped,)))
    assert found == replace(alone, sizes=replace(alone.sizes, several=NotCounted(str(error))))
    # Another search that finds something answers the question.
    both = replace(NO_COSETS, kinds=(stopped, *COVERING.kinds))
    assert isinstance(with_several_codes(facts, Contract.COVER, alone, both).sizes.several, SeveralCodes)
    unsettled = Unsettled("tried")
    assert with_several_codes(facts, Contract.COVER, unsettled, replace(NO_COSETS, kinds=(stopped,))) is unsettled


def test_a_network_is_found_where_none_has_one_code_per_state():
    facts, _ = facts_and_alone()
    found = with_several_codes(facts, Contract.COVER, Unsettled("tried"), NO_COSETS)
    assert isinstance(found, Compiled)
    assert found.sizes.several == SeveralCodes(len(found.proof.codes), None)


def test_a_build_that_gives_no_network_changes_nothing():
    facts, alone = facts_and_alone()
    (kind,) = COVERING.kinds
    none = replace(NO_COSETS, kinds=(lambda one: (kind(one)[0], lambda _: Unsettled("no network")),))
    assert with_several_codes(facts, Contract.COVER, alone, none) is alone
    assert with_several_codes(facts, Contract.COVER, alone, replace(NO_COSETS, kinds=(lambda _: None,))) is alone
