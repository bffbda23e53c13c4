"""Products run both machines, and merged letters are the distinct maps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.letters.product import merge_letters, product
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import machines, words


@st.composite
def twins_and_words(draw):
    """Draw two machines over the symbols 0, 1 and a word."""
    left, right = (draw(machines(labels=st.integers(0, 9))) for _ in range(2))
    width = min(len(left.symbols), len(right.symbols))
    pair = [
        StateMachine(m.states, tuple(range(width)), tuple(row[:width] for row in m.table), m.start, m.outputs)
        for m in (left, right)
    ]
    return (*pair, draw(words(pair[0])))


@given(twins_and_words())
def test_a_product_runs_both(case):
    left, right, word = case
    both = product(left, right)
    pairs = list(zip([left.start, *left.run(word)], [right.start, *right.run(word)], strict=True))
    for state, (first, second) in zip([both.start, *both.run(word)], pairs, strict=True):
        assert typed(both.states[state]) == typed((left.states[first], right.states[second]))
        assert typed(both.outputs[state]) == typed((left.outputs[first], right.outputs[second]))
    assert reachable_states(both) == list(range(len(both.states)))


def test_a_product_needs_one_alphabet_and_has_a_limit():
    ring = {size: StateMachine.tracker(range(size), "x", [[(k + 1) % size] for k in range(size)]) for size in (3, 4)}
    assert len(product(ring[3], ring[4], limit=12).states) == 12
    with pytest.raises(LimitError) as caught:
        product(ring[3], ring[4], limit=11)
    assert caught.value.limit == 11
    for symbols in (("y",), ("x", "y"), (1,)):
        other = StateMachine.tracker("a", symbols, [[0] * len(symbols)])
        with pytest.raises(InputError, match="same symbols in the same order"):
            product(ring[3], other)
    with pytest.raises(InputError, match="same symbols"):
        product(StateMachine.tracker("a", (1,), [[0]]), StateMachine.tracker("a", (True,), [[0]]))


@given(machines(max_symbols=5))
def test_merged_letters_are_the_distinct_maps(machine):
    merge = merge_letters(machine)
    columns = list(zip(*machine.table, strict=True))
    merged = list(zip(*merge.machine.table, strict=True))
    assert len(set(merged)) == len(merged) == len(set(columns))
    assert [merged[letter] for letter in merge.letter_of] == columns
    for letter, name in enumerate(merge.machine.symbols):
        assert typed(name) == typed(machine.symbols[merge.letter_of.index(letter)])
    kept = (merge.machine.states, merge.machine.start, merge.machine.outputs)
    assert kept == (machine.states, machine.start, machine.outputs)
