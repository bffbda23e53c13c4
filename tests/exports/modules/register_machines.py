"""Machines that one layer of registers holds, and some that it does not."""

from __future__ import annotations

import itertools

import fsm2rnn


def resets(states: int):
    """Return the machine that keeps its state or goes to any other."""
    return fsm2rnn.from_table([[state, *range(states)] for state in range(states)])


def bits(count: int):
    """Return `count` bits that letters set one at a time."""
    states = list(itertools.product((0, 1), repeat=count))
    moves = [(place, value) for place in range(count) for value in (0, 1)]
    after = [[(*s[:place], value, *s[place + 1 :]) for place, value in moves] for s in states]
    return fsm2rnn.from_table([[states.index(one) for one in row] for row in after])


def last_letters(letters: int):
    """Return the machine that knows in which order its letters came last."""
    states = [order for size in range(letters + 1) for order in itertools.permutations(range(letters), size)]
    after = [[(*(one for one in s if one != letter), letter) for letter in range(letters)] for s in states]
    return fsm2rnn.from_table([[states.index(one) for one in row] for row in after])


HELD = {
    "flip-flop": fsm2rnn.read("flip-flop"),
    "resets": resets(5),
    "bits": bits(3),
    "last letters": last_letters(3),
    "one state": fsm2rnn.read("Z1"),
    "several codes": fsm2rnn.from_table([[0, 1, 2], [0, 1, 2], [2, 2, 2]]),  # one state that stays, read in three ways
}
STACKS = ("counter(3)", "re:(a|b)*abb")
CYCLES = ("parity", "S3@gens", "tomita3")
