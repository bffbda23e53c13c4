"""Diagonal coordinates separate all states, and no choice among all semicharacters has fewer."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.diagonal.semicharacters import (
    STATE_LIMIT,
    complex_coordinates,
    nonnegative_coordinates,
    real_coordinates,
)
from fsm2rnn.algebra.group.invariant_factors import abelian_group, smith_form
from fsm2rnn.algebra.letters.letter_orders import letter_orders
from fsm2rnn.algebra.letters.product import product
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.catalogue import named_machine
from tests.algebra.diagonal.commutative_machines import (
    commutative_machine,
    commutative_machines,
    extended,
    semicharacters,
    separated,
)

HALF = Fraction(1, 2)


def factors_of(machine):
    return abelian_group(list(zip(*machine.table, strict=True)), machine.start).factors


def functions(machine, coordinates):
    """Return the values per state of each coordinate; nothing in place of one that two words to a state dispute."""
    return [extended(machine, letters) for letters in zip(*coordinates.turns, strict=True)]


def real_dimension(coordinates):
    """Return how many real numbers the coordinates hold together: 1 for a real one, 2 for any other."""
    return sum(2 - is_real(column) for column in zip(*coordinates.turns, strict=True))


def is_real(function):
    return all(value is None or 2 * value % 1 == 0 for value in function)


def fewest(machine):
    """Return the least number of semicharacters that separate, and among these the least real dimension."""
    everything = semicharacters(machine, len(machine.states))
    assert len(everything) == len(machine.states)
    for count in itertools.count():
        chosen = [some for some in itertools.combinations(everything, count) if separated(machine, some)]
        if chosen:
            return count, min(sum(2 - is_real(function) for function in some) for some in chosen)
    return None


@given(commutative_machines(max_states=9))
def test_no_choice_among_all_semicharacters_is_smaller(machine):
    coordinates = complex_coordinates(machine)
    found = functions(machine, coordinates)
    assert separated(machine, found)
    assert fewest(machine) == (len(found), real_dimension(coordinates))
    assert coordinates.minimal
    longest = max(order.period for order in letter_orders(machine))
    if longest <= 2:
        assert real_coordinates(machine).turns == coordinates.turns
        assert real_dimension(coordinates) == len(found)
    if longest == 1:
        assert nonnegative_coordinates(machine).turns == coordinates.turns
        assert {value for function in found for value in function} <= {None, 0}


SIZES = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9)), min_size=1, max_size=4)


@given(SIZES, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=2))
def test_larger_machines_are_separated(orders, joined):
    while math.prod(index + period for index, period in orders) > 300:
        orders = orders[1:]
    machine = commutative_machine(orders, joined)
    assert separated(machine, functions(machine, complex_coordinates(machine)))


def named(name):
    return minimise(named_machine(name, max_states=1000)).target


def subset(letters):
    return commutative_machine([(1, 1)] * letters)


def toggles(count):
    return commutative_machine([(0, 2)] * count)


def parity_killed():
    return StateMachine.tracker("eo0", "tk", [(1, 2), (0, 2), (2, 2)])


def parity_and_seen():
    return commutative_machine([(0, 2), (1, 1)])


def two_of(letters):
    """Return which two different letters came first; a third different one leads to the sink."""
    states = [frozenset(chosen) for size in range(3) for chosen in itertools.combinations(range(letters), size)]
    number = {state: position for position, state in enumerate(states)}
    table = [[number.get(state | {letter}, len(states)) for letter in range(letters)] for state in states]
    return StateMachine.tracker(range(len(states) + 1), range(letters), [*table, [len(states)] * letters])


@pytest.mark.parametrize(
    ("machine", "blocks", "dimension"),
    [
        (named("parity"), 1, 1),
        (named("tomita1"), 1, 1),
        (named("tomita5"), 2, 2),
        (named("tomita6"), 1, 2),
        (toggles(2), 2, 2),
        (toggles(6), 6, 6),
        (toggles(10), 10, 10),
        (subset(3), 3, 3),
        (subset(8), 8, 8),
        (parity_killed(), 1, 1),
        (parity_and_seen(), 2, 2),
        (commutative_machine([(0, 2), (0, 4)]), 2, 3),
        (commutative_machine([(0, 2), (0, 3)]), 1, 2),
        (commutative_machine([(0, 3), (0, 3)]), 2, 4),
        (commutative_machine([(0, 8), (0, 2), (0, 5), (0, 10)]), 3, 5),
        (commutative_machine([(0, 1000)]), 1, 2),
        (commutative_machine([(1, 2)] * 6), 12, 12),
        (commutative_machine([(1, 2), (1, 4), (1, 5), (1, 6)]), 7, 8),
        (two_of(4), 6, 6),
        (two_of(6), 15, 15),
        (commutative_machine([(0, 1)]), 0, 0),
    ],
)
def test_sizes(machine, blocks, dimension):
    coordinates = complex_coordinates(machine)
    found = functions(machine, coordinates)
    assert separated(machine, found)
    assert (len(found), real_dimension(coordinates)) == (blocks, dimension)


@pytest.mark.parametrize(
    ("machine", "turns"),
    [
        (named("parity"), ((0,), (HALF,))),
        (named("tomita1"), ((None,), (0,))),
        (parity_killed(), ((HALF,), (None,))),
        (parity_and_seen(), ((0, HALF), (None, 0))),
        (toggles(2), ((HALF, 0), (0, HALF))),
        (commutative_machine([(0, 5)]), ((Fraction(1, 5),),)),
        (commutative_machine([(0, 2), (0, 4)]), ((HALF, 0), (0, Fraction(1, 4)))),
    ],
)
def test_turns(machine, turns):
    assert complex_coordinates(machine).turns == turns


@pytest.mark.parametrize(
    ("orders", "factors"),
    [
        ([1], ()),
        ([2, 4], (2, 4)),
        ([2, 3], (6,)),
        ([6, 4], (2, 12)),
        ([2, 2, 2], (2, 2, 2)),
        ([8, 2, 5, 10], (2, 10, 40)),
        ([12, 18, 20], (2, 12, 180)),
    ],
)
def test_invariant_factors(orders, factors):
    machine = commutative_machine([(0, order) for order in orders])
    assert factors_of(machine) == factors
    coordinates = complex_coordinates(machine) if len(machine.states) <= STATE_LIMIT else None
    if coordinates is not None:
        assert len(coordinates.turns[0]) == len(factors)
        assert real_dimension(coordinates) == sum(1 if factor == 2 else 2 for factor in factors)


def test_invariant_factors_are_those_of_the_group_that_the_letters_generate():
    cycle = StateMachine.tracker(range(6), "ab", [((state + 2) % 6, (state + 3) % 6) for state in range(6)])
    assert factors_of(cycle) == (6,)
    diagonal = product(commutative_machine([(0, 4)]), commutative_machine([(0, 6)]))
    assert factors_of(diagonal) == (12,)


@given(st.lists(st.lists(st.integers(-9, 9), min_size=4, max_size=4), max_size=6))
def test_smith_form(rows):
    smith = smith_form(rows, 4)
    identity = [[int(row == column) for column in range(4)] for row in range(4)]
    assert times(smith.transform, smith.inverse) == identity
    finite = [factor for factor in smith.factors if factor]
    assert smith.factors == (*finite, *[0] * (4 - len(finite)))
    assert all(larger % smaller == 0 for smaller, larger in itertools.pairwise(finite))
    for row in times(rows, smith.transform):
        assert all(
            (factor and entry % factor == 0) or entry == 0 for entry, factor in zip(row, smith.factors, strict=True)
        )
    assert math.gcd(*map(determinant, itertools.combinations(rows, 4))) == math.prod(smith.factors)


def determinant(rows):
    total = 0
    for order in itertools.permutations(range(len(rows))):
        swaps = sum(left > right for left, right in itertools.combinations(order, 2))
        total += (-1) ** swaps * math.prod(row[column] for row, column in zip(rows, order, strict=True))
    return total


def times(left, right):
    return [[sum(map(int.__mul__, row, column)) for column in zip(*right, strict=True)] for row in left]


@pytest.mark.parametrize(
    ("coordinates", "machine"),
    [
        (complex_coordinates, named("flip-flop")),
        (complex_coordinates, named("counter(2)")),
        (complex_coordinates, StateMachine.tracker("ab", "x", [(0,), (0,)])),
        (real_coordinates, named("tomita6")),
        (nonnegative_coordinates, named("parity")),
    ],
)
def test_other_machines_are_refused(coordinates, machine):
    with pytest.raises(InputError):
        coordinates(machine)


def test_the_limit():
    length = STATE_LIMIT + 1
    with pytest.raises(LimitError, match="commutative machine"):
        complex_coordinates(commutative_machine([(0, length)]))
