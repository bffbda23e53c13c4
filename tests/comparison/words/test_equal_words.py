"""Words that act alike: edges that close circles in the Cayley graph of the monoid."""

from __future__ import annotations

import fsm2rnn
from fsm2rnn.comparison.words.equal_words import equal_words

S3 = fsm2rnn.read("S3@gens")


def test_equal_words_are_equal_and_come_by_length():
    pairs = list(equal_words(S3))
    assert len(pairs) == 6 * 2 - 5
    for left, right in pairs:
        for state in range(6):
            assert walked(S3, state, left) == walked(S3, state, right)
    assert sorted(len(right) for _, right in pairs) == [len(right) for _, right in pairs]


def walked(machine, state, word):
    for letter in word:
        state = machine.table[state][letter]
    return state


def test_only_so_many_maps_are_followed():
    assert list(equal_words(fsm2rnn.read("random(states=9,symbols=3,seed=0)"), elements=20)) == []
    machine = fsm2rnn.read("S5@gens")
    few = list(equal_words(machine, elements=60))
    assert few
    assert few == list(equal_words(machine))[: len(few)]
