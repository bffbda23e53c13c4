"""Mealy machines through every target: the network knows the state, and state and symbol together give the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.cells.network import lift, lower
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.explanation import explain
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.read import read
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.pd import PD
from tests.forgery.forge import open_file, respell
from tests.laws.held_machines import CONTRACTS, each_target
from tests.laws.replay import shows
from tests.laws.test_compiling import shape, stored
from tests.second_checker.checker import accepts
from tests.strategies import mealy_machines, permutation_machines


@st.composite
def answering(draw, source):
    """Draw a machine of `source` with an output for each state and symbol."""
    machine = draw(source)
    row = st.tuples(*[st.sampled_from(["a", None, 0, "0"])] * len(machine.symbols))
    return replace(machine, outputs=draw(st.tuples(*[row] * len(machine.states))), is_mealy=True)


MEALY = st.one_of(mealy_machines(max_states=5), answering(permutation_machines(max_states=4)))


def spoken(machine, word):
    """Return the answers along a word of symbol indices, by the table alone."""
    state, said = machine.start, []
    for symbol in word:
        said.append(typed(machine.outputs[state][symbol]))
        state = machine.table[state][symbol]
    return said


@each_target
@settings(max_examples=15)
@given(data=st.data(), machine=MEALY, contract=CONTRACTS)
def test_a_compiled_mealy_machine_answers_as_its_table_says_and_both_checkers_accept_it(
    target, contract, machine, data
):
    verdict = ask(machine, target, contract).verdict
    if not isinstance(verdict, Compiled):
        return
    network = stored(verdict)
    file = network_bytes(network)
    assert check_bytes(file).accepted
    assert accepts(file) == (True, "proved")
    assert network.machine.is_mealy
    module = lower(network)
    letters = st.integers(0, len(machine.symbols) - 1)
    word = data.draw(st.lists(letters, max_size=20 if network.steps is None else min(20, network.steps)))
    found = module.outputs([machine.symbols[symbol] for symbol in word])
    assert [typed(output) for output in found] == spoken(machine, word)


@each_target
@settings(max_examples=15)
@given(machine=MEALY, contract=CONTRACTS)
def test_a_refusal_is_shown_by_the_answers_of_the_original_machine(target, contract, machine):
    verdict = ask(machine, target, contract).verdict
    if isinstance(verdict, Impossible):
        assert shows(machine, verdict.witness)


@each_target
@settings(max_examples=15)
@given(machine=MEALY)
def test_states_are_held_as_those_that_show_their_row_of_answers(target, machine):
    rows = replace(machine, is_mealy=False)
    assert shape(ask(machine, target).verdict) == shape(ask(rows, target).verdict)


@settings(max_examples=60)
@given(machine=MEALY)
def test_a_linear_head_gives_each_answer_under_each_symbol(machine):
    smallest = minimise(machine).target
    functions = iter(output_functions(smallest))
    for symbol in range(len(smallest.symbols)):
        column = [typed(row[symbol]) for row in smallest.outputs]
        for output in dict.fromkeys(column):
            assert next(functions) == tuple(int(shown == output) for shown in column)
    assert next(functions, None) is None


@settings(max_examples=30)
@given(machine=MEALY)
def test_explain_counts_the_pairs_beside_the_states(machine):
    facts = explain(machine).facts
    pairs = minimise(moore_form(machine).machine).target
    assert (facts["minimal_states"], facts["pair_states"]) == (len(minimise(machine).target.states), len(pairs.states))
    assert facts["hankel_rank"] == explain(pairs).facts["hankel_rank"]
    assert "pair_states" not in explain(pairs).facts


def test_weights_that_are_proved_anew_stay_those_of_a_mealy_machine():
    rows = tuple(tuple(f"{state}{symbol}" for symbol in range(3)) for state in range(5))
    machine = replace(read("cycle-navigation(5)"), outputs=rows, is_mealy=True)
    network = lower(ask(machine, PD).verdict.store(FLOAT32, {}))
    assert lift(network).machine.is_mealy
    assert network.outputs(machine.symbols) == machine.answers(machine.symbols)


def forged(contract, outputs):
    """Return the file of parity with an answer on each transition, those answers replaced and all digests repaired."""
    machine = replace(read("parity"), outputs=(("a", "b"), ("b", "a")), is_mealy=True)
    draft = open_file(network_bytes(ask(machine, FULL, contract).verdict.store(FLOAT32, {})))
    draft.certificate["machine"]["outputs"] = outputs
    return respell(draft)


@pytest.mark.parametrize("contract", [Contract.LINEAR, Contract.INJECTIVE])
@pytest.mark.parametrize(
    "outputs",
    [[["a"], ["b", "a"]], [["a", "b"]], [["a", "b"], "b"], [["a", "b"], ["b", 1]], [[["a"], "b"], ["b", "a"]], []],
)
def test_outputs_that_are_no_rows_of_labels_are_refused(contract, outputs):
    assert not check_bytes(forged(contract, outputs)).accepted
    assert not accepts(forged(contract, outputs))[0]


def test_a_linear_head_is_held_to_every_answer_and_states_to_none():
    right, wrong = [["a", "b"], ["b", "a"]], [["a", "b"], ["a", "b"]]
    for contract, outputs, holds in [
        (Contract.LINEAR, right, True),
        (Contract.LINEAR, wrong, False),
        (Contract.LINEAR, ["a", "b"], False),
        (Contract.INJECTIVE, wrong, True),  # another machine, whose states it holds
    ]:
        file = forged(contract, outputs)
        assert check_bytes(file).accepted == accepts(file)[0] == holds


def test_a_real_mealy_machine_has_fewer_states_than_pairs(shared_machines):
    """The figures of the README."""
    machine = read(shared_machines / "protocols" / "TCP_Linux_Client.dot", ReadOptions(complete=Completion.SINK))
    facts = explain(machine, targets=[]).facts
    assert (facts["minimal_states"], facts["pair_states"]) == (15, 42)
