"""Layers in words: one number and several, of a recurrence, a stock cell and a stack."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.pages.layer_words import layer_words


@pytest.mark.parametrize(
    ("machine", "target", "words"),
    [
        ("parity", "real-diagonal", "diagonal, 1 hidden number"),
        ("tomita3", "full", "dense, 5 hidden numbers"),
        ("parity", "gru", "gru, 4 hidden numbers"),
        ("re:(a|b)*abb", "cascade", "gated-stack, 3 layers, 3 channels"),
        ("parity", "cascade", "gated-stack, 1 layer, 2 channels"),
    ],
)
def test_a_layer_says_what_it_holds(machine, target, words):
    assert layer_words(fsm2rnn.compile(machine, target).network()) == words
