"""The recurrence over whole letters is that of the steps, which are reflections with nowhere negative keys."""

from __future__ import annotations

import numpy as np
import pytest

from fsm2rnn.algebra.swaps.swap_action import SwapLetter, SwapPart
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.swaps.swap_network import letter_block, swap_network
from fsm2rnn.constructions.swaps.swap_steps import shown, state_of, with_decay, without_decay
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.source.read import read

FIRST = (True, False, True, False)
WORDS = [(), ((0, 1),), ((2, 1), (0, 3), (0, 1))]
LETTERS = [SwapLetter(reset=reset, word=word) for reset in (False, True) for word in WORDS]
PART = SwapPart(FIRST, (0, 1, 2), tuple(LETTERS), ())
POINTS = PART.points


@pytest.mark.parametrize("name", ["parity", "flip-flop", "S3", "A5@gens", "Z60", "maps:1,2,0;1,0,2;2,2,2"])
@pytest.mark.parametrize("contract", [Contract.INJECTIVE, Contract.COVER, Contract.ROBUST])
def test_networks_are_exact_in_every_format(name, contract):
    found = swap_network(minimal_facts(read(name)), contract)
    assert isinstance(found, Compiled)
    assert found.steps() == dict.fromkeys(form.name for form in NATIVE)
    assert found.margin == "1"


def test_what_is_not_built_says_so():
    assert isinstance(swap_network(minimal_facts(read("tomita3")), Contract.INJECTIVE), Unsettled)
    assert isinstance(swap_network(minimal_facts(read("parity")), Contract.LINEAR), Unsettled)


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("tracked", range(POINTS))
@pytest.mark.parametrize("decays", [True, False])
def test_steps_do_what_the_block_does(letter, tracked, decays):
    block = letter_block(letter, POINTS, tracked)
    for state in np.vstack([np.zeros(POINTS), np.eye(POINTS), [1, -1, 2, 3]]):
        doubled = state.repeat(2)
        for step in with_decay(letter) if decays else without_decay(letter, POINTS):
            doubled = applied(step, tracked, doubled)
        image = dict(block.apply(tuple((place, int(entry)) for place, entry in enumerate([*state, 1]) if entry)))
        assert doubled.tolist() == np.repeat([image.get(point, 0) for point in range(POINTS)], 2).tolist()


def applied(step, tracked, state):
    key = np.zeros(len(state))
    key[list(step.hot)] = 1
    key /= max(1, np.sqrt(key.sum()))  # as a layer divides a key by its norm
    assert step.value(tracked) >= 0
    state = np.zeros_like(state) if step.reset else state
    return state + step.beta * (step.value(tracked) - key @ state) * key


@pytest.mark.parametrize("tracked", range(POINTS))
@pytest.mark.parametrize("image", range(POINTS))
def test_signs_show_where_a_point_is(tracked, image):
    state = dict(state_of(PART, tracked, image))
    assert set(state.values()) <= {1, -1}
    for point in range(POINTS):
        constant, slope = shown(PART, tracked, point)
        assert constant + slope * state.get(point, 0) == (point == image)
