"""The state machine: its invariants, its run, its errors in the user's own labels."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given

from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import acceptors, machines_and_words

GOOD = {
    "states": ("off", "on"),
    "symbols": ("press", "wait"),
    "table": ((1, 0), (0, 1)),
    "start": 0,
    "outputs": (False, True),
}
BAD = {
    "no states": ({"states": (), "table": (), "outputs": ()}, "at least one state"),
    "no symbols": ({"symbols": (), "table": ((), ())}, "at least one symbol"),
    "a state twice": ({"states": ("off", "off")}, "the state 'off' is named twice"),
    "the state 1 and True": ({"states": (1, True)}, "the state True is named twice"),
    "a symbol twice": ({"symbols": ("press", "press")}, "the symbol 'press' is named twice"),
    "a row missing": ({"table": ((1, 0),)}, "2 states need 2 rows and outputs, found 1 and 2"),
    "a row too many": ({"table": ((1, 0),) * 3}, "found 3 and 2"),
    "an output missing": ({"outputs": (False,)}, "found 2 and 1"),
    "a short row": ({"table": ((1, 0), (0,))}, "state 'on' has 1 transitions for 2 symbols"),
    "a long row": ({"table": ((1, 0), (0, 1, 1))}, "state 'on' has 3 transitions for 2 symbols"),
    "a transition beyond": ({"table": ((1, 0), (0, 2))}, r"state 'on' has a transition to a state outside 0\.\.1"),
    "a negative transition": ({"table": ((1, -1), (0, 1))}, "state 'off' has a transition to a state outside"),
    "a transition True": ({"table": ((1, 0), (0, True))}, "outside"),
    "a transition 1.0": ({"table": ((1, 0), (0, 1.0))}, "outside"),
    "a start beyond": ({"start": 2}, "the start 2 is not a state index below 2"),
    "a negative start": ({"start": -1}, "the start -1 is not"),
    "a start False": ({"start": False}, "the start False is not"),
    "a start by name": ({"start": "off"}, "the start 'off' is not"),
}


@pytest.mark.parametrize("title", BAD)
def test_a_machine_that_is_none_is_refused(title):
    assert StateMachine(**GOOD).accepts(["press"])
    change, message = BAD[title]
    with pytest.raises(InputError, match=message):
        StateMachine(**GOOD | change)


@given(machines_and_words())
def test_a_run_is_the_walk_through_the_table(case):
    machine, word = case
    state, walked = machine.start, []
    for symbol in word:
        state = machine.table[state][machine.symbols.index(symbol)]
        walked.append(state)
    assert machine.run(word) == walked
    assert list(machine.trajectory(machine.indices(word))) == walked
    assert len(repr(machine)) < 140


@given(machines_and_words(acceptors()))
def test_an_acceptor_accepts_by_its_last_state(case):
    machine, word = case
    assert machine.is_acceptor
    assert machine.accepts(word) is machine.outputs[([machine.start, *machine.run(word)])[-1]]
    assert machine.accepts([]) is machine.outputs[machine.start]


def test_ones_and_zeros_are_not_acceptance():
    machine = StateMachine(**GOOD | {"outputs": (0, 1)})
    assert not machine.is_acceptor
    with pytest.raises(InputError, match="needs an acceptor"):
        machine.accepts([])


def test_a_tracker_outputs_its_states_and_is_frozen():
    machine = StateMachine.tracker(["a", "b"], "x", [[1], [0]], 1)
    assert machine == StateMachine(("a", "b"), ("x",), ((1,), (0,)), 1, ("a", "b"))
    assert hash(machine) == hash(StateMachine.tracker(["a", "b"], "x", [[1], [0]], 1))
    with pytest.raises(FrozenInstanceError):
        machine.start = 0


def test_an_unknown_symbol_is_named_with_its_place_and_the_nearest_known_one():
    machine = StateMachine(**GOOD)
    with pytest.raises(InputError, match=r"symbol 'pres' at position 1 is not in the alphabet .*did you mean 'press'"):
        machine.run(["wait", "pres"])
    with pytest.raises(InputError, match="known: press, wait"):
        machine.run([17])
    with pytest.raises(InputError, match="position 0"):
        machine.run([[]])  # unhashable


def test_a_symbol_that_only_looks_the_same_is_told_apart():
    machine = StateMachine.tracker(["q"], ["\u00e9", "a"], [[0, 0]])
    with pytest.raises(InputError, match=r"it looks like 'é', which has other code points: U\+00E9"):
        machine.run(["e\u0301"])
    with pytest.raises(InputError, match=r"it looks like 'a', which has other code points: U\+0061"):
        machine.run(["\uff41"])
