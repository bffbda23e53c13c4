"""Traps and the letters that avoid them, against their definition by words."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.data.answers import answers, next_states
from fsm2rnn.data.traps import avoiding_letters, safe_states, traps
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import machines, mealy_machines

ANY = st.one_of(machines(), mealy_machines())


def reached(machine, state):
    """Return the states that words lead to from `state`, itself included."""
    found = [state]
    for one in found:
        found += [target for target in dict.fromkeys(machine.table[one]) if target not in found]
    return found


def is_trap(machine, state):
    """Whether every non-empty word from the state has one answer: read off the outputs of all transitions reached."""
    seen = set()
    for one, letter in itertools.product(reached(machine, state), range(len(machine.symbols))):
        output = machine.outputs[one][letter] if machine.is_mealy else machine.outputs[machine.table[one][letter]]
        seen.add(typed(output))
    return len(seen) == 1


def avoids(machine, state, steps, trapped):
    """Whether some word of that length meets no trap, the state itself included."""
    level = {state} - trapped
    for _ in range(steps):
        level = {target for one in level for target in machine.table[one]} - trapped
    return bool(level)


@settings(max_examples=60)
@given(machine=ANY)
def test_traps_and_safe_states_are_those_of_the_definition(machine):
    table, read = next_states(machine), answers(machine)
    count = len(machine.states)
    trapped = {state for state in range(count) if is_trap(machine, state)}
    assert set(np.flatnonzero(traps(table, read)).tolist()) == trapped
    # A word of as many letters as there are states meets one of them twice, so it can go on for ever.
    safe = {state for state in range(count) if avoids(machine, state, count, trapped)}
    assert set(np.flatnonzero(safe_states(table, traps(table, read))).tolist()) == safe
    letters = avoiding_letters(table, read)
    for state in range(count):
        allowed = letters.letters[letters.offsets[state] : letters.offsets[state + 1]].tolist()
        for good in (safe, set(range(count)) - trapped, set(range(count))):
            wanted = [letter for letter, target in enumerate(machine.table[state]) if target in good]
            if wanted:
                break
        assert allowed == wanted


@pytest.mark.parametrize(
    ("name", "trapped"),
    [("parity", set()), ("tomita1", {"q1"}), ("dyck(1,2)", {"reject"}), ("Z1", {"0"}), ("counter(3)", {"3"})],
)
def test_traps_of_named_machines(name, trapped):
    machine = fsm2rnn.read(name)
    found = traps(next_states(machine), answers(machine))
    assert {machine.states[state] for state in np.flatnonzero(found)} == trapped


def test_a_long_way_into_a_trap_is_found():
    machine = fsm2rnn.read("counter(5000)")
    trapped = traps(next_states(machine), answers(machine))
    assert np.flatnonzero(trapped).tolist() == [5000]
    assert safe_states(next_states(machine), trapped).sum() == 5000


def allowed(table):
    """Return the letters allowed in each state of a machine that outputs its state, and which states are safe."""
    machine = StateMachine.tracker(range(len(table)), (0, 1), table)
    arrays = next_states(machine), answers(machine)
    letters = avoiding_letters(*arrays)
    parts = [letters.letters[start:end].tolist() for start, end in itertools.pairwise(letters.offsets)]
    return parts, safe_states(arrays[0], traps(*arrays)).tolist()


def test_where_a_trap_must_come_it_comes_as_late_as_one_letter_can_tell():
    # 0 may enter the trap 3 at once or go on to 1, 2 and 5, from which both letters lead there; 4 may stay.
    parts, safe = allowed([[3, 1], [2, 2], [5, 5], [3, 3], [4, 0], [3, 3]])
    assert safe == [False, False, False, False, True, False]
    assert parts == [[1], [0, 1], [0, 1], [0, 1], [0], [0, 1]]
