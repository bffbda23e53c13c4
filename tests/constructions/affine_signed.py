"""Machines of affine networks: signed permutations with resets drawn at random, and all of one update a letter."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TypeAlias

from fsm2rnn.machine.state_machine import StateMachine

Coordinate: TypeAlias = tuple[int, int, int]  # h_i <- factor h_source + value
State: TypeAlias = tuple[int, ...]
SCALE = 6**8  # exact halves and thirds of numbers on words of eight updates


def random_letters(draw, *, width, letters):
    """Return letters that send each coordinate to a signed one, none twice, or to a constant of 1, -1, 0."""
    made = []
    for _ in range(letters):
        sources = draw.sample(range(width), width)
        made.append(
            tuple(
                (source, draw.choice((1, -1)), 0) if draw.random() < 0.6 else (0, 0, draw.choice((1, -1, 0)))
                for source in sources
            )
        )
    return made


def random_updates(draw, *, width, letters):
    """Return letters that each swap two coordinates, with signs, turn one round or set one."""
    made = []
    for _ in range(letters):
        letter = [(place, 1, 0) for place in range(width)]
        first, second = draw.sample(range(width), 2) if width > 1 else (0, 0)
        match draw.choice(("swap", "turn", "set")):
            case "swap" if width > 1:
                sign = draw.choice((1, -1))
                letter[first], letter[second] = (second, sign, 0), (first, sign, 0)
            case "set":
                letter[first] = (0, 0, draw.choice((1, -1, 0)))
            case _:
                letter[first] = (first, -1, 0)
        made.append(tuple(letter))
    return made


def machine_of(letters, values):
    """Return the tracker of the states reached from the first `width` of `values`."""
    return tracker([values[: len(letters[0])]], letters, _signed, None)


def _signed(letter, state):
    return tuple(factor * state[source] + value for source, factor, value in letter)


def tracker(states, letters, act, most):
    """Return the machine of states reached, breadth first; None where they are more than `most`."""
    number, table = {state: place for place, state in enumerate(states)}, []
    for state in states:
        row = [act(letter, state) for letter in letters]
        for reached in row:
            if reached not in number:
                if len(number) == most:
                    return None
                number[reached] = len(states)
                states.append(reached)
        table.append([number[reached] for reached in row])
    return StateMachine.tracker(range(len(states)), range(len(letters)), table)


def one_updates(width):
    """Return h <- h + b (v - <k, h>) k / |k|^2 for k and v with entries 0, 1, -1, b 1 or 2, and the identity."""
    keys = [key for key in itertools.product((0, 1, -1), repeat=width) if any(key) and next(filter(None, key)) > 0]
    return [((0,) * width, 0, 0), *itertools.product(keys, (1, 2), (-1, 0, 1))]


def _updated(update, state):
    key, beta, value = update
    square = sum(map(abs, key))
    if not square:
        return state
    along = Fraction(beta * (value * SCALE - sum(map(int.__mul__, key, state))), square)
    # A word of more updates than SCALE is for has left the states that are counted.
    assert along.denominator == 1
    return tuple(entry + int(along) * part for entry, part in zip(state, key, strict=True))


def machines_of_one_update(width, most):
    """Return the tables of all machines of at most `most` states with two such letters, from starts of 0, 1, -1."""
    found = set()
    for pair in itertools.product(one_updates(width), repeat=2):
        for start in itertools.product((0, 1, -1), repeat=width):
            machine = tracker([tuple(SCALE * entry for entry in start)], pair, _updated, most)
            if machine is not None:
                found.add(machine.table)
    return found
