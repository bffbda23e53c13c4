"""Dimensions of the algebra of words and of its radical: published figures, and lists of all words' matrices."""

from __future__ import annotations

import itertools

import flint
import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.functions import matrix_algebra as module
from fsm2rnn.algebra.functions.matrix_algebra import STATE_LIMIT, collapsing_sum, matrix_algebra
from fsm2rnn.algebra.monoid.transition_monoid import transition_monoid
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read
from tests.proof.refusals import minimal
from tests.strategies import machines, permutation_machines

RESETS = "maps:0,1,2,3,4;0,0,0,0,0;1,1,1,1,1;2,2,2,2,2;3,3,3,3,3;4,4,4,4,4"
C5_RESET = "maps:1,2,3,4,0;0,0,0,0,0"
A5_RESET = "maps:1,2,0,3,4;1,2,3,4,0;0,0,0,0,0"
T4 = "maps:1,2,3,0;1,0,2,3;0,0,2,3"
SIGNED = "maps:0,1,0,1;2,3,3,2"  # resets up to sign on +-(1, 1), +-(1, -1)
FIGURES = {
    "flip-flop": (3, 1),
    RESETS: (6, 4),
    "counter(6)": (7, 5),
    "tomita3": (14, 3),
    "tomita7": (8, 5),
    "register(3)": (15, 13),
    C5_RESET: (9, 4),
    A5_RESET: (21, 4),
    T4: (13, 3),
    "tomita1": (2, 0),
    "tomita2": (5, 0),
    "tomita4": (10, 0),
    "tomita5": (4, 0),
    "tomita6": (3, 0),
    "dyck(2,3)": (226, 0),
    "S4": (24, 0),
    "A4": (12, 0),
    "Q8": (8, 0),
    "act:(1,2,3,4,5);(1,2,3)": (17, 0),
    SIGNED: (7, 1),
    "random(8,2,1)": (31, 5),
    "random(12,2,1)": (133, 11),
}


@pytest.mark.parametrize("name", FIGURES)
def test_dimensions_of_minimal_machines_on_their_states(name):
    found = matrix_algebra(minimal(name))
    assert (found.dimension, len(found.radical)) == FIGURES[name]


@pytest.mark.parametrize("name", ["tomita3", SIGNED, "tomita4", "S4"])
def test_a_semisimple_quotient_may_separate_the_states_of_a_machine_with_a_radical(name):
    found = matrix_algebra(minimal(name))
    assert not found.inseparable
    assert collapsing_sum(found) is None


@pytest.mark.parametrize("name", ["flip-flop", RESETS, "counter(6)", "tomita7", "register(4)", C5_RESET, A5_RESET, T4])
def test_machines_without_semisimple_separation_have_two_short_words(name):
    machine = minimal(name)
    found = collapsing_sum(matrix_algebra(machine))
    assert found is not None
    assert found.coefficients == (1, -1)
    require_radical(machine, found)


def acting(machine, word):
    """Return A_w as rows of lists, column q the unit vector of q w."""
    states = len(machine.states)
    matrix = np.zeros((states, states), dtype=object)
    for state in range(states):
        end = state
        for symbol in word:
            end = machine.table[end][symbol]
        matrix[end, state] = 1
    return matrix


def listed(machine):
    monoid = transition_monoid(machine)
    return [acting(machine, monoid.word(element)) for element in range(len(monoid))]


def total(machine, found):
    terms = (entry * acting(machine, word) for word, entry in zip(found.words, found.coefficients, strict=True))
    return sum(terms, start=np.zeros((len(machine.states),) * 2, dtype=object))


def require_radical(machine, found):
    matrix = total(machine, found)
    assert matrix.any()
    assert all(np.trace(matrix @ word) == 0 for word in listed(machine))
    assert flint.fmpz_mat(matrix.tolist()).rank() == found.rank


def rank(rows):
    return flint.fmpz_mat(np.array(rows, dtype=object).tolist()).rank()


