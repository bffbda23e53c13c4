"""Hypothesis strategies that several test folders share: labels, machines of several kinds, words."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import strategies as st

from fsm2rnn.machine.permutations import compose
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.permutation_groups import closure
from fsm2rnn.testing.machine_tables import commutative_machine, permutation_tables

# Hard names on purpose: the symbol "0" beside 0, texts of no, combining, bidirectional and surrogate characters.
AWKWARD = ["", "0", "1", "True", "None", " ", "\0", "a/b", "e\u0301", "\u00e9", "\u202e", "\ud800", "\U0001f600", '"']
ATOMS = st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(AWKWARD), st.text(max_size=3))
LABELS = st.recursive(ATOMS, lambda part: st.lists(part, max_size=3).map(tuple), max_leaves=5)


@st.composite
def machines(draw, *, max_states=6, max_symbols=3, labels=LABELS, outputs=None):
    """Draw any machine; outputs come from a small pool unless a strategy for them is given."""
    states = draw(st.lists(labels, min_size=1, max_size=max_states, unique=True))
    symbols = draw(st.lists(labels, min_size=1, max_size=max_symbols, unique=True))
    count = len(states)
    row = st.tuples(*[st.integers(0, count - 1)] * len(symbols))
    table = draw(st.tuples(*[row] * count))
    output = st.sampled_from(["a", "b", 0, False, None]) if outputs is None else outputs
    seen = draw(st.tuples(*[output] * count))
    return StateMachine(tuple(states), tuple(symbols), table, draw(st.integers(0, count - 1)), seen)


@st.composite
def mealy_machines(draw, **limits):
    """Draw any machine with an output for each state and symbol."""
    machine = draw(machines(**limits))
    row = st.tuples(*[st.sampled_from(["a", None, 0, "0"])] * len(machine.symbols))
    rows = draw(st.tuples(*[row] * len(machine.states)))
    return replace(machine, outputs=rows, is_mealy=True)


def acceptors(**limits):
    """Draw machines whose outputs are True and False."""
    return machines(outputs=st.booleans(), **limits)


def permutation_machines(*, max_states=6, max_symbols=3):
    """Draw trackers in which every symbol permutes the states."""
    return permutation_tables(max_states=max_states, max_symbols=max_symbols)


def words(machine, *, max_size=12):
    """Draw words over a machine's symbols."""
    return st.lists(st.sampled_from(machine.symbols), max_size=max_size)


@st.composite
def machines_and_words(draw, source=None, *, max_size=12):
    """Draw a machine with a word over its symbols."""
    machine = draw(machines() if source is None else source)
    return machine, draw(words(machine, max_size=max_size))


def group_tracker(generators):
    """Return the word problem of a group: state g, symbols the generators, g -> g * generator."""
    elements = sorted(closure(generators, limit=1000))
    number = {element: position for position, element in enumerate(elements)}
    table = [[number[compose(element, generator)] for generator in generators] for element in elements]
    return StateMachine.tracker(elements, generators, table, number[tuple(range(len(generators[0])))])


@st.composite
def commuting_machines(draw, *, max_index=1, periods=(1, 2, 3, 4), max_states=12, max_letters=3):
    """Draw machines whose letters commute and satisfy x^(i + p) = x^i, i at most `max_index`, p one of `periods`.

    They are quotients of products of what single letters generate, with outputs that may be coarser than the states,
    so all such machines may come.
    """
    orders = draw(
        st.lists(st.tuples(st.integers(0, max_index), st.sampled_from(periods)), min_size=1, max_size=max_letters)
    )
    while math.prod(index + period for index, period in orders) > max_states:
        orders = orders[1:] or [(0, 1)]
    place = st.integers(0, max_states)
    machine = commutative_machine(orders, draw(st.lists(st.tuples(place, place), max_size=2)))
    coarse = draw(st.booleans())
    return replace(machine, outputs=draw(st.tuples(*[st.booleans()] * len(machine.states)))) if coarse else machine


def abelian_groups(**limits):
    """Draw permutation machines whose letters commute: the abelian groups, and their cosets as outputs."""
    return commuting_machines(max_index=0, **limits)


@st.composite
def resetting_machines(draw, *, reflect=False, coarse=False, max_parts=2, max_symbols=3):
    """Draw machines whose letters keep or set each part of the state and, where asked, change its sign.

    They are trackers, or have outputs that are coarser than the states.
    """
    parts = draw(st.integers(1, max_parts))
    kinds = ["keep", "set", "flip"] if reflect else ["keep", "set"]
    action = st.tuples(st.sampled_from(kinds), st.integers(-2, 2))
    letters = draw(st.lists(st.tuples(*[action] * parts), min_size=1, max_size=max_symbols))
    states = [draw(st.tuples(*[st.integers(-2, 2)] * parts))]
    table = []
    for state in states:
        row = [tuple(_acted(*pair) for pair in zip(letter, state, strict=True)) for letter in letters]
        states += [reached for reached in dict.fromkeys(row) if reached not in states]
        table.append([states.index(reached) for reached in row])
    machine = StateMachine.tracker(states, range(len(letters)), table)
    return replace(machine, outputs=draw(st.tuples(*[st.booleans()] * len(states)))) if coarse else machine


def _acted(action, value):
    kind, wanted = action
    return {"keep": value, "set": wanted, "flip": -value}[kind]


@st.composite
def partial_permutations(draw, *, max_states=6, max_symbols=3):
    """Draw trackers whose letters are one to one on what they do not send to a state that all keep, or resets."""
    size = draw(st.integers(2, max_states))
    letters = []
    for _ in range(draw(st.integers(1, max_symbols))):
        if draw(st.booleans()):
            letters.append([draw(st.integers(0, size - 1))] * size)
        else:
            kept = draw(st.lists(st.booleans(), min_size=size, max_size=size))
            image = draw(st.permutations(range(1, size)))
            letters.append([0, *(target * keep for target, keep in zip(image, kept[1:], strict=True))])
    start = draw(st.integers(0, size - 1))
    return StateMachine(
        tuple(range(size)), tuple(range(len(letters))), tuple(zip(*letters, strict=True)), start, tuple(range(size))
    )
