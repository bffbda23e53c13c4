"""Aperiodic means m^k = m^(k+1) for all elements; every cycle found is a cycle of the machine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.monoid import image_sets
from fsm2rnn.algebra.monoid.aperiodicity import aperiodicity
from fsm2rnn.algebra.monoid.transition_monoid import transition_monoid
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.strategies import machines

T5 = "maps:1,2,3,4,0;1,0,2,3,4;0,0,2,3,4"
# No letter has a cycle, the word 01 permutes the states 0 and 1.
HIDDEN = "maps:2,3,2,3;0,1,1,0"


def after(machine, state, word):
    for symbol in word:
        state = machine.table[state][symbol]
    return state


def replay(machine, cycle):
    state = after(machine, machine.start, cycle.prefix)
    visited = [state]
    for _ in range(cycle.length):
        visited.append(after(machine, visited[-1], cycle.word))
    assert visited[-1] == state
    assert len(set(visited)) == cycle.length >= 2


def powers_settle(machine):
    """Whether m^k = m^(k+1) for k = |Q| and all elements."""
    elements = transition_monoid(machine).elements.astype(np.intp)
    power = elements
    for _ in machine.states:
        power = np.take_along_axis(elements, power, axis=1)
    return np.array_equal(np.take_along_axis(elements, power, axis=1), power)


@given(machines(max_states=5))
@settings(max_examples=300)
def test_it_is_the_law_of_powers(machine):
    machine = minimise(machine).target
    found = aperiodicity(machine)
    assert found.aperiodic is powers_settle(machine)
    assert (found.cycle is None) is found.aperiodic
    if found.cycle is not None:
        replay(machine, found.cycle)


@pytest.mark.parametrize(
    ("text", "aperiodic"),
    [
        ("tomita1", True),
        ("tomita2", True),
        ("tomita3", False),
        ("tomita4", True),
        ("tomita5", False),
        ("tomita6", False),
        ("tomita7", True),
        ("parity", False),
        ("flip-flop", True),
        ("even-pairs", True),
        ("counter(7)", True),
        ("counter(3000)", True),
        ("register(4)", True),
        ("register(10)", True),
        ("dyck(2,3)", True),
        ("modarith(5)", False),
        ("Z1", True),
        ("Q8", False),
        ("S4", False),
        ("A5", False),
        ("S5", False),
        (T5, False),
        (HIDDEN, False),
    ],
)
def test_known_machines(text, aperiodic):
    machine = minimise(read(text)).target
    found = aperiodicity(machine)
    assert found.aperiodic is aperiodic
    if found.cycle is not None:
        replay(machine, found.cycle)


@pytest.mark.parametrize("limit", ["SET_LIMIT", "POINT_LIMIT"])
def test_image_sets_beyond_a_limit_leave_it_open(monkeypatch, limit):
    monkeypatch.setattr(image_sets, limit, 4)
    assert aperiodicity(read("register(4)")).aperiodic is None
    assert aperiodicity(read("S4")).aperiodic is False


def test_a_component_too_large_leaves_it_open(monkeypatch):
    monkeypatch.setattr(image_sets, "TRANSPORT_LIMIT", 1)
    assert aperiodicity(read(HIDDEN)).aperiodic is None
    assert aperiodicity(read("register(4)")).aperiodic is True
