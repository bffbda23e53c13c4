"""How many reflections a letter takes in every representation: known cases, and never above what is built."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.algebra.representation.fewest_reflections import fewest_reflections
from fsm2rnn.algebra.representation.least_representation import least_reflections
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.targets.householder import fewest_with_one_code

KNOWN = [("Z2", 1), ("S3@gens", 2), ("Z3@gens", 2), ("A5@gens", 2), ("S4@gens", 2), ("S5@gens", 4), ("Q8@gens", 4)]


@pytest.mark.parametrize(("name", "fewest"), KNOWN)
def test_known_groups(name, fewest):
    group = minimal_facts(fsm2rnn.read(name)).group
    assert fewest_reflections(group.characters, group.action) == fewest


@pytest.mark.parametrize("name", [*dict(KNOWN), "V4", "Dih(6)@gens", "A4@gens", "F20@gens", "Z2xA5@gens", "maps:0"])
def test_the_bound_is_never_above_what_is_built(name):
    group = minimal_facts(fsm2rnn.read(name)).group
    built = least_reflections(group.characters, group.action)
    assert fewest_reflections(group.characters, group.action) <= built.reflections


def test_machines_that_merge_states_have_the_bound_one():
    assert fewest_with_one_code(minimal_facts(fsm2rnn.read("flip-flop"))) == 1
    assert fewest_with_one_code(minimal_facts(fsm2rnn.read("S5@gens"))) == 4
