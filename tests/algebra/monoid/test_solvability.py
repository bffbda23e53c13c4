"""Solvable as the listed groups are; every commutator certificate holds on the machine's table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from sympy.combinatorics import Permutation
from sympy.combinatorics.perm_groups import PermutationGroup

from fsm2rnn.algebra.monoid import commutators as commutator_witness
from fsm2rnn.algebra.monoid import image_sets, permutation_group, solvability
from fsm2rnn.algebra.monoid.solvability import Solvability
from fsm2rnn.algebra.monoid.transition_monoid import transition_monoid
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.strategies import machines, permutation_machines

T5 = "maps:1,2,3,4,0;1,0,2,3,4;0,0,2,3,4"
SOLVABLE = [
    *(f"tomita{number}" for number in range(1, 8)),
    *("parity", "flip-flop", "even-pairs", "counter(7)", "register(4)", "register(10)", "dyck(2,3)", "modarith(5)"),
    *("Z1", "Z60", "Q8", "S4", "Dih(5)", "A4xZ5", "S4xS4@gens", "modarith(60)", "random(20,2)"),
]
NOT_SOLVABLE = [
    *("A5", "S5", "A6", "S6@gens", "PSL(2,7)", "PSL(2,7)@gens", "PSL(2,11)@gens", "A5xZ2", "A5@gens", "S5@gens", T5),
    *("act:(1,2,3,4,5);(1,2)", "act:(1,2,3,4,5,6,7);(2,3)(4,7)", "act:(1,2,3,4,5,6);(1,2)", "random(20,4)"),
    *(f"random-permutation({states},2)" for states in (7, 8, 10, 12, 20, 50)),
]


def permuted(machine, points, word):
    """Return the word's permutation of the points as a dictionary."""
    images = {}
    for point in points:
        state = point
        for symbol in word:
            state = machine.table[state][symbol]
        images[point] = state
    assert sorted(images.values()) == sorted(points)
    return images


def replay(machine, witness):
    forth = [permuted(machine, witness.points, word) for word in witness.words]
    back = [{image: point for point, image in images.items()} for images in forth]
    for word, images, pairs in zip(witness.words, forth, witness.commutators, strict=True):
        assert len(word) <= commutator_witness.WORD_LIMIT
        assert any(point != image for point, image in images.items())
        for point in witness.points:
            state = point
            for j, k in pairs:
                state = forth[k][forth[j][back[k][back[j][state]]]]
            assert state == images[point]


def all_return_groups_solvable(machine):
    """List for each image set the permutations by elements, and ask sympy."""
    elements = transition_monoid(machine).elements.tolist()
    for points in {tuple(sorted(set(row))) for row in elements}:
        rows = {
            tuple(points.index(row[p]) for p in points) for row in elements if {row[p] for p in points} == {*points}
        }
        if len(points) >= 5 and not PermutationGroup([Permutation(list(row)) for row in sorted(rows)]).is_solvable:
            return False
    return True


@given(machines(max_states=5, max_symbols=2))
@settings(max_examples=60)
def test_it_agrees_with_the_listed_groups(machine):
    machine = minimise(machine).target
    found = solvability.solvability(machine)
    assert found.solvable is all_return_groups_solvable(machine)


@given(permutation_machines(max_states=10))
@settings(max_examples=60)
def test_permutation_machines_agree_with_sympy_and_always_have_a_witness(machine):
    machine = minimise(machine).target
    found = solvability.solvability(machine)
    columns = [Permutation(list(column)) for column in zip(*machine.table, strict=True)]
    assert found.solvable is PermutationGroup(columns).is_solvable
    assert (found.witness is None) is found.solvable
    if found.witness is not None:
        replay(machine, found.witness)


@pytest.mark.parametrize("text", SOLVABLE)
def test_solvable_machines(text):
    assert solvability.solvability(minimise(read(text)).target) == Solvability(solvable=True, witness=None)


@pytest.mark.parametrize("text", NOT_SOLVABLE)
def test_machines_that_are_not_solvable_have_a_witness(text):
    machine = minimise(read(text)).target
    found = solvability.solvability(machine)
    assert found.solvable is False
    replay(machine, found.witness)


@pytest.mark.parametrize("seed", range(12))
def test_random_machines_of_ten_states(seed):
    machine = minimise(read(f"random(10,4,{seed})")).target
    found = solvability.solvability(machine)
    assert found.solvable is not None
    assert (found.witness is None) is found.solvable
    if found.witness is not None:
        replay(machine, found.witness)


@pytest.mark.parametrize("text", ["A5@gens", "S5@gens", "S6@gens", "Dih(5)", "S4"])
def test_both_tests_of_a_group_agree(monkeypatch, text):
    machine = read(text)
    expected = solvability.solvability(machine).solvable
    monkeypatch.setattr(solvability, "_commutators_survive", lambda _: False)
    assert solvability.solvability(machine).solvable is expected


def test_limits_leave_it_open(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(image_sets, "SET_LIMIT", 3)
        assert solvability.solvability(read("register(10)")).solvable is None
        assert solvability.solvability(read(T5)).solvable is False  # the first sets show it
    with monkeypatch.context() as patch:
        patch.setattr(permutation_group, "WORK_LIMIT", 10)
        assert solvability.solvability(read("S4")).solvable is None
        assert solvability.solvability(read("S5")) == Solvability(solvable=False, witness=None)
        with pytest.raises(LimitError):
            permutation_group.group_of_permutations(np.array([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]]))
