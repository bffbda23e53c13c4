"""Minimal classes of pairs: known ones, and what tells a pair of each apart tells all states apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid import minimal_pairs
from fsm2rnn.algebra.monoid.minimal_pairs import minimal_classes
from fsm2rnn.errors import LimitError
from fsm2rnn.source.read import read
from tests.algebra.functions.reference_blocks import apart, span
from tests.strategies import machines

CLASSES = {
    "maps:0": [],
    "parity": [[(0, 1)]],
    # The last step is what all pairs come to.
    "counter(3)": [[(2, 3)]],
    # Two states that differ in the oldest bit alone are one after one more letter.
    "register(2)": [[(0, 2)], [(1, 3)]],
    "Z3@gens": [[(0, 1), (0, 2), (1, 2)]],
    "Z4@gens": [[(0, 1), (0, 3), (1, 2), (2, 3)], [(0, 2), (1, 3)]],
    "maps:0,0;1,1": [[(0, 1)]],
}


def classes_of(machine):
    return minimal_classes(letter_maps(machine).maps)


@pytest.mark.parametrize("name", CLASSES)
def test_classes_of_known_machines(name):
    assert classes_of(read(name)) == CLASSES[name]


@given(machines(max_states=7))
def test_every_pair_leads_to_a_class_that_no_word_leaves(machine):
    classes = classes_of(machine)
    inside = {pair: number for number, pairs in enumerate(classes) for pair in pairs}
    assert sum(map(len, classes)) == len(inside)
    for pair in itertools.combinations(range(len(machine.states)), 2):
        reached = [pair]
        for left, right in reached:
            for ends in zip(*machine.table, strict=True):
                after = tuple(sorted((ends[left], ends[right])))
                if after[0] != after[1] and after not in reached:
                    reached.append(after)
        assert any(met in inside for met in reached)
        if pair in inside:
            assert sorted(reached) == classes[inside[pair]]


@given(machines(max_states=6), st.data())
def test_one_pair_of_each_class_decides(machine, data):
    count = len(machine.states)
    rows = data.draw(st.lists(st.lists(st.integers(-1, 2), min_size=count, max_size=count), min_size=1, max_size=2))
    space = span(list(zip(*machine.table, strict=True)), rows)
    together = all(apart(space, *pair) for pair in itertools.combinations(range(count), 2))
    assert all(apart(space, *pairs[0]) for pairs in classes_of(machine)) == together
    assert all(len({apart(space, *pair) for pair in pairs}) == 1 for pairs in classes_of(machine))


def test_many_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(minimal_pairs, "PAIR_LIMIT", 11)
    with pytest.raises(LimitError, match="pairs of states times letters: 12 needed, the limit is 11"):
        minimal_classes(np.array([[1, 2, 3, 0], [0, 0, 0, 0]]))
