"""Moore forms answer as their Mealy machines do, and the smallest Mealy machine is the one of its rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import mealy_form, moore_form
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import machines, mealy_machines, words


@given(st.data(), mealy_machines())
def test_a_moore_form_answers_as_the_mealy_machine_does(data, mealy):
    form = moore_form(mealy)
    word = data.draw(words(mealy))
    state, said, visited = mealy.start, [], []
    for symbol in word:
        column = mealy.symbols.index(symbol)
        said.append(typed(mealy.outputs[state][column]))
        state = mealy.table[state][column]
        visited.append(state)
    run = form.machine.run(word)
    assert [typed(form.machine.outputs[place]) for place in run] == said
    assert [form.origin[place] for place in run] == visited
    indices = mealy.indices(word)
    assert [typed(output) for output in mealy.outputs_of_steps(indices, mealy.run(word))] == said
    assert set(said) <= {typed(output) for output in mealy.output_labels}
    assert form.machine.outputs[form.machine.start] is None
    assert form.origin[form.machine.start] == mealy.start
    assert reachable_states(form.machine) == list(range(len(form.machine.states)))
    for place, name in enumerate(form.machine.states):
        assert typed(name) == typed((mealy.states[form.origin[place]], form.machine.outputs[place]))


def test_the_mealy_outputs_0_and_false_are_two():
    form = moore_form(StateMachine(("p",), ("x", "y"), ((0, 0),), 0, ((0, False),), is_mealy=True))
    run = form.machine.run(["x", "y", "x"])
    assert [typed(form.machine.outputs[place]) for place in run] == [typed(0), typed(False), typed(0)]  # noqa: FBT003


@given(st.data(), machines())
def test_a_moore_machine_and_its_mealy_form_answer_alike(data, machine):
    word = data.draw(words(machine))
    form = mealy_form(machine)
    assert form.is_mealy
    assert mealy_form(form) is form
    assert typed(tuple(form.answers(word))) == typed(tuple(machine.answers(word)))
    with pytest.raises(InputError, match="outputs belong to its states"):
        moore_form(machine)


@given(mealy_machines())
def test_the_smallest_mealy_machine_is_the_one_of_its_rows(mealy):
    rows = replace(mealy, is_mealy=False)  # a row as one label
    smallest, moore = minimise(mealy).target, minimise(rows).target
    assert smallest.is_mealy
    assert replace(smallest, is_mealy=False) == moore
    pairs = minimise(moore_form(mealy).machine).target
    assert len(smallest.states) <= len(pairs.states)


@pytest.mark.parametrize("outputs", [("a", "b"), (("a",), ("a", "b")), (("a",), ()), (["a"], ("b",))])
def test_a_mealy_machine_needs_one_output_per_transition(outputs):
    with pytest.raises(InputError, match="one output per transition"):
        StateMachine(("p", "q"), ("x",), ((1,), (0,)), 0, outputs, is_mealy=True)