@given(machines(max_states=4, max_symbols=2))
@settings(max_examples=60, deadline=None)
def test_all_words_listed_give_the_same_dimensions_and_every_pair_not_separated_has_a_sum(machine):
    machine = minimise(machine).target
    words = listed(machine)
    found = matrix_algebra(machine)
    assert found.dimension == rank([word.ravel() for word in words])
    gram = [[np.trace(left @ right) for right in words] for left in words]
    assert len(found.radical) == found.dimension - rank(gram)
    collapsed = collapsing_sum(found)
    assert (collapsed is None) == (not found.inseparable)
    if collapsed is not None:
        require_radical(machine, collapsed)
        image = total(machine, collapsed)[:, machine.start]
        assert sum(image) == 0
        assert np.count_nonzero(image) == 2


@given(machines(max_states=4, max_symbols=2))
@settings(max_examples=40, deadline=None)
def test_functions_of_layer_k_are_those_that_k_elements_of_the_radical_kill(machine):
    machine = minimise(machine).target
    found = matrix_algebra(machine)
    states = len(machine.states)
    basis = [sum(row[i] * acting(machine, word) for i, word in enumerate(found.words)) for row in found.radical]
    images = [np.eye(states, dtype=object)]
    for layer in found.layers:
        images = [element @ image for element in basis for image in images] or [np.zeros((states,) * 2, dtype=object)]
        assert not any((layer @ image).any() for image in images)
        assert rank(layer) == len(layer) == states - rank(np.concatenate(images, axis=1))
    assert len(found.layers[-1]) == states
    assert [len(layer) for layer in found.layers] == sorted({len(layer) for layer in found.layers})


@given(permutation_machines(max_states=6))
@settings(max_examples=30, deadline=None)
def test_groups_are_semisimple(machine):
    found = matrix_algebra(minimise(machine).target)
    assert len(found.radical) == 0
    assert not found.inseparable


@pytest.mark.parametrize("name", [T4, "random(12,2,1)", "register(3)", "counter(6)"])
def test_longer_sums_are_found_where_no_two_words_are_tried(name, monkeypatch):
    monkeypatch.setattr(module, "_twins", lambda *_: None)
    machine = minimal(name)
    algebra = matrix_algebra(machine)
    found = collapsing_sum(algebra)
    image = total(machine, found)[:, machine.start]
    assert np.count_nonzero(image) == 2
    assert sum(image) == 0
    for word in algebra.words:
        assert np.trace(total(machine, found) @ acting(machine, word)) == 0


@pytest.mark.parametrize(("states", "seed", "dimension"), [(5, 3, 26), (7, 3, 50)])
def test_random_machines_with_a_sink_are_semisimple(states, seed, dimension):
    machine = read(f"random({states},2,{seed})")
    sink = len(machine.states)
    *rows, last = machine.table
    table = [*rows, (sink, last[1]), (sink, sink)]
    machine = minimise(StateMachine.tracker(range(sink + 1), machine.symbols, table, machine.start)).target
    found = matrix_algebra(machine)
    assert (found.dimension, len(found.radical)) == (dimension, 0)
    assert not found.inseparable


def test_sums_of_a_basis_are_the_last_resort_and_large_ones_are_refused(monkeypatch):
    monkeypatch.setattr(module, "_twins", lambda *_: None)
    monkeypatch.setattr(module, "RELATION_WORDS", ())
    algebra = matrix_algebra(minimal(T4))
    found = collapsing_sum(algebra)
    assert set(found.words) <= set(algebra.words)
    require_radical(algebra.machine, found)
    monkeypatch.setattr(module, "_SIZE", sum(map(abs, found.coefficients)) - 1)
    with pytest.raises(LimitError, match="sum of the coefficients"):
        collapsing_sum(algebra)


def test_too_many_states_and_states_out_of_reach_are_refused():
    with pytest.raises(LimitError, match="matrix algebra"):
        matrix_algebra(read(f"counter({STATE_LIMIT})"))
    with pytest.raises(InputError, match="not all states are reachable"):
        matrix_algebra(read("maps:0,1"))


def test_pairs_share_a_class():
    found = matrix_algebra(minimal("register(3)"))
    assert list(found.inseparable) == list(itertools.pairwise(range(8)))
