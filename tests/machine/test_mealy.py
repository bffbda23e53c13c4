"""Moore forms answer as their Mealy machines do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import MealyMachine, moore_form
from fsm2rnn.machine.reachable import reachable_states
from tests.strategies import machines, words


@st.composite
def mealy_machines(draw):
    machine = draw(machines())
    outputs = st.tuples(*[st.sampled_from(["a", None, 0, "0"])] * len(machine.symbols))
    rows = tuple(draw(outputs) for _ in machine.states)
    return MealyMachine(machine.states, machine.symbols, machine.table, machine.start, rows)


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
    assert form.machine.outputs[form.machine.start] is None
    assert form.origin[form.machine.start] == mealy.start
    assert reachable_states(form.machine) == list(range(len(form.machine.states)))
    for place, name in enumerate(form.machine.states):
        assert typed(name) == typed((mealy.states[form.origin[place]], form.machine.outputs[place]))


def test_the_mealy_outputs_0_and_false_are_two():
    form = moore_form(MealyMachine(("p",), ("x", "y"), ((0, 0),), 0, ((0, False),)))
    run = form.machine.run(["x", "y", "x"])
    assert [typed(form.machine.outputs[place]) for place in run] == [typed(0), typed(False), typed(0)]  # noqa: FBT003


@pytest.mark.parametrize("outputs", [(("a",),), (("a",), ("a", "b")), (("a",), ()), (("a",), ("b",), ("c",))])
def test_a_mealy_machine_needs_one_output_per_transition(outputs):
    with pytest.raises(InputError, match="one output per transition"):
        MealyMachine(("p", "q"), ("x",), ((1,), (0,)), 0, outputs)
    with pytest.raises(InputError, match="not a state index"):
        MealyMachine(("p", "q"), ("x",), ((1,), (0,)), 2, (("a",), ("b",)))
