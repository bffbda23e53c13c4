"""Law of meaning: stored weights run in exact arithmetic = plain table = automata-lib's own run."""

from __future__ import annotations

import pytest
from automata.fa.dfa import DFA
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.compiler import ask
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.labels import typed
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.structures import meaning
from fsm2rnn.targets import TARGETS
from tests.strategies import acceptors, machines, machines_and_words, permutation_machines

each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
CASES = machines_and_words(st.one_of(machines(), permutation_machines()), max_size=40)


def readings(machine, target, word, form):
    """Return the machine state read from the stored network before and after each symbol, by exact arithmetic."""
    verdict = ask(machine, target).verdict
    network = store(verdict.operator, verdict.proof, form, {})
    stored = meaning(network.structure, network.tensors, len(network.machine.states))
    state, read = stored.initial_state, []
    for index in [None, *machine.indices(word)]:
        state = state if index is None else stored.matrices[index].apply(state)
        scores = dict(stored.decoder.scores(state))
        ranking = sorted(range(stored.decoder.readout.height), key=lambda row: -scores.get(row, 0))
        assert len(ranking) == 1 or scores.get(ranking[0], 0) > scores.get(ranking[1], 0)
        read.append(ranking[0])
    return network.machine, read


@each_target
@given(case=CASES, form=st.sampled_from(FORMATS))
def test_the_stored_network_run_exactly_is_the_machine(target, case, form):
    machine, word = case
    minimal, read = readings(machine, target, word, form)
    assert read == [minimal.start, *minimal.run(word)]
    outputs = [typed(machine.outputs[state]) for state in [machine.start, *machine.run(word)]]
    assert [typed(minimal.outputs[state]) for state in read] == outputs


@each_target
@given(case=machines_and_words(acceptors(), max_size=40))
def test_the_stored_network_accepts_what_automata_lib_accepts(target, case):
    machine, word = case
    letters = [chr(ord("a") + place) for place in range(len(machine.symbols))]
    automaton = DFA(
        states=set(range(len(machine.states))),
        input_symbols=set(letters),
        transitions={state: dict(zip(letters, row, strict=True)) for state, row in enumerate(machine.table)},
        initial_state=machine.start,
        final_states={state for state, output in enumerate(machine.outputs) if output},
    )
    text = "".join(letters[place] for place in machine.indices(word))
    minimal, read = readings(machine, target, word, FORMATS[1])
    steps = automaton.read_input_stepwise(text, ignore_rejection=True)
    assert [minimal.outputs[state] for state in read] == [state in automaton.final_states for state in steps]
    assert machine.accepts(word) == automaton.accepts_input(text) == minimal.outputs[read[-1]]
