"""Machines whose Hankel rank is known: languages, symbols from the end, subsets, groups; and mirror images."""

from __future__ import annotations

import dataclasses
import itertools
import random

from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read
from tests.strategies import group_tracker


def accepting(machine, accepted):
    """Return the minimal acceptor with the machine's steps that accepts in the states with `accepted(output)`."""
    outputs = tuple(bool(accepted(output)) for output in machine.outputs)
    return minimise(dataclasses.replace(machine, outputs=outputs)).target


def smallest(text):
    return minimise(read(text)).target


def one_hot(machine):
    """Return the machine with two functions, accept and reject, instead of one."""
    return dataclasses.replace(machine, outputs=tuple("yes" if output else "no" for output in machine.outputs))


def symbol_from_end(place):
    """(a|b)* a (a|b)^(place - 1)."""
    return smallest("re:(a|b)*a" + "(a|b)" * (place - 1))


def subsets(points, size):
    """The symmetric group on the k-subsets of n points, by a cycle and a swap."""
    sets = list(itertools.combinations(range(points), size))
    number = {chosen: position for position, chosen in enumerate(sets)}
    letters = [[*range(1, points), 0], [1, 0, *range(2, points)]]
    table = [[number[tuple(sorted(letter[point] for point in chosen))] for letter in letters] for chosen in sets]
    return StateMachine.tracker(sets, ("cycle", "swap"), table)


def containing_one(points, size):
    return accepting(subsets(points, size), lambda chosen: 0 in chosen)


def identity_acceptor(machine):
    return accepting(machine, lambda output: output == machine.outputs[machine.start])


def reversal(machine):
    """Return the minimal acceptor of the mirror images: its states are sets of states."""
    every = range(len(machine.states))
    sets = [frozenset(state for state in every if machine.outputs[state])]
    number = {sets[0]: 0}
    table = []
    for held in sets:
        row = [frozenset(q for q in every if machine.table[q][x] in held) for x in range(len(machine.symbols))]
        for reached in row:
            if reached not in number:
                number[reached] = len(sets)
                sets.append(reached)
        table.append(tuple(number[reached] for reached in row))
    outputs = tuple(machine.start in held for held in sets)
    return minimise(StateMachine(tuple(range(len(sets))), machine.symbols, tuple(table), 0, outputs)).target


def random_acceptor(states, symbols=2, seed=0):
    source = random.Random(seed)
    table = tuple(tuple(source.randrange(states) for _ in range(symbols)) for _ in range(states))
    outputs = tuple(source.random() < 0.5 for _ in range(states))
    return minimise(StateMachine(tuple(range(states)), tuple(range(symbols)), table, 0, outputs)).target


KNOWN = {
    # how many states, which rank
    "tomita1": (lambda: smallest("tomita1"), 2, 1),
    "tomita2": (lambda: smallest("tomita2"), 3, 2),
    "tomita3": (lambda: smallest("tomita3"), 5, 3),
    "tomita4": (lambda: smallest("tomita4"), 4, 3),
    "tomita5": (lambda: smallest("tomita5"), 4, 4),
    "tomita6": (lambda: smallest("tomita6"), 3, 3),
    "tomita7": (lambda: smallest("tomita7"), 5, 4),
    "tomita1 one-hot": (lambda: one_hot(smallest("tomita1")), 2, 2),
    "tomita2 one-hot": (lambda: one_hot(smallest("tomita2")), 3, 3),
    "tomita3 one-hot": (lambda: one_hot(smallest("tomita3")), 5, 4),
    "tomita4 one-hot": (lambda: one_hot(smallest("tomita4")), 4, 4),
    "tomita5 one-hot": (lambda: one_hot(smallest("tomita5")), 4, 4),
    "tomita6 one-hot": (lambda: one_hot(smallest("tomita6")), 3, 3),
    "tomita7 one-hot": (lambda: one_hot(smallest("tomita7")), 5, 5),
    "3rd from the end": (lambda: symbol_from_end(3), 8, 4),
    "5th from the end": (lambda: symbol_from_end(5), 32, 6),
    "8th from the end": (lambda: symbol_from_end(8), 256, 9),
    "10th from the end": (lambda: symbol_from_end(10), 1024, 11),
    "3-subsets of 6": (lambda: containing_one(6, 3), 20, 6),
    "5-subsets of 10": (lambda: containing_one(10, 5), 252, 10),
    "(a|b)*a(a|b)(a|b)(a|b)": (lambda: smallest("re:(a|b)*a(a|b)(a|b)(a|b)"), 16, 5),
    "(ab|ba)*": (lambda: smallest("re:(ab|ba)*"), 4, 3),
    "a(bb)*a|b*": (lambda: smallest("re:a(bb)*a|b*"), 6, 5),
    "((aa)|(bbb))*": (lambda: smallest("re:((aa)|(bbb))*"), 5, 4),
    "regular C7": (lambda: identity_acceptor(read("C7@gens")), 7, 7),
    "regular V4": (lambda: identity_acceptor(read("V4@gens")), 4, 4),
    "regular S3": (lambda: identity_acceptor(read("S3@gens")), 6, 6),
    "regular D4": (lambda: identity_acceptor(group_tracker([(1, 2, 3, 0), (0, 3, 2, 1)])), 8, 8),
    "regular Q8": (lambda: identity_acceptor(read("Q8@gens")), 8, 8),
    "regular A4": (lambda: identity_acceptor(read("A4@gens")), 12, 12),
    "regular S4": (lambda: identity_acceptor(read("S4@gens")), 24, 24),
    "regular A5": (lambda: identity_acceptor(read("A5@gens")), 60, 60),
    "regular S5": (lambda: identity_acceptor(read("S5@gens")), 120, 120),
    "regular S6": (lambda: identity_acceptor(read("S6@gens")), 720, 720),
    "natural A5": (lambda: identity_acceptor(read("act:(1,2,3,4,5);(1,2,3)")), 5, 5),
    "natural S5": (lambda: identity_acceptor(read("act:(1,2,3,4,5);(1,2)")), 5, 5),
    "natural S6": (lambda: identity_acceptor(read("act:(1,2,3,4,5,6);(1,2)")), 6, 6),
}
