"""Functions on two free points: the least dimension that is claimed, against the members with small coefficients."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from fsm2rnn.algebra.functions import function_pencil
from fsm2rnn.algebra.functions.condensation import condensation
from fsm2rnn.algebra.functions.function_pencil import try_pencil
from fsm2rnn.algebra.functions.space_search import SpaceSearch, View
from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid.minimal_pairs import minimal_classes
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read
from tests.algebra.functions.reference_blocks import span

LTT = "maps:0,2,2,4,4;0,0,2,2,4;1,1,3,3,4"
PLT = "maps:0,0,0,0,0,0,7,8,8;0,0,0,0,0,0,6,7,8;1,2,3,4,5,6,6,7,8"


def pencils(machine):
    """Yield searches with a view of one class whose condensation has two free points."""
    maps = letter_maps(machine).maps.astype(np.int64)
    classes = minimal_classes(maps)
    pairs = np.array([members[0] for members in classes]).reshape(-1, 2)
    fixed = np.flatnonzero((maps == np.arange(len(machine.states))).all(axis=0))
    origin = int(fixed[0]) if len(fixed) else None
    for number, members in enumerate(classes):
        condensed = condensation(maps, members, 1 << 12)
        if condensed is not None and np.count_nonzero(condensed.points != origin) == 2:
            search = SpaceSearch(maps, pairs, origin)
            search.allow(1 << 28)
            yield search, View(condensed, np.array([number]), condensed.ends[pairs[[number]]])


def least_member(search, view):
    """Return the least dimension of a member with coefficients up to 4 that separates the class."""
    free = np.flatnonzero(view.condensed.points != search.origin)
    first, second = view.condensed.spread(np.eye(len(view.condensed.points), dtype=np.int64)[free])
    left, right = search.pairs[view.classes[0]]
    members = (one * first + other * second for one, other in itertools.product(range(-4, 5), repeat=2))
    return min(len(span(search.maps.tolist(), [f.tolist()])) for f in members if f[left] != f[right])


@pytest.mark.parametrize(("name", "size"), [(LTT, 4), (PLT, 8)])
def test_known_pencils(name, size):
    ((search, view),) = pencils(read(name))
    try_pencil(search, view)
    assert search.needed.tolist() == [size]
    assert least_member(search, view) == size


def test_no_member_has_a_smaller_space_than_is_claimed():
    met = 0
    for seed in range(150):
        drawn = random.Random(seed)
        count = drawn.randint(3, 6)
        table = [[drawn.randrange(count) for _ in range(2)] for _ in range(count)]
        for search, view in pencils(minimise(StateMachine.tracker(range(count), "ab", table, 0)).target):
            met += 1
            number = view.classes[0]
            assert search.needed[number] == 1
            try_pencil(search, view)
            # Exact: a member of this dimension exists.
            assert search.needed[number] == least_member(search, view)
    assert met > 50


def test_wide_spaces_are_left_alone(monkeypatch):
    monkeypatch.setattr(function_pencil, "PENCIL_LIMIT", 3)
    ((search, view),) = pencils(read(LTT))
    try_pencil(search, view)
    assert search.needed.tolist() == [1]
