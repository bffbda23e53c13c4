"""Families of functions with values -1, 0, 1: all machines whose letters act as signed permutations and resets."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.signed.signed_families import CONSTANT, copies_needed, signed_family
from fsm2rnn.algebra.signed.ternary_functions import BINARY, TERNARY, ternary_families
from fsm2rnn.source.read import read
from tests.constructions.affine_signed import machine_of, random_letters
from tests.strategies import machines


def told_apart(families, states):
    """Return the pairs of states that some function of a family tells apart."""
    pairs = itertools.combinations(range(states), 2)
    return {
        pair
        for pair in pairs
        if any((one.functions[:, pair[0]] != one.functions[:, pair[1]]).any() for one in families)
    }


def maps_of(machine):
    return letter_maps(machine).maps.astype(np.int64)


@pytest.mark.parametrize("seed", range(40))
def test_machines_of_signed_coordinates_are_told_apart(seed):
    draw = random.Random(seed)
    machine = machine_of(random_letters(draw, width=3, letters=2), (1, -1, 0))
    count = len(machine.states)
    if 1 < count <= TERNARY:
        assert len(told_apart(ternary_families(maps_of(machine)), count)) == count * (count - 1) // 2


@settings(max_examples=40)
@given(machines(max_states=5))
def test_no_family_is_missed(machine):
    """Whatever single functions generate, found one after the other, tells apart what the families do."""
    maps, count = maps_of(machine), len(machine.states)
    if count == 1:
        return
    rows = (np.array(row) for row in itertools.product((-1, 0, 1), repeat=count) if len(set(row)) > 1)
    singly = [family for row in rows if (family := signed_family(maps, row, most=4 * count)) is not None]
    assert told_apart(singly, count) == told_apart(ternary_families(maps), count)


def test_two_functions_that_become_one_have_two_copies_of_it():
    # The functions 0 and 1 become 2, which stays.
    assert copies_needed([[1, 2], [2, 2], [2, CONSTANT]], 9) is None
    assert copies_needed([[1, 2], [2, 2], [CONSTANT, CONSTANT]], 9) == [1, 1, 2]
    assert copies_needed([[1, 2], [2, 2], [CONSTANT, CONSTANT]], 3) is None
    # Around a cycle copies would never be enough.
    assert copies_needed([[1, 2], [2, 0], [0, 1]], 9) == [1, 1, 1]
    assert copies_needed([[1], [1]], 9) is None


def test_there_are_limits_on_the_states():
    ring = f"perm:({','.join(map(str, range(1, BINARY + 2)))})"
    assert ternary_families(maps_of(read(ring))) == []
    fewer = f"perm:({','.join(map(str, range(1, TERNARY + 2)))})"
    assert len(told_apart(ternary_families(maps_of(read(fewer))), TERNARY + 1)) == (TERNARY + 1) * TERNARY // 2
