"""A fold is the composition of the letters' maps, by monoid or by joining, whole, in blocks or resumed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.running.walk import fold as folds
from fsm2rnn.running.walk.fold import JoiningFold, MonoidFold, fold_of
from fsm2rnn.running.walk.walk import symbol_major
from tests.strategies import machines


def composed(machine, word):
    """Return where each state goes, in plain Python."""
    images = list(range(len(machine.states)))
    for symbol in word:
        images = [machine.table[image][symbol] for image in images]
    return images


@settings(max_examples=60, deadline=None)
@given(machine=machines(max_states=6), data=st.data())
def test_both_folds_compose_the_letters(machine, data):
    word = data.draw(st.lists(st.integers(0, len(machine.symbols) - 1), max_size=30))
    cut = data.draw(st.integers(0, len(word)))
    ids = np.array([word], dtype=np.uint8)
    table = symbol_major(machine.table)
    for make in (fold_of, JoiningFold):
        first, second = make(table), make(table)
        first.read(ids[:, :cut])
        assert first.map().tolist() == composed(machine, word[:cut])
        second.resume(first.map())
        second.read(ids[:, cut:])
        assert second.map().tolist() == composed(machine, word)


@pytest.mark.parametrize("name", ["S5@gens", "random(states=400,symbols=3,seed=2)"])
def test_long_words_in_pieces(name, monkeypatch):
    machine = fsm2rnn.read(name)
    monkeypatch.setattr(folds, "PIECE", 64)
    fold = fold_of(symbol_major(machine.table))
    assert isinstance(fold, MonoidFold if name == "S5@gens" else JoiningFold)
    ids = np.random.default_rng(1).integers(len(machine.symbols), size=(1, 5000), dtype=np.uint8)
    fold.read(ids)
    assert fold.map().tolist() == composed(machine, ids[0].tolist())
