"""Products, merged letters, Moore forms and closures against what they must do."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.letters.product import merge_letters, product
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import MealyMachine, moore_form
from fsm2rnn.machine.permutations import closure, compose, cycles, require_permutation
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


@st.composite
def mealy_machines(draw):
    machine = draw(machines())
    outputs = st.tuples(*[st.sampled_from(["a", None, 0, "0"])] * len(machine.symbols))
    rows = tuple(draw(outputs) for _ in machine.states)
    return MealyMachine(machine.states, machine.symbols, machine.table, machine.start, rows)


@given(st.data(), mealy_machines())
def test_a_moore_form_answers_as_the_mealy_machine_does(data, mealy):
    form = moore_form(mealy)
    word = data.draw(words(mealy))
    state, said, visited = mealy.start, [], []
    for symbol in word:
        column = mealy.symbols.index(symbol)
        said.append(typed(mealy.outputs[state][column]))
        state = mealy.table[state][column]
        visited.append(state)
    run = form.machine.run(word)
    assert [typed(form.machine.outputs[place]) for place in run] == said
    assert [form.origin[place] for place in run] == visited
    assert form.machine.outputs[form.machine.start] is None
    assert form.origin[form.machine.start] == mealy.start
    assert reachable_states(form.machine) == list(range(len(form.machine.states)))
    for place, name in enumerate(form.machine.states):
        assert typed(name) == typed((mealy.states[form.origin[place]], form.machine.outputs[place]))


def test_the_mealy_outputs_0_and_false_are_two():
    form = moore_form(MealyMachine(("p",), ("x", "y"), ((0, 0),), 0, ((0, False),)))
    run = form.machine.run(["x", "y", "x"])
    assert [typed(form.machine.outputs[place]) for place in run] == [typed(0), typed(False), typed(0)]  # noqa: FBT003


@pytest.mark.parametrize("outputs", [(("a",),), (("a",), ("a", "b")), (("a",), ()), (("a",), ("b",), ("c",))])
def test_a_mealy_machine_needs_one_output_per_transition(outputs):
    with pytest.raises(InputError, match="one output per transition"):
        MealyMachine(("p", "q"), ("x",), ((1,), (0,)), 0, outputs)
    with pytest.raises(InputError, match="not a state index"):
        MealyMachine(("p", "q"), ("x",), ((1,), (0,)), 2, (("a",), ("b",)))


def turn(size):
    return (*range(1, size), 0)


GROUPS = {
    "trivial": ([(0,)], 1),
    "of no points": ([()], 1),
    "C6 from a 2- and a 3-cycle": ([(1, 0, 2, 3, 4), (0, 1, 3, 4, 2)], 6),
    "D5": ([turn(5), (0, 4, 3, 2, 1)], 10),
    "A4": ([(1, 2, 0, 3), (0, 2, 3, 1)], 12),
    "S4": ([(1, 0, 2, 3), turn(4)], 24),
    "A5": ([turn(5), (1, 2, 0, 3, 4)], 60),
    "S5": ([turn(5), (1, 0, 2, 3, 4)], 120),
    "PSL(2,7)": ([(1, 2, 3, 4, 5, 6, 0), (0, 2, 1, 3, 5, 4, 6)], None),
}


@pytest.mark.parametrize("name", GROUPS)
def test_a_closure_is_the_group(name):
    generators, order = GROUPS[name]
    elements = closure(generators, limit=5040)
    assert len(elements) == len(set(elements))
    assert order in (None, len(elements))
    assert math.factorial(len(generators[0])) % len(elements) == 0
    assert elements[0] == tuple(range(len(generators[0])))
    known = set(elements)
    assert all(compose(element, generator) in known for element in elements for generator in generators)
    if len(elements) > 1:
        with pytest.raises(LimitError) as caught:
            closure(generators, limit=len(elements) - 1)
        assert caught.value.limit == len(elements) - 1


@pytest.mark.parametrize("bad", [[], [(0, 0)], [(1, 2)], [(0, 1), (0,)], [(0, -1)], [(1, 0), (0, 1, 2)]])
def test_what_generates_no_group_is_refused(bad):
    with pytest.raises(InputError):
        closure(bad, limit=10)


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_composition_reads_left_to_right_and_cycles_tell_the_permutation(first, second):
    left, right = require_permutation(first), require_permutation(second)
    assert compose(left, right) == tuple(right[left[point]] for point in range(6))
    rebuilt = list(range(6))
    for cycle in cycles(left).strip("()").split(")("):
        points = [int(point) - 1 for point in cycle.split(",") if point]
        for point, image in pairwise([*points, *points[:1]]):
            rebuilt[point] = image
    assert tuple(rebuilt) == left
    assert cycles(tuple(range(6))) == "()"
