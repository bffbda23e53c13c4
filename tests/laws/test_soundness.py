"""Laws of soundness: two checkers accept what is compiled, and the original machine shows what every witness says."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.compiler import ask, ask_all
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.explanation import answer_to_json, explain
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.targets import TARGETS
from tests.laws.held_machines import CONTRACTS, EVERY, HELD, drawn_for, each_target
from tests.laws.replay import KINDS, STRIDES, shows
from tests.second_checker.checker import accepts

ALL = st.one_of(EVERY, *{id(held): held for _, _, held in HELD}.values())


@each_target
@settings(max_examples=50)
@given(data=st.data(), contract=CONTRACTS)
def test_both_checkers_accept_what_is_compiled_in_every_format_that_is_claimed(target, contract, data):
    verdict = ask(data.draw(drawn_for(target)), target, contract).verdict
    if not isinstance(verdict, Compiled):
        return
    assert verdict.proof.contract.implies(contract)
    assert verdict.steps()
    for form in (form for form in FORMATS if form.name in verdict.steps()):
        network = verdict.store(form, {"target": target.name})
        assert network.steps == verdict.steps()[form.name]
        data_of_file = network_bytes(network)
        report = check_bytes(data_of_file)
        assert report.accepted, report.reason
        assert report.grade == ("exact" if network.steps is None else "horizon")
        assert accepts(data_of_file) == (True, "proved")


@each_target
@settings(max_examples=100)
@given(machine=ALL, contract=CONTRACTS)
def test_the_original_machine_shows_what_every_witness_says(target, contract, machine):
    verdict = ask(machine, target, contract).verdict
    if not isinstance(verdict, Impossible):
        return
    assert shows(machine, verdict.witness)
    finite, bounded = KINDS[target.name]
    kind = verdict.witness.to_json()["kind"]
    assert kind in (bounded if contract is Contract.ROBUST else finite | bounded)
    if kind == "cycle":
        assert verdict.witness.stride == STRIDES[target.name]
    assert "one layer" in verdict.hypotheses
    assert ("no additive term" in verdict.hypotheses) == (kind == "order-matters")
    assert ("finite orbit" in verdict.hypotheses) == (contract is not Contract.ROBUST)


@settings(max_examples=100)
@given(machine=ALL, contract=CONTRACTS)
def test_what_explain_says_is_json(contract, machine):
    for answer in ask_all(machine, contract):
        entry = answer_to_json(answer)
        assert json.loads(json.dumps(entry, allow_nan=False)) == entry
        kind = {Compiled: "compiled", Impossible: "impossible", Unsettled: "unsettled"}[type(answer.verdict)]
        assert entry["verdict"] == kind
    said = explain(machine, contract).to_json()
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert list(said["targets"]) == [target.name for target in TARGETS]


@settings(max_examples=100)
@given(machine=ALL)
def test_a_weaker_contract_holds_no_fewer_machines(machine):
    for target in TARGETS:
        verdicts = [ask(machine, target, contract).verdict for contract in Contract]
        for number, verdict in enumerate(verdicts):
            if isinstance(verdict, Compiled):
                assert all(isinstance(weaker, Compiled) for weaker in verdicts[number:])
            if isinstance(verdict, Impossible):
                assert all(isinstance(stronger, Impossible) for stronger in verdicts[:number])
