"""Sizes of transition monoids and orders of groups against those that libsemigroups finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid.compiled_monoid import compiled_monoid
from fsm2rnn.algebra.monoid.permutation_group import group_of_permutations
from fsm2rnn.source.read import read
from tests.strategies import machines

peer = pytest.importorskip("libsemigroups_pybind11", reason="libsemigroups-pybind11 is not installed")


def peer_size(table):
    """Return the number of maps of all words, the empty one too."""
    peer.ReportGuard(False)  # noqa: FBT003  it prints by default, and takes no name
    maps = [list(range(len(table))), *map(list, zip(*table, strict=True))]
    return peer.FroidurePin([peer.Transf(images) for images in maps]).size()


@given(machines(max_states=5))
@settings(deadline=None)
def test_transition_monoids(machine):
    assert len(compiled_monoid(np.array(machine.table))) == peer_size(machine.table)


@pytest.mark.parametrize("name", ["tomita3", "register(3)", "counter(6)", "dyck(2,3)", "random(5,3)", "modarith(5)"])
def test_named_machines(name):
    table = read(name).table
    assert len(compiled_monoid(np.array(table))) == peer_size(table)


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("S5@gens", 120),
        ("A6@gens", 360),
        ("Dih(12)@gens", 24),
        ("act:(1,2,3,4,5);(2,3,5,4)", 20),
        ("act:(1,2,3,4,5,6,7);(2,4)(3,7)", 168),
        ("act:(1,2,3,4,5,6,7,8);(1,2)", 40_320),
    ],
)
def test_groups(name, order):
    machine = read(name)
    assert group_of_permutations(letter_maps(machine).maps).order == peer_size(machine.table) == order
