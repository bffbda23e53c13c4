"""The small monoid lists the elements of the numba enumeration, each with its first word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid import row_orbit as module
from fsm2rnn.algebra.monoid.compiled_monoid import compiled_monoid
from fsm2rnn.algebra.monoid.row_orbit import row_orbit
from fsm2rnn.algebra.monoid.transition_monoid import short_elements, transition_monoid
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.strategies import machines

T4 = "maps:1,2,3,0;1,0,2,3;0,0,2,3"


@given(machines(max_states=4))
def test_it_agrees_with_the_numba_enumeration(machine):
    machine = minimise(machine).target
    letters = letter_maps(machine)
    assert [tuple(row) for row in letters.maps.tolist()] == list(dict.fromkeys(zip(*machine.table, strict=True)))
    found, expected = transition_monoid(machine), compiled_monoid(letters.maps.T)
    assert np.array_equal(found.elements, expected.elements)
    assert np.array_equal(found.graph, expected.graph)
    assert [found.orbit.path(place) for place in range(len(found))] == [
        expected.orbit.path(place) for place in range(len(found))
    ]


@given(machines(max_states=4))
def test_every_word_acts_as_its_element_and_words_grow(machine):
    machine = minimise(machine).target
    found = transition_monoid(machine)
    words = [found.word(element) for element in range(len(found))]
    assert [len(word) for word in words] == sorted(len(word) for word in words)
    for word, element in zip(words, found.elements.tolist(), strict=True):
        states = range(len(machine.states))
        for symbol in word:
            states = [machine.table[state][symbol] for state in states]
        assert list(states) == element


@pytest.mark.parametrize(("text", "size"), [(T4, 256), ("S5", 120), ("register(6)", 127), ("Z60", 60)])
def test_known_sizes(text, size):
    found = transition_monoid(read(text))
    assert len(found) == size
    assert found.orbit.complete


@pytest.mark.parametrize("limit", [1, 2, 5, 255])
def test_a_limit_keeps_the_shortest_words(limit):
    machine = read(T4)
    some, everything = short_elements(machine, limit=limit), transition_monoid(machine)
    assert not some.orbit.complete
    assert np.array_equal(some.elements, everything.elements[:limit])
    known = some.graph >= 0
    assert np.array_equal(some.graph[known], everything.graph[:limit][known])
    with pytest.raises(LimitError, match="transition monoid"):
        transition_monoid(machine, limit=limit)


@pytest.mark.parametrize(("name", "value"), [("BYTE_LIMIT", 4 * 100), ("WORK_LIMIT", 3 * 4 * 100)])
def test_bytes_and_work_are_limits_too(monkeypatch, name, value):
    monkeypatch.setattr(module, name, value)
    assert len(short_elements(read(T4))) == 100


@pytest.mark.parametrize("chunk", [1, 30, 1000])
def test_the_size_of_a_chunk_changes_nothing(monkeypatch, chunk):
    expected = transition_monoid(read(T4))
    monkeypatch.setattr(module, "_CHUNK", chunk)
    found = transition_monoid(read(T4))
    assert np.array_equal(found.elements, expected.elements)
    assert np.array_equal(found.graph, expected.graph)


def test_the_orbit_of_one_point():
    orbit = row_orbit(letter_maps(read("counter(7)")).maps, np.array([0]))
    assert orbit.rows.ravel().tolist() == list(range(8))
    assert orbit.path(7) == (1,) * 7
