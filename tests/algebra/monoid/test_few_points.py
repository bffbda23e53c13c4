"""Few points for regular groups of many elements: the action is theirs, and labelled points tell the states apart."""

from __future__ import annotations

import numpy as np
import pytest

import fsm2rnn
from fsm2rnn.algebra.monoid.few_points import few_points
from fsm2rnn.algebra.monoid.regular_action import is_regular
from fsm2rnn.explanation import explain
from fsm2rnn.source.read import read
from fsm2rnn.targets import TARGETS
from tests.strategies import group_tracker

FOUND = {
    "S7@gens": (7,),
    "A7@gens": (7,),
    "M11@gens": (11,),
    "PSL(2,23)@gens": (24,),
    "A5xA5@gens": (5, 5),
    "S5@gens": (5,),
    "PSL(2,13)@gens": (14,),
}


def maps_of(machine):
    return np.array(machine.table, dtype=np.intp).T


def explained(name, targets):
    return explain(read(name), targets=[target for target in TARGETS if target.name in targets])


@pytest.mark.parametrize("name", FOUND)
def test_the_letters_act_on_points_as_on_the_states(name):
    machine = read(name)
    maps = maps_of(machine)
    found = few_points(maps, machine.start)
    assert found.widths == FOUND[name]
    assert len(np.unique(found.permutations, axis=0)) == len(machine.states)
    assert (found.permutations[machine.start] == np.arange(sum(found.widths))).all()
    codes = found.codes
    assert len(np.unique(codes, axis=0)) == len(machine.states)
    assert (codes[machine.start] == found.labels).all()
    for letter, points in zip(maps, found.maps, strict=True):
        assert (found.permutations[letter] == points[found.permutations]).all()
        assert (codes[letter][:, points] == codes).all()


def test_equal_letters_act_equally():
    machine = read("A7@gens")
    maps = maps_of(machine)[[0, 1, 0]]
    found = few_points(maps, machine.start)
    assert (found.maps[0] == found.maps[2]).all()


@pytest.mark.parametrize(("name", "widths"), [("Z5", (5,)), ("Q8@gens", (8,)), ("Dih(1000)@gens", None)])
def test_groups_that_act_faithfully_on_no_fewer_points(name, widths):
    """Cycles of five and quaternions on themselves alone; the dihedral group needs a subgroup of index 125."""
    machine = read(name)
    found = few_points(maps_of(machine), machine.start)
    assert (found if found is None else found.widths) == widths


def test_machines_that_are_not_regular_have_none():
    natural = fsm2rnn.from_table([[1, 1], [2, 0], [3, 2], [4, 3], [0, 4]])
    maps = maps_of(natural)
    assert not is_regular(maps, 0)
    assert few_points(maps, 0) is None


def test_points_do_not_depend_on_the_day():
    machine = group_tracker([(1, 2, 3, 4, 0, 5), (0, 1, 2, 3, 5, 4), (1, 0, 2, 3, 4, 5)])
    first, second = (few_points(maps_of(machine), machine.start) for _ in range(2))
    assert (first.maps == second.maps).all()
    assert (first.labels == second.labels).all()


@pytest.mark.parametrize(
    ("name", "sizes", "group"),
    [
        ("A7@gens", {"pd": (7,), "integer": (6,), "block-diagonal": (6, 6), "householder": (7, 6)}, "A7"),
        ("A5xA5@gens", {"pd": (10,), "integer": (8,), "block-diagonal": (8, 4), "householder": (10, 4)}, "A5xA5"),
    ],
)
def test_targets_use_them(name, sizes, group):
    """The numbers of a table of 2,520 and one of 3,600 states, each proved at every length."""
    found = explained(name, sizes)
    for answer in found.answers:
        assert tuple(measure.number for measure in answer.verdict.sizes.measures) == sizes[answer.target]
        assert None in answer.verdict.steps().values()
    assert (found.facts["group"], found.facts["solvable"]) == (group, False)


@pytest.mark.slow
def test_labels_of_a_base_are_not_all_that_is_tried():
    """Functions on 4 + 25 + 9 points of a dihedral group: those that suffice do not tell its labels apart."""
    (answer,) = explained("Dih(900)@gens", ("integer",)).answers
    assert answer.verdict.sizes.measures[0].number == 28


@pytest.mark.slow
@pytest.mark.parametrize(("name", "group"), [("S7@gens", "S7"), ("M11@gens", "M11"), ("PSL(2,23)@gens", "order 6072")])
def test_larger_tables(name, group):
    points = FOUND[name][0]
    found = explained(name, ("pd", "integer"))
    assert [answer.verdict.operator.size for answer in found.answers] == [points, points - 1]
    assert (found.facts["group"], found.facts["solvable"]) == (group, False)
    for answer in found.answers:
        assert answer.verdict.proof.equations == 2 * len(read(name).states)
