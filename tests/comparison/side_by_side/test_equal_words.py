"""Words that act alike: all pairs among the shortest words, each with the first word that acts so."""

from __future__ import annotations

import itertools

import fsm2rnn
from fsm2rnn.comparison.side_by_side.equal_words import equal_words

S3 = fsm2rnn.read("S3@gens")


def action(machine, word):
    states = range(len(machine.states))
    for letter in word:
        states = [machine.table[state][letter] for state in states]
    return tuple(states)


def test_all_equal_pairs_among_short_words_by_length():
    pairs = list(equal_words(S3, words=31))
    words = [word for length in range(5) for word in itertools.product(range(2), repeat=length)]
    first = {}
    for word in words:
        first.setdefault(action(S3, word), word)
    assert pairs == [(first[action(S3, word)], word) for word in words if first[action(S3, word)] != word]


def test_only_so_many_words_are_followed():
    assert list(equal_words(fsm2rnn.read("random(states=9,symbols=3,seed=0)"), words=13)) == []
