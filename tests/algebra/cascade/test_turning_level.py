"""Levels that turn: groups with resets, one layer for each abelian factor, in lockstep with the machine."""

from __future__ import annotations

import random

import pytest

from fsm2rnn import from_table
from fsm2rnn.algebra.cascade import turning_level
from fsm2rnn.algebra.cascade.best_cascade import TURNING, best_cascade
from fsm2rnn.algebra.cascade.contexts import work
from fsm2rnn.algebra.cascade.event_cascade import Cascade, event_cascade
from fsm2rnn.algebra.cascade.live_machine import live_machine
from fsm2rnn.algebra.cascade.solvable_levels import derived_groups, inverse_permutation, with_abelian_levels
from fsm2rnn.algebra.cascade.turning_level import closed_group
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import compose
from fsm2rnn.source.read import read
from tests.algebra.cascade.aperiodic_machines import drawn_table

GATED = "maps:1,2,0,3,4,5;3,4,5,3,4,5;0,1,2,0,1,2;0,0,0,3,3,3"
"""A counter modulo 3 that counts only while a bit is 0, which two letters set and reset; a fourth one resets it."""
T4 = "maps:1,2,3,0;1,0,2,3;0,0,2,3"
F20 = "act:(1,2,3,4,5);(2,3,5,4)"
RESETS = ";0,0,0;1,1,1;2,2,2"
LAYERS = (
    *(("parity", 1), ("Z6", 1), ("S3@gens", 2), ("S4@gens", 3), ("A4@gens", 2), ("Q8@gens", 2), ("Dih(6)@gens", 2)),
    *((F20, 2), ("maps:1,2,0;1,0,2" + RESETS, 2), (GATED, 2), ("V4", 1)),
)


def follows(cascade: Cascade) -> int:
    """Walk all live tuples: each level written, turned or kept leads to a listed tuple of the right state."""
    machine = cascade.machine
    seen, todo = {(0,) * len(cascade.levels)}, [(0,) * len(cascade.levels)]
    for values in todo:
        for letter, target in enumerate(machine.rows[cascade.states[values]]):
            if target in machine.absorbing:
                continue
            after = []
            for place, level in enumerate(cascade.levels):
                key = values[:place], letter
                assert not (key in level.writes and key in level.turns)
                turned = level.turns[key][values[place]] if key in level.turns else values[place]
                after.append(level.writes.get(key, turned))
            assert cascade.states[tuple(after)] == target
            if tuple(after) not in seen:
                seen.add(tuple(after))
                todo.append(tuple(after))
    return len(seen)


@pytest.mark.parametrize(("name", "layers"), LAYERS)
def test_groups_take_one_layer_per_factor_of_their_derived_series(name, layers):
    machine = minimal_facts(read(name)).machine
    outputs = list(range(len(machine.states)))
    units = best_cascade(machine, outputs, TURNING)
    assert follows(units.cascade) == len(units.cascade.states)
    assert units.score[0] == layers


SLOW = pytest.mark.slow
WITH_RESETS = (
    *(("S3@gens", 2), ("A4@gens", 2), ("Q8@gens", 2), ("Dih(6)@gens", 2), ("act:(1,2,3,4);(1,2)", 3), (F20, 2)),
    pytest.param("S4@gens", 3, marks=SLOW),
    pytest.param("F20@gens", 2, marks=SLOW),
)


@pytest.mark.parametrize(("name", "layers"), WITH_RESETS)
def test_resets_to_every_state_cost_no_layer(name, layers):
    group = read(name)
    machine = minimal_facts(from_table([[*row, *range(len(group.states))] for row in group.table])).machine
    units = best_cascade(machine, list(range(len(machine.states))), TURNING)
    assert follows(units.cascade) == len(units.cascade.states)
    assert units.score[0] == layers


def test_every_level_is_turned_by_an_abelian_group_that_moves_all_values_alike():
    for name in ("S4@gens", F20, "Q8@gens", T4):
        live = live_machine(minimal_facts(read(name)).machine)
        cascade = with_abelian_levels(event_cascade(live, TURNING[0], work(10**6)))
        assert follows(cascade) == len(cascade.states)
        for level in cascade.levels:
            group = closed_group(level.turns.values()) if level.turns else ()
            assert all(compose(left, right) == compose(right, left) for left in group for right in group)
            assert len(group) in (0, level.values)


def test_a_merge_beside_the_symmetric_group_shows_the_tile_alone():
    """24 tuples of tiles for S4 with a merging letter, not 24 times as many."""
    live = live_machine(minimal_facts(read(T4)).machine)
    plain = event_cascade(live, TURNING[0], work(10**6))
    assert (len(plain.states), [level.values for level in plain.levels]) == (24, [4, 3, 2])


@pytest.mark.parametrize("strategy", TURNING)
def test_drawn_machines_are_followed(strategy):
    draw, followed = random.Random(5), 0
    for _ in range(60):
        machine = minimal_facts(drawn_table(draw, draw.randint(2, 4), draw.randint(1, 3), 2)).machine
        cascade = with_abelian_levels(event_cascade(live_machine(machine), strategy, work(10**6)))
        assert follows(cascade) == len(cascade.states)
        followed += any(level.turns for level in cascade.levels)
    assert followed > 5


def test_a_group_of_several_orbits_has_a_level_for_the_orbit():
    """Two pairs of points, each swapped by a: a reset says in which, and nothing moves between them."""
    machine = minimal_facts(read("maps:1,0,3,2;0,0,0,0;2,2,2,2")).machine
    cascade = with_abelian_levels(event_cascade(live_machine(machine), TURNING[0], work(10**6)))
    assert follows(cascade) == len(cascade.states) == 4
    assert [level.values for level in cascade.levels] == [2, 2]
    assert not cascade.levels[0].turns


def test_derived_groups_go_down_to_one_element_or_are_refused():
    cycle, swap = (1, 2, 3, 0), (1, 0, 2, 3)
    assert [len(group) for group in derived_groups(closed_group([cycle, swap]))] == [24, 12, 4, 1]
    with pytest.raises(LimitError, match="whose group is not solvable"):
        derived_groups(closed_group([(1, 2, 3, 4, 0), (1, 2, 0, 3, 4)]))
    assert compose(cycle, inverse_permutation(cycle)) == (0, 1, 2, 3)


def test_a_group_of_too_many_elements_is_refused(monkeypatch):
    monkeypatch.setattr(turning_level, "GROUP_LIMIT", 5)
    with pytest.raises(LimitError, match="elements of the group of one level"):
        event_cascade(live_machine(minimal_facts(read("S3")).machine), TURNING[0], work(10**6))
