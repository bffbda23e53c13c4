"""What the letters alone decide agrees with trying every diagonal network of finite orbit there is."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given

from fsm2rnn.algebra.letters.letter_orders import LetterOrder, letter_orders, long_cycle, noncommuting, transient
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.catalogue import named_machine
from tests.algebra.diagonal.commutative_machines import (
    commutative_machine,
    commutative_machines,
    semicharacters,
    separated,
)
from tests.strategies import machines
from tests.work import at_most


def holds(machine, longest):
    """Say whether the deciders allow a network whose roots of unity have at most the given order."""
    return noncommuting(machine) is None and transient(machine) is None and long_cycle(machine, longest) is None


def covered(machine, period):
    """Say whether the set of letters and their counts modulo `period` determine the state: several codes per state."""
    counts = (0,) * len(machine.symbols)
    reached = {((False,) * len(counts), counts): machine.start}
    order = list(reached)
    for key in order:
        seen, counts = key
        for letter, state in enumerate(machine.table[reached[key]]):
            more = (counts[letter] + 1) % period
            after = (
                (*seen[:letter], True, *seen[letter + 1 :]),
                (*counts[:letter], more, *counts[letter + 1 :]),
            )
            if after not in reached:
                order.append(after)
            if reached.setdefault(after, state) != state:
                return False
    return True


def agree(machine):
    period = math.lcm(*(order.period for order in letter_orders(machine)))
    for longest, modulus in ((len(machine.states), period), (2, 2), (1, 1)):
        expected = holds(machine, longest)
        assert expected == separated(machine, semicharacters(machine, longest))
        assert expected == covered(machine, modulus)


@pytest.mark.parametrize("states", [1, 2, 3])
def test_all_small_machines(states):
    rows = list(itertools.product(range(states), repeat=2))
    for table in itertools.product(rows, repeat=states):
        agree(reachable(StateMachine.tracker(range(states), "ab", table)))


@given(commutative_machines(max_states=5, max_index=2))
def test_commutative_machines(machine):
    assert noncommuting(machine) is None
    agree(machine)


@given(machines(max_states=5))
def test_witnesses_show_what_they_say(machine):
    table, states = machine.table, range(len(machine.states))
    first, second, third = noncommuting(machine), transient(machine), long_cycle(machine, 1)
    if first is not None:
        state, x, y = first
        assert table[table[state][x]][y] != table[table[state][y]][x]
        assert all(commute(table, state, x, y) for state in range(first[0]) for x, y in letters(machine))
    else:
        assert all(commute(table, state, x, y) for state in states for x, y in letters(machine))
    if second is not None:
        state, x = second
        assert not returns(table, table[state][x], x)
    else:
        assert all(returns(table, table[state][x], x) for state in states for x in range(len(machine.symbols)))
    if third is not None:
        state, x, length = third
        assert length > 1
        assert [returns(table, state, x, steps) for steps in range(1, length + 1)] == [False] * (length - 1) + [True]
    else:
        assert all(order.period == 1 for order in letter_orders(machine))


def letters(machine):
    return itertools.product(range(len(machine.symbols)), repeat=2)


def commute(table, state, x, y):
    return table[table[state][x]][y] == table[table[state][y]][x]


def returns(table, state, letter, steps=None):
    """Say whether x^steps, or some power of x, brings the state back."""
    path = [state]
    for _ in range(steps or len(table)):
        path.append(table[path[-1]][letter])
    return path[-1] == state if steps else state in path[1:]


@given(machines(max_states=6))
def test_orders_are_the_least(machine):
    for letter, order in enumerate(letter_orders(machine)):
        powers = [tuple(range(len(machine.states)))]
        while powers[-1] not in powers[:-1]:
            powers.append(tuple(machine.table[state][letter] for state in powers[-1]))
        index = powers.index(powers[-1])
        assert order == LetterOrder(index, len(powers) - 1 - index)


@pytest.mark.parametrize(
    ("name", "commuting", "returning", "real", "nonnegative"),
    [
        ("parity", True, True, True, False),
        ("flip-flop", False, True, True, True),
        ("tomita1", True, True, True, True),
        ("tomita2", False, False, True, True),
        ("tomita3", False, True, True, False),
        ("tomita4", False, False, True, True),
        ("tomita5", True, True, True, False),
        ("tomita6", True, True, False, False),
        ("tomita7", False, True, True, True),
        ("counter(2)", True, False, True, True),
        ("modadd(2)", True, True, True, False),
        ("modadd(5)", True, True, False, False),
        ("Z2xZ2", True, True, True, False),
        ("Z2xZ4", True, True, False, False),
        ("S3", False, True, False, False),
    ],
)
def test_named_machines(name, commuting, returning, real, nonnegative):
    machine = minimise(named_machine(name, max_states=1000)).target
    found = [noncommuting(machine), transient(machine), long_cycle(machine, 2), long_cycle(machine, 1)]
    assert [witness is None for witness in found] == [commuting, returning, real, nonnegative]


def test_witnesses_are_the_least():
    swaps = StateMachine.tracker(range(3), "abc", [(1, 1, 0), (0, 0, 2), (2, 2, 1)])
    assert noncommuting(swaps) == (0, 0, 2)
    assert transient(commutative_machine([(0, 2), (2, 1)])) == (0, 1)
    assert long_cycle(commutative_machine([(0, 2), (0, 3)]), 2) == (0, 1, 3)
    assert letter_orders(commutative_machine([(2, 3), (0, 1)])) == (LetterOrder(2, 3), LetterOrder(0, 1))


@pytest.mark.parametrize("decide", [letter_orders, noncommuting, transient, lambda machine: long_cycle(machine, 1)])
def test_fifty_states_and_ten_letters_take_few_calls(decide):
    sum_of_ten = StateMachine.tracker(
        range(50), range(10), [[(state + step) % 50 for step in range(10)] for state in range(50)]
    )
    with at_most(calls=2_000):
        decide(sum_of_ten)
