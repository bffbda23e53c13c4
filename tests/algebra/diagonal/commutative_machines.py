"""Machines whose letters commute: quotients of products of the monoids x^{index + period} = x^index, so all of them.

Their diagonal coordinates are found here by trying all values of the letters.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

from hypothesis import strategies as st

from fsm2rnn.algebra.letters.letter_orders import letter_orders
from fsm2rnn.testing.machine_tables import commutative_machine


@st.composite
def commutative_machines(draw, *, max_states=8, max_index=1, max_letters=3):
    """Draw machines with commuting letters, of at most the given index."""
    order = st.tuples(st.integers(0, max_index), st.sampled_from([1, 1, 2, 2, 3, 4]))
    orders = draw(st.lists(order, min_size=1, max_size=max_letters))
    states = st.integers(0, 10**6)
    machine = commutative_machine(orders, draw(st.lists(st.tuples(states, states), max_size=3)))
    while len(machine.states) > max_states:
        orders = orders[1:]
        machine = commutative_machine(orders) if orders else commutative_machine([(0, 1)])
    return machine


def semicharacters(machine, longest):
    """Return all f with f(start) = 1 and f(q x) = a_x f(q), a_x zero (None) or a root of unity (a turn).

    It is a p-th root for the period p of x, as f(q x^{i+p}) = f(q x^i), and of order `longest` where that is 2 or 1.
    """
    periods = [math.gcd(order.period, longest) if longest <= 2 else order.period for order in letter_orders(machine)]
    values = [[None, *(Fraction(power, period) for power in range(period))] for period in periods]
    return [found for letters in itertools.product(*values) if (found := extended(machine, letters))]


def extended(machine, letters):
    """Return the values per state, or nothing where two words to one state disagree."""
    function = {machine.start: Fraction(0)}
    order = [machine.start]
    for state in order:
        for reached, letter in zip(machine.table[state], letters, strict=True):
            value = None if letter is None or function[state] is None else (function[state] + letter) % 1
            if reached not in function:
                order.append(reached)
            if function.setdefault(reached, value) != value:
                return None
    return tuple(function[state] for state in range(len(machine.states)))


def separated(machine, functions):
    return len(machine.states) <= max(1, len(set(zip(*functions, strict=True))))
