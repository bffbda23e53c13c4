"""Families of functions that letters permute in part: their equations, their closed cycles, and known ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.representation.reflections import signed_permutation_updates
from fsm2rnn.algebra.signed.signed_families import CONSTANT, centred, signed_family
from fsm2rnn.source.read import read
from tests.strategies import machines, partial_permutations, permutation_machines

KNOWN = [  # a function, members, reflections and writes of each letter
    ("parity", (1, -1), 1, [0, 1]),
    ("Z4@gens", (1, 0, 0, 0), 4, [3]),
    # A turn of a half has a sign; its negative is no member of its own.
    ("Z4@gens", (1, 1, -1, -1), 2, [2]),
    ("register(3)", (0, 0, 0, 0, 1, 1, 1, 1), 3, [3, 3]),
    ("counter(3)", (0, 0, 1, 0), 3, [0, 3]),
    # Whether all bits are 1, whether those after the oldest are, ...
    ("register(3)", (0, 0, 0, 0, 0, 0, 0, 1), 3, [3, 3]),
    # A counter that stops at both ends: how often it is above 0, above 1.
    ("maps:0,0,1;1,2,2", (0, 1, 1), 2, [2, 2]),
]
# fmt: off
NONE = [
    ("tomita3",    (1, 0, 0, 0, 0)),
    ("even-pairs", (0, 1, 0, 0, 0)),
]
# fmt: on


def maps_of(machine):
    return letter_maps(machine).maps


@pytest.mark.parametrize(("name", "function", "members", "counts"), KNOWN)
def test_known_families(name, function, members, counts):
    machine = read(name)
    family = signed_family(maps_of(machine), np.array(function), most=len(machine.states))
    assert len(family.functions) == members
    assert family.counts.tolist() == counts


@pytest.mark.parametrize(("name", "function"), NONE)
def test_two_members_that_become_one_make_no_family(name, function):
    assert signed_family(maps_of(read(name)), np.array(function), most=9) is None


def test_a_family_beyond_its_limit_is_none():
    maps = maps_of(read("Z4@gens"))
    assert signed_family(maps, np.array((1, 0, 0, 0)), most=3) is None


def test_the_middle_of_two_values_is_zero():
    assert centred(np.array((0, 1, 1))).tolist() == [-1, 1, 1]
    assert centred(np.array((-2, 3, 0))).tolist() == [-5, 5, -1]


@given(st.one_of(machines(), permutation_machines(), partial_permutations()), st.data())
def test_letters_act_as_the_family_says(machine, data):
    count = len(machine.states)
    function = np.array(data.draw(st.lists(st.integers(-1, 1), min_size=count, max_size=count)))
    if not np.ptp(function):
        return
    maps = maps_of(machine)
    family = signed_family(maps, function, most=count)
    if family is None:
        return
    images, signs = family.closed()
    for letter, ends in enumerate(maps):
        kept = family.sources[letter][family.sources[letter] != CONSTANT]
        assert len(set(kept.tolist())) == len(kept)
        assert sorted(images[letter].tolist()) == list(range(len(family.functions)))
        permuted = np.zeros_like(family.functions)
        permuted[images[letter]] = signs[letter][:, None] * family.functions
        constant = family.sources[letter] == CONSTANT
        assert (
            np.where(constant[:, None], family.values[letter][:, None], permuted) == family.functions[:, ends]
        ).all()
        updates = signed_permutation_updates(images[letter].tolist(), signs[letter].tolist())
        assert len(updates) + constant.sum() == family.counts[letter]
