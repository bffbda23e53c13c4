"""Idempotent words that keep a pair of states apart: few points where few do, and moves that words make."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.functions.condensation import condensation, uncondensed
from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid.minimal_pairs import minimal_classes
from fsm2rnn.algebra.monoid.transition_monoid import transition_monoid
from fsm2rnn.source.read import read
from tests.strategies import machines, permutation_machines

STEPS = 1 << 12
POINTS = {  # of the condensation of each minimal class; None: of the empty word
    "parity": [None],
    "flip-flop": [None],
    "counter(3)": [None],
    "tomita3": [2],
    "tomita4": [2],
    "Z5@gens": [None, None],
    "register(3)": [None] * 4,
    "dyck(1,3)": [2],
    "random(20,2,1)": [2],
    # Turns of three states, and of which of two parts; resets of the part leave the turns.
    "maps:1,2,0,4,5,3;0,1,2,0,1,2;3,4,5,3,4,5": [3, None],
}


@pytest.mark.parametrize("name", POINTS)
def test_points_of_known_machines(name):
    maps = letter_maps(read(name)).maps
    found = [condensation(maps, pairs, STEPS) for pairs in minimal_classes(maps)]
    assert [None if condensed is None else len(condensed.points) for condensed in found] == POINTS[name]


@given(machines(max_states=5, max_symbols=2))
@settings(deadline=None)
def test_points_are_kept_by_a_word_and_moves_are_made_by_words(machine):
    maps = letter_maps(machine).maps
    words = {tuple(row) for row in transition_monoid(machine).elements.tolist()}
    for pairs in minimal_classes(maps):
        condensed = condensation(maps, pairs, STEPS)
        if condensed is None:
            continue
        word = condensed.points[condensed.ends]
        assert tuple(word.tolist()) in words
        assert condensed.ends[condensed.points].tolist() == list(range(len(condensed.points)))
        assert set(pairs[0]) <= set(condensed.points.tolist())
        assert len(condensed.points) < len(machine.states)
        made = {tuple(condensed.ends[[row[point] for point in condensed.points]].tolist()) for row in words}
        assert set(map(tuple, condensed.moves.tolist())) == made
        functions = np.arange(len(condensed.points))[None]
        assert (condensed.spread(functions)[:, condensed.points] == functions).all()


@given(permutation_machines(max_states=5))
def test_permutations_merge_nothing(machine):
    maps = letter_maps(machine).maps
    assert all(condensation(maps, pairs, STEPS) is None for pairs in minimal_classes(maps))
    assert len(uncondensed(maps).points) == len(machine.states)


def test_no_steps_leave_all_states():
    maps = letter_maps(read("tomita3")).maps
    assert condensation(maps, minimal_classes(maps)[0], 0) is None
