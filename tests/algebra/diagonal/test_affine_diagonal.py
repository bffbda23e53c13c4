"""Affine diagonal coordinates obey their equations exactly, and the laws say which machines have them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.cover_sets import separating_set
from fsm2rnn.algebra.diagonal import affine_diagonal
from fsm2rnn.algebra.diagonal.affine_diagonal import affine_nonnegative_coordinates, affine_real_coordinates
from fsm2rnn.algebra.letters.affine_laws import real_affine_violation, right_regular_violation
from fsm2rnn.algebra.letters.letter_orders import letter_orders
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.catalogue import named_machine
from tests.algebra.diagonal.commutative_machines import commutative_machine
from tests.strategies import machines

NONNEGATIVE, REAL = (1, 0), (1, 0, -1)
KINDS = [
    (affine_nonnegative_coordinates, right_regular_violation, NONNEGATIVE),
    (affine_real_coordinates, real_affine_violation, REAL),
]


@st.composite
def affine_machines(draw, *, slopes, max_coordinates=2, max_symbols=3):
    """Draw trackers of the states that a random affine diagonal network of finite orbit reaches."""
    width = draw(st.integers(1, max_coordinates))
    letter = st.tuples(*[st.tuples(st.sampled_from(slopes), st.integers(-2, 2))] * width)
    maps = draw(st.lists(letter, min_size=1, max_size=max_symbols))
    states = [draw(st.tuples(*[st.integers(-2, 2)] * width))]
    table = []
    for state in states:
        row = [tuple(a * h if a else b for h, (a, b) in zip(state, step, strict=True)) for step in maps]
        states += [reached for reached in dict.fromkeys(row) if reached not in states]
        table.append(row)
    return StateMachine.tracker(states, range(len(maps)), [[states.index(reached) for reached in row] for row in table])


def holds(machine, found, slopes):
    """Check the equations of codes, one code per state."""
    assert len(set(found.codes)) == len(machine.states)
    assert {slope for row in found.slopes for slope in row} <= set(slopes)
    for code, row in zip(found.codes, machine.table, strict=True):
        for a, b, reached in zip(found.slopes, found.offsets, row, strict=True):
            assert tuple(s * h + o for s, h, o in zip(a, code, b, strict=True)) == found.codes[reached]


def run(machine, state, word):
    for letter in word:
        state = machine.table[state][letter]
    return state


@pytest.mark.parametrize(("coordinates", "violation", "slopes"), KINDS)
@given(data=st.data())
def test_a_machine_made_by_a_network_is_given_one(coordinates, violation, slopes, data):
    machine = data.draw(affine_machines(slopes=slopes))
    found = coordinates(machine)
    assert found is not None
    assert violation(machine) is None
    holds(machine, found, slopes)


@pytest.mark.parametrize(("coordinates", "violation", "slopes"), KINDS)
@given(machine=machines(max_states=5))
def test_no_machine_has_both_coordinates_and_a_violation(coordinates, violation, slopes, machine):
    machine = reachable(machine)
    # The enumeration itself, which is not told what the laws say.
    found = affine_diagonal._coordinates(machine, slopes)
    assert found == coordinates(machine)
    if found is not None:
        holds(machine, found, slopes)
        assert violation(machine) is None


@given(machines(max_states=5))
def test_violations_show_what_they_say(machine):
    found = right_regular_violation(machine)
    if found is not None:
        u, v, state = found
        assert run(machine, state, u + v + u) != run(machine, state, v + u)
    broken = real_affine_violation(machine)
    if broken is not None:
        assert run(machine, broken.state, broken.left) != run(machine, broken.state, broken.right)
        assert allowed(broken)


def allowed(broken):
    """Say whether the two words are sides of one of the two laws."""
    (x, y), left, right = broken.left[:2], broken.left, broken.right
    if broken.law == "x x v x = v x":
        return x == y and right[-1] == x and left == (x, x, *right)
    later = right[2:]
    return right[:2] == (y, x) and left[2:] == later and later[-1] == y and x in later[:-1]


def last_order(seen):
    """Return the order of the last occurrences in a word: all that the nonnegative networks can know of it."""
    return tuple(sorted(set(seen), key=lambda letter: max(i for i, other in enumerate(seen) if other == letter)))


def last_order_and_parities(seen):
    """Return that order with the parity of every letter after the start and after each last occurrence."""
    order = last_order(seen)
    starts = [0, *(max(i for i, other in enumerate(seen) if other == letter) + 1 for letter in order)]
    return order, tuple(seen[start:].count(letter) % 2 for start in starts for letter in order)


@pytest.mark.parametrize(
    ("violation", "known"),
    [(right_regular_violation, last_order), (real_affine_violation, last_order_and_parities)],
)
@given(machine=machines(max_states=4, max_symbols=2))
def test_the_laws_hold_exactly_where_networks_with_several_codes_can_know_the_state(violation, known, machine):
    machine = reachable(machine)
    reached = {}
    unique = True
    for length in range(9):
        for word in itertools.product(range(len(machine.symbols)), repeat=length):
            state = run(machine, 0, word)
            unique = unique and reached.setdefault(known(word), state) == state
    assert (violation(machine) is None) == unique


@given(machines(max_states=4))
def test_the_real_laws_follow_from_the_nonnegative_one_and_cube_the_letters(machine):
    if right_regular_violation(machine) is None:
        assert real_affine_violation(machine) is None
    if real_affine_violation(machine) is None:
        assert all(order.index <= 1 and order.period <= 2 for order in letter_orders(machine))


@pytest.mark.parametrize(("coordinates", "violation", "slopes"), KINDS)
def test_some_machines_obey_the_laws_without_one_code_per_state(coordinates, violation, slopes):
    tables = {
        NONNEGATIVE: ((0, 0, 1), (1, 2, 1), (1, 2, 1)),
        REAL: ((0, 1, 0), (2, 1, 1), (2, 1, 1)),
    }
    machine = reachable(StateMachine.tracker(range(3), "abc", tables[slopes]))
    assert violation(machine) is None
    assert coordinates(machine) is None


def resets(states):
    return StateMachine.tracker(range(states), range(states), [range(states)] * states)


def last_of(letters):
    """Return the machine that knows the order of last occurrences: the free right regular band."""
    orders = [order for size in range(letters + 1) for order in itertools.permutations(range(letters), size)]
    number = {order: position for position, order in enumerate(orders)}
    table = [
        [number[(*(other for other in order if other != letter), letter)] for letter in range(letters)]
        for order in orders
    ]
    return StateMachine.tracker(range(len(orders)), range(letters), table)


def named(name):
    return minimise(named_machine(name, max_states=1000)).target


TOGGLE = StateMachine.tracker("01", ["hold", "set0", "set1", "flip"], [(0, 0, 1, 1), (1, 0, 1, 0)])


@pytest.mark.parametrize(
    ("machine", "nonnegative", "real"),
    [
        (named("flip-flop"), 1, 1),
        (TOGGLE, None, 1),
        (resets(2), 1, 1),
        (resets(7), 1, 1),
        (resets(50), 1, 1),
        (named("parity"), None, 1),
        (named("Z2xZ2"), None, 2),
        (named("Z4"), None, None),
        (named("tomita1"), 1, 1),
        (named("tomita2"), None, None),
        (named("tomita3"), None, None),
        (named("tomita4"), None, None),
        (named("tomita5"), None, 2),
        (named("tomita6"), None, None),
        (named("tomita7"), None, None),
        (named("even-pairs"), None, None),
        (named("register(2)"), None, None),
        (named("counter(2)"), None, None),
        (commutative_machine([(1, 1)] * 4), 4, 4),
        (commutative_machine([(0, 2)] * 4), None, 4),
        (commutative_machine([(0, 2), (1, 1)]), None, 2),
        (commutative_machine([(0, 1)]), 0, 0),
        (last_of(2), 3, 3),
        (last_of(3), 6, 6),
        (last_of(4), 10, 10),
    ],
)
def test_sizes(machine, nonnegative, real):
    for (coordinates, violation, slopes), size in zip(KINDS, (nonnegative, real), strict=True):
        found = coordinates(machine)
        if size is None:
            assert found is None
            assert violation(machine) is not None
        else:
            holds(machine, found, slopes)
            assert (len(found.codes[0]), found.minimal) == (size, True)


def test_codes_are_small_integers():
    found = affine_nonnegative_coordinates(named("flip-flop"))
    assert (found.slopes, found.offsets, found.codes) == (((1,), (0,), (0,)), ((0,), (0,), (1,)), ((0,), (1,)))
    found = affine_real_coordinates(TOGGLE)
    assert (found.slopes, found.offsets) == (((1,), (0,), (0,), (-1,)), ((0,), (1,), (-1,), (0,)))
    assert found.codes == ((1,), (-1,))


def test_every_machine_with_two_states_needs_one_coordinate():
    letters = list(itertools.product(range(2), repeat=2))
    table = list(zip(*letters, strict=True))
    found = affine_real_coordinates(StateMachine.tracker("01", range(4), table))
    assert len(found.codes[0]) == 1


def test_the_limit(monkeypatch):
    monkeypatch.setattr(affine_diagonal, "WORK_LIMIT", 1000)
    with pytest.raises(LimitError, match="roles"):
        affine_nonnegative_coordinates(commutative_machine([(1, 1)] * 6))


def lists_of(length):
    return st.lists(st.lists(st.integers(0, 2), min_size=length, max_size=length), min_size=1, max_size=6)


@given(st.integers(1, 6).flatmap(lists_of))
def test_separating_sets_are_the_least(functions):
    points = len(functions[0])
    counts = [
        count
        for count in range(len(functions) + 1)
        for some in itertools.combinations(functions, count)
        if len(set(zip(*some, strict=True))) == points or points == 1
    ]
    found = separating_set.separating_set(functions, points)
    assert (found and len(found.members)) == min(counts, default=None)
    assert found is None or found.minimal


def test_a_stopped_search_says_so(monkeypatch):
    monkeypatch.setattr(separating_set, "NODE_LIMIT", 0)
    found = affine_nonnegative_coordinates(last_of(3))
    holds(last_of(3), found, NONNEGATIVE)
    assert not found.minimal
    monkeypatch.setattr(separating_set, "EXACT_VALUES", 0)
    assert affine_nonnegative_coordinates(last_of(3)) == found
