"""A word in chunks from the identity leads where the word leads: every length, with and without a small monoid."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.running.walk import chunked_walk as chunked
from fsm2rnn.running.walk.chunked_walk import LISTED, TableWalk, chunked_final, chunked_walk, table_monoid
from fsm2rnn.running.walk.walk import LANES, LONG, all_states, final_states, symbol_major, walk_block
from tests.strategies import machines


@settings(max_examples=60, deadline=None)
@given(machine=machines(max_states=5), word=st.lists(st.integers(0, 99), max_size=60), data=st.data())
def test_every_machine_and_word(machine, word, data):
    table = symbol_major(machine.table)
    monoid = table_monoid(table)
    start = data.draw(st.integers(0, len(machine.states) - 1))
    ids = np.array([[symbol % len(machine.symbols) for symbol in word]], dtype=np.uint8)
    states = np.array([start], dtype=table.dtype)
    expected = walk_block(table, all_states(table), ids, states.copy())
    assert chunked_final(monoid, ids, start) == (expected[0, -1] if word else start)
    assert np.array_equal(chunked_walk(table, all_states(table), monoid, ids, states), expected)
    assert states[0] == chunked_final(monoid, ids, start)


@pytest.mark.parametrize("steps", [0, 7, LANES * (LONG - 1), LANES * LONG, LANES * LONG + 5, 100_003])
def test_long_words(steps):
    machine = fsm2rnn.read("S5@gens")
    table = symbol_major(machine.table)
    monoid, reads = table_monoid(table), np.arange(120, dtype=np.uint16)[::-1].copy()
    ids = np.random.default_rng(0).integers(2, size=(1, steps), dtype=np.uint8)
    states = np.array([7], dtype=table.dtype)
    expected = walk_block(table, reads, ids, states.copy())
    last = final_states(table, ids, states)
    assert chunked_final(monoid, ids, 7) == last[0]
    found = chunked_walk(table, reads, monoid, ids, states)
    assert found.dtype == reads.dtype
    assert np.array_equal(found, expected)
    assert np.array_equal(states, last)


def test_a_large_monoid_is_not_listed(monkeypatch):
    table = symbol_major(fsm2rnn.read("S5@gens").table)
    monkeypatch.setattr(chunked, "ELEMENTS", 119)
    assert table_monoid(table) is None
    monkeypatch.setattr(chunked, "ELEMENTS", 120)
    assert len(table_monoid(table).elements) == 120


@pytest.mark.parametrize(("name", "listed"), [("S5@gens", True), ("re:(a|b)*abb", True), ("random(states=40)", False)])
def test_one_long_word_is_cut_where_the_graph_fits_the_cache(name, listed):
    table = symbol_major(fsm2rnn.read(name).table)
    walk, plain = TableWalk.of(table, LISTED), TableWalk.of(table, LISTED - 1)
    assert ((walk._monoid is not None), plain._monoid) == (listed, None)
    reads = all_states(table)
    for batch, cuts in ((1, (0, 9, 50_000, 50_001, 90_000)), (3, (0, 500, 2000))):
        ids = np.random.default_rng(1).integers(len(table), size=(batch, cuts[-1]), dtype=np.uint8)
        carried = np.zeros(batch, dtype=table.dtype)
        parts = [walk.block(reads, ids[:, left:right], carried) for left, right in itertools.pairwise(cuts)]
        states = np.zeros(batch, dtype=table.dtype)
        assert np.array_equal(np.concatenate(parts, 1), plain.block(reads, ids, states))
        assert np.array_equal(carried, states)
