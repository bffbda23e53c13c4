"""What a linear head must give: acceptance, or one indicator per distinct output."""

from __future__ import annotations

import pytest
from hypothesis import given

from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import acceptors, machines


def seen(*outputs):
    """Return a machine of states 0, 1, ... with these outputs."""
    count = len(outputs)
    return StateMachine(tuple(range(count)), ("x",), tuple((state,) for state in range(count)), 0, outputs)


@pytest.mark.parametrize(
    ("outputs", "functions"),
    [
        ((True, False, True), ((1, 0, 1),)),
        ((False, False), ((0, 0),)),  # an acceptor that never accepts has its one function too
        ((True, True), ((1, 1),)),
        (("a", "b", "a"), ((1, 0, 1), (0, 1, 0))),
        (("b", "a", "c"), ((1, 0, 0), (0, 1, 0), (0, 0, 1))),
        (("a", "a"), ((1, 1),)),
        ((True, 1, False, 0), ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))),
        ((True, None), ((1, 0), (0, 1))),
    ],
)
def test_one_row_per_function(outputs, functions):
    assert output_functions(seen(*outputs)) == functions


@given(machines())
def test_two_states_agree_in_all_functions_when_their_outputs_agree(machine):
    columns = list(zip(*output_functions(machine), strict=True))
    shown = [typed(output) for output in machine.outputs]
    for first, left in enumerate(shown):
        for second, right in enumerate(shown):
            assert (columns[first] == columns[second]) == (left == right)


@given(machines(outputs=None))
def test_indicators_are_a_partition(machine):
    functions = output_functions(machine)
    if not machine.is_acceptor:
        assert all(sum(column) == 1 for column in zip(*functions, strict=True))
        assert all(any(function) for function in functions)
        firsts = [function.index(1) for function in functions]
        assert firsts == sorted(firsts)


@given(acceptors())
def test_an_acceptor_has_its_acceptance_alone(machine):
    assert output_functions(machine) == (tuple(map(int, machine.outputs)),)
