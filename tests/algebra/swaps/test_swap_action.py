"""Followed points are where each state says, and say which state it is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.swaps.swap_action import POINT_LIMIT, swap_parts
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read

# fmt: off
SHORTEST = [  # points and followed points of each set, and the steps of the longest letter
    ("parity",                          [(2, 1)],         1),
    ("flip-flop",                       [(2, 1)],         1),
    ("S3@gens",                         [(3, 1), (2, 1)], 2),  # where it is a swap is its sign
    ("A5@gens",                         [(5, 3)],         4),
    ("S5@gens",                         [(2, 1), (5, 2), (6, 1)], 4),
    ("V4",                              [(2, 1), (2, 1)], 1),
    ("Q8",                              [(8, 1)],         6),   # every faithful action has a regular orbit
    ("Z2xZ4",                           [(2, 1), (2, 1), (4, 1)], 3),
    ("act:(1,2,3,4,5);(1,2)",           [(5, 1)],         4),
    ("maps:0,1,2;1,1,1;2,2,2;0,0,0",    [(3, 1)],         1),   # no permutation reaches the states
    ("maps:1,2,0;1,0,2;2,2,2",          [(3, 1)],         2),
    ("maps:0,1,2,3;0,1,0,1;2,3,2,3;1,0,3,2", [(2, 1), (2, 1)], 1),  # a bit that is written, and one that turns
    ("modarith(5)",                     [(5, 1)],         4),
]
# fmt: on


@pytest.mark.parametrize(("name", "sets", "longest"), SHORTEST)
def test_sets_of_points(name, sets, longest):
    parts = swap_parts(minimal_facts(read(name)))
    assert sorted((part.points, len(part.tracked)) for part in parts) == sorted(sets)
    assert max(part.length for part in parts) == longest


@st.composite
def machines(draw):
    """Draw a machine whose letters permute or reset its states."""
    count = draw(st.integers(2, 5))
    permutations = draw(st.lists(st.permutations(range(count)), min_size=1, max_size=2))
    resets = draw(st.lists(st.integers(0, count - 1), max_size=2))
    columns = [*permutations, *([state] * count for state in resets)]
    states = [str(state) for state in range(count)]
    start = draw(st.integers(0, count - 1))
    return StateMachine.tracker(states, range(len(columns)), zip(*columns, strict=True), start)


@settings(max_examples=60)
@given(machines())
def test_letters_move_the_points_as_they_move_the_states(machine):
    moves_as(minimise(machine).target)


@settings(max_examples=30)
@given(machines(), machines())
def test_letters_of_two_machines_at_once(left, right):
    common = min(len(left.symbols), len(right.symbols))
    one, other = ([row[:common] for row in machine.table] for machine in (left, right))
    rows = [[(p * len(other)) + q for p, q in zip(*pair, strict=True)] for pair in product(one, other)]
    start = left.start * len(other) + right.start
    machine = reachable(StateMachine.tracker(range(len(rows)), range(common), rows, start))
    if len(machine.states) <= 16:
        moves_as(machine)


def moves_as(machine):
    parts = swap_parts(Facts(machine))
    codes = list(zip(*(part.images for part in parts), strict=True))
    assert len(set(codes)) == len(machine.states)
    assert codes[machine.start] == tuple(part.tracked for part in parts)
    for part in parts:
        for state, row in enumerate(machine.table):
            for letter, target in enumerate(row):
                assert moved(part, letter, part.images[state]) == part.images[target]


def moved(part, letter, points):
    found = part.letters[letter]
    points = part.tracked if found.reset else points
    for left, right in found.word:
        swapped = {left: right, right: left}
        points = tuple(swapped.get(point, point) for point in points)
    return points


@pytest.mark.parametrize("name", ["tomita3", "register(2)", "counter(3)"])
def test_other_letters_have_none(name):
    assert swap_parts(minimal_facts(read(name))) is None


def test_too_many_points_are_refused():
    prime = next(n for n in range(POINT_LIMIT + 1, 2 * POINT_LIMIT) if all(n % m for m in range(2, n)))
    with pytest.raises(LimitError, match="points that letters permute"):
        swap_parts(minimal_facts(read(f"Z{prime}@gens")))
