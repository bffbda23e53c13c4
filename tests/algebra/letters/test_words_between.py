"""Words to states and words that tell states apart are the first of their length."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given

from fsm2rnn.algebra.letters import words_between
from fsm2rnn.algebra.letters.words_between import distinguishing_suffix, word_to_state
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import machines


def after(machine, state, word):
    for symbol in word:
        state = machine.table[state][symbol]
    return state


def all_words(machine, longest):
    """Yield all words, short ones first, then in the order of symbols."""
    for length in range(longest + 1):
        yield from itertools.product(range(len(machine.symbols)), repeat=length)


@given(machines(max_states=4))
def test_each_state_has_its_first_word(machine):
    machine = minimise(machine).target
    expected = {}
    for word in all_words(machine, len(machine.states) - 1):
        expected.setdefault(after(machine, machine.start, word), word)
    assert [word_to_state(machine, state) for state in range(len(machine.states))] == [
        expected[state] for state in range(len(machine.states))
    ]


@given(machines(max_states=4))
def test_the_suffix_is_a_shortest_word_with_different_outputs(machine):
    machine = minimise(machine).target
    outputs = [typed(output) for output in machine.outputs]
    for first, second in itertools.permutations(range(len(machine.states)), 2):
        expected = next(
            word
            for word in all_words(machine, len(machine.states))
            if outputs[after(machine, first, word)] != outputs[after(machine, second, word)]
        )
        assert distinguishing_suffix(machine, first, second) == expected


def test_outputs_that_python_calls_equal_are_told_apart():
    machine = StateMachine((0, 1), ("a",), ((1,), (0,)), 0, (1, True))
    assert distinguishing_suffix(machine, 0, 1) == ()


def test_states_out_of_reach_and_equivalent_states_are_refused():
    machine = StateMachine((0, 1, 2), ("a",), ((1,), (0,), (0,)), 0, ("x", "x", "y"))
    with pytest.raises(InputError, match="state 2 is not reachable"):
        word_to_state(machine, 2)
    with pytest.raises(InputError, match="no word tells"):
        distinguishing_suffix(machine, 0, 1)


def test_a_limit_stops_many_pairs(monkeypatch):
    chain = StateMachine.tracker(range(40), ("a",), [[min(state + 1, 39)] for state in range(40)])
    assert word_to_state(chain, 39) == (0,) * 39
    blinker = StateMachine(tuple(range(40)), ("a",), chain.table, 0, (*[0] * 39, 1))
    monkeypatch.setattr(words_between, "PAIR_LIMIT", 10)
    with pytest.raises(LimitError, match="pairs of states"):
        distinguishing_suffix(blinker, 0, 1)
