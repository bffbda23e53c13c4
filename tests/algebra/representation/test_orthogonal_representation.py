"""Orthogonal letters and codes far apart, against the published distances of groups that act on themselves."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation import orthogonal_representation as orthogonal
from fsm2rnn.algebra.representation.least_representation import (
    LeastRepresentation,
    least_real,
    least_reflections,
    real_summands,
)
from fsm2rnn.algebra.representation.orthogonal_representation import with_summands
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.source.read import read
from tests.strategies import abelian_groups, group_tracker, permutation_machines

F20 = group_tracker([(1, 2, 3, 4, 0), (0, 2, 4, 1, 3)])
CLOSE = 5e-15


def assert_simulates(machine, found):
    """Letters are orthogonal, codes have norm 1 and follow the machine, and no two are nearer than is said."""
    table, place = np.array(machine.table), 0
    for block in found.blocks:
        width = block.shape[1]
        codes = found.codes[:, place : place + width]
        place += width
        assert np.abs(block.transpose(0, 2, 1) @ block - np.eye(width)).max(initial=0) < CLOSE
        for symbol, letter in enumerate(block):
            assert np.abs(codes @ letter.T - codes[table[:, symbol]]).max(initial=0) < CLOSE
    assert place == found.dimension
    if found.dimension:
        assert np.abs(np.linalg.norm(found.codes, axis=1) - 1).max() < CLOSE
    rows = np.sqrt(((found.codes[:, None] - found.codes) ** 2).sum(axis=2)) + 9 * np.eye(len(found.codes))
    assert rows.min(initial=2) == pytest.approx(min(2, found.distance) if len(rows) > 1 else 2, abs=1e-12)


@pytest.mark.parametrize(
    ("machine", "blocks", "distance"),
    [
        ("Z1", [], 2),
        ("Z2", [1], 2),
        ("Z5", [2], 1.176),
        ("Z12", [2], 0.518),
        ("Z60@gens", [2], 0.105),
        ("Z500@gens", [2], 2 * math.sin(math.pi / 500)),
        ("V4", [1, 1], math.sqrt(2)),
        ("Z3xZ3", [2, 2], math.sqrt(1.5)),
        ("S3", [2], 1.0),
        ("Dih(4)", [2], 0.765),
        ("Dih(5)", [2], 0.618),
        ("Dih(150)@gens", [2], 2 * math.sin(math.pi / 300)),
        ("Q8", [4], 1.414),
        ("Q8xZ3", [4], 1.0),
        ("A4", [3], 1.051),
        ("S4", [3], 0.744),
        ("A5", [3], 0.464),
        ("S5", [4], 0.547),
        ("A6@gens", [5], 0.485),
        ("S6@gens", [5], 0.402),
        ("PSL(2,7)@gens", [6], 0.819),
        (F20, [4], 1.0),
        # Five points, and six and seven with their doubly transitive groups: regular simplices.
        ("act:(1,2,3,4,5);(1,2,3)", [4], math.sqrt(2 * 5 / 4)),
        ("act:(1,2,3,4,5,6);(1,2)", [5], math.sqrt(2 * 6 / 5)),
        ("act:(1,2,3,4,5,6,7);(2,3)(4,7)", [6], math.sqrt(2 * 7 / 6)),
    ],
)
def test_distances_of_the_least_representations(machine, blocks, distance):
    machine = read(machine) if isinstance(machine, str) else machine
    found = Facts(machine).group.furthest
    assert [block.shape[1] for block in found.blocks] == blocks
    assert found.minimal
    assert found.reason
    assert 0.99 * distance <= found.distance < 1.01 * distance
    assert_simulates(machine, found)


@settings(deadline=None, max_examples=40)
@given(permutation_machines(max_states=6).map(reachable) | abelian_groups())
def test_every_small_permutation_machine(machine):
    found = Facts(machine).group.furthest
    assert_simulates(machine, found)
    action = group_action(machine)
    assert found.dimension == least_real(character_table(action.group), action).dimension


@pytest.mark.parametrize("machine", ["A5xZ2@gens", "S6@gens", "Q8@gens", "S4xZ2@gens"])
def test_representations_chosen_for_few_reflections(machine):
    machine = read(machine)
    action = group_action(machine)
    table = character_table(action.group)
    few = least_reflections(table, action)
    found = with_summands(
        table, action, LeastRepresentation(few.summands, minimal=few.minimal, reason="few reflections")
    )
    assert_simulates(machine, found)
    assert found.dimension == few.dimension
    ranks = sum(np.linalg.matrix_rank(np.eye(block.shape[1]) - block, tol=1e-9) for block in found.blocks)
    assert tuple(ranks) == few.ranks


def test_a_representation_that_joins_states_is_refused():
    action = group_action(read("S4"))
    table = character_table(action.group)
    summand = next(item for item in real_summands(table) if item.dimension == 2)
    with pytest.raises(NumericError, match="one code per state"):
        with_summands(table, action, LeastRepresentation((summand,), minimal=False, reason=""))


def test_the_same_machine_gives_the_same_codes():
    first, second = (Facts(read("S4@gens")).group.furthest for _ in range(2))
    assert np.array_equal(first.codes, second.codes)


def test_other_machines_are_refused(monkeypatch):
    with pytest.raises(InputError, match="permute"):
        _ = Facts(read("flip-flop")).group.furthest
    apart = dataclasses.replace(read("Z2"), states=(0, 1, 2), table=((0, 1), (1, 0), (2, 2)), outputs=(0, 1, 2))
    with pytest.raises(InputError, match="not reachable"):
        _ = Facts(apart).group.furthest
    monkeypatch.setattr(orthogonal, "FORM_LIMIT", 10)
    with pytest.raises(LimitError, match="forms"):
        _ = Facts(read("S4")).group.furthest
