"""Isomorphism and shortest distinguishing words against brute force and relabelling."""

from __future__ import annotations

from dataclasses import replace
from itertools import product as words_of

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.reachable import reachable_states, restrict
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.tracing.compare import distinguishing_word, isomorphism
from tests.strategies import machines, permutation_machines


def output_after(machine, word):
    return typed(machine.outputs[[machine.start, *machine.run(word)][-1]])


@st.composite
def pairs(draw):
    """Draw two small machines over one alphabet, its letters in two orders."""
    left = draw(machines(max_states=3, max_symbols=2, labels=st.sampled_from(["a", "b", "c", "d"])))
    right = draw(machines(max_states=3, max_symbols=2, labels=st.sampled_from(["a", "b", "c", "d"])))
    order = draw(st.permutations(range(len(left.symbols))))
    table = tuple(tuple(row[place % len(row)] for place in order) for row in right.table)
    symbols = tuple(left.symbols[place] for place in order)
    return left, StateMachine(right.states, symbols, table, right.start, right.outputs)


@given(pairs())
def test_a_distinguishing_word_is_one_and_none_is_shorter(pair):
    left, right = pair
    word = distinguishing_word(left, right)
    # Two machines of m and n states that differ do so within m + n - 2 symbols.
    longest = len(left.states) + len(right.states) - 2
    found = (
        candidate
        for length in range(longest + 1)
        for candidate in words_of(left.symbols, repeat=length)
        if output_after(left, candidate) != output_after(right, candidate)
    )
    shortest = next(found, None)
    assert (word is None) == (shortest is None)
    if word is not None:
        assert len(word) == len(shortest)
        assert output_after(left, word) != output_after(right, word)


@given(st.data(), machines())
def test_relabelled_machines_are_isomorphic(data, machine):
    order = data.draw(st.permutations(range(len(machine.states))))
    shuffled = replace(restrict(machine, order), states=tuple(range(len(order))))
    image = isomorphism(machine, shuffled)
    reached = set(reachable_states(machine))
    assert image == tuple(order.index(state) if state in reached else -1 for state in range(len(order)))
    assert distinguishing_word(machine, shuffled) is None


@given(pairs())
def test_an_isomorphism_keeps_everything(pair):
    left, right = pair
    image = isomorphism(left, right)
    back = isomorphism(right, left)
    assert (image is None) == (back is None)
    if image is None:
        return
    assert image[left.start] == right.start
    for state in reachable_states(left):
        assert typed(left.outputs[state]) == typed(right.outputs[image[state]])
        assert back[image[state]] == state
        for symbol, target in zip(left.symbols, left.table[state], strict=True):
            assert image[target] == right.table[image[state]][right.symbols.index(symbol)]


@given(permutation_machines())
def test_a_changed_output_destroys_isomorphism(machine):
    other = replace(machine, outputs=(*machine.outputs[:-1], "new"))
    changed = len(machine.states) - 1 in reachable_states(machine)
    assert (isomorphism(machine, other) is None) == changed
    assert (distinguishing_word(machine, other) is not None) == changed


CYCLES = {
    length: StateMachine.tracker(range(length), "x", [[(k + 1) % length] for k in range(length)]) for length in (2, 4)
}


def test_equal_behaviour_on_more_states_is_no_isomorphism():
    long = replace(CYCLES[4], outputs=(0, 1, 0, 1))
    short = replace(CYCLES[2], outputs=(0, 1))
    assert distinguishing_word(long, short) is None
    assert isomorphism(long, short) is None
    assert isomorphism(short, long) is None


def test_alphabets_must_match_by_name_and_type():
    machine = StateMachine.tracker("a", (1, 0), [[0, 0]])
    for symbols in ((True, 0), (1, 2), ("1", "0")):
        other = replace(machine, symbols=symbols)
        for compare in (distinguishing_word, isomorphism):
            with pytest.raises(InputError, match="the alphabets differ"):
                compare(machine, other)
    shorter = StateMachine.tracker("a", (1,), [[0]])
    for pair in ((machine, shorter), (shorter, machine)):
        with pytest.raises(InputError, match="the alphabets differ"):
            distinguishing_word(*pair)


def test_the_search_for_a_word_has_a_limit():
    three = StateMachine(tuple(range(3)), ("x",), ((1,), (2,), (0,)), 0, ("",) * 3)
    four = StateMachine(tuple(range(4)), ("x",), ((1,), (2,), (3,), (0,)), 0, ("",) * 4)
    assert distinguishing_word(three, four, limit=12) is None
    with pytest.raises(LimitError) as caught:
        distinguishing_word(three, four, limit=11)
    assert (caught.value.limit, caught.value.what) == (11, "pairs of states compared")
