"""The word that fixes three states is a shortest one, by all words; where there is none, short words have none."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given

from fsm2rnn import api
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.tracing.fixing_words import fixing_word
from tests.strategies import machines


def fixed_by(machine: StateMachine, word: tuple[int, ...]) -> list[int]:
    found = []
    for state in reachable_states(machine):
        image = state
        for letter in word:
            image = machine.table[image][letter]
        if image == state:
            found.append(state)
    return found


@given(machine=machines())
def test_it_is_the_first_among_all_short_words(machine):
    found = fixing_word(machine)
    for length in range(1, 5):
        for word in itertools.islice(itertools.product(range(len(machine.symbols)), repeat=length), 500):
            if len(fixed_by(machine, word)) >= 3:
                assert found is not None
                assert len(found.word) <= length
                return
    if found is not None:
        letters = tuple(machine.symbols.index(symbol) for symbol in found.word)
        assert set(found.states) <= {machine.states[state] for state in fixed_by(machine, letters)}


@pytest.mark.parametrize(("name", "length"), [("S3@gens", 2), ("Z5", 1), ("parity", None), ("tomita1", None)])
def test_known_machines(name, length):
    found = fixing_word(api.read(name))
    assert (None if found is None else len(found.word)) == length
