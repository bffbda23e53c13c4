"""Spaces that letters keep, against their definitions, a plain search, and sizes that are known."""

from __future__ import annotations

import random

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.functions import function_spaces as searched
from fsm2rnn.algebra.functions.factor_null_spaces import factor_kernels, sums_of_moves
from fsm2rnn.algebra.functions.module_maps import like_functions
from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.linear.word_span import PRIMES, backward_closure
from fsm2rnn.algebra.monoid.minimal_pairs import minimal_classes
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read
from tests.algebra.functions.reference_blocks import apart, evaluated, reference, span
from tests.strategies import machines

SAMPLE = 60


def functions(machine):
    count = len(machine.states)
    return st.lists(st.lists(st.integers(-2, 2), min_size=count, max_size=count), min_size=1, max_size=2)


def largest(found):
    """Return the largest of the best dimensions."""
    best = [min(space.dimension for space in found.spaces if space.apart[place]) for place in range(len(found.pairs))]
    return max(best, default=1)


def structured_machine(seed):
    """Return a machine of at most ten states whose letters go up, permute, shift digits, or do anything."""
    drawn = random.Random(seed)
    count, kind = drawn.randint(2, 10), drawn.randrange(4)
    columns = []
    for letter in range(drawn.randint(1, 3)):
        rows = {
            0: [drawn.randint(state, min(count - 1, state + 2)) for state in range(count)],
            1: drawn.sample(range(count), count),
            2: [(2 * state + letter % 2) % count for state in range(count)],
            3: [drawn.randrange(count) for _ in range(count)],
        }
        columns.append(rows[kind])
    return minimise(StateMachine.tracker(range(count), range(len(columns)), zip(*columns, strict=True), 0)).target


@given(machines(max_states=6).map(lambda machine: minimise(machine).target))
@settings(max_examples=40, deadline=None)
def test_spaces_have_their_dimensions_and_separate_what_they_say(machine):
    found = Facts(machine).function_spaces
    letters = list(zip(*machine.table, strict=True))
    assert found.pairs.tolist() == [list(pairs[0]) for pairs in minimal_classes(letter_maps(machine).maps)]
    for space in found.spaces:
        basis = span(letters, space.seeds.tolist())
        assert len(basis) == space.dimension
        assert [apart(basis, *pair) for pair in found.pairs.tolist()] == space.apart.tolist()
    assert np.any([space.apart for space in found.spaces], axis=0).all()


def test_a_sample_is_as_good_as_a_plain_search_and_within_its_bounds():
    """Neither search is above what the other proves to be needed; this one was never the worse in this sample."""
    compared = []
    for seed in range(SAMPLE):
        machine = structured_machine(seed)
        found = Facts(machine).function_spaces
        needed, plain = reference(machine)
        assert needed <= largest(found), machine.table
        assert found.needed.max(initial=1) <= plain, machine.table
        compared.append(largest(found) - plain)
    assert max(compared) == 0
    assert compared.count(0) >= SAMPLE - 3


@given(machines(max_states=5), st.data())
@settings(max_examples=40, deadline=None)
def test_closures_of_any_functions_have_the_rank_over_q(machine, data):
    rows = data.draw(functions(machine))
    letters = list(zip(*machine.table, strict=True))
    maps = np.array(letters)
    closure = backward_closure(maps, np.array(rows), PRIMES[0])
    rank = len(span(letters, rows))
    assert len(closure.words) == rank
    for word, function, member in zip(closure.words, closure.functions, closure.basis, strict=True):
        ends = list(range(len(machine.states)))
        for letter in word:
            ends = [letters[letter][state] for state in ends]
        assert [rows[function][state] for state in ends] == member.tolist()
    if 0 < rank < len(machine.states):
        with pytest.raises(LimitError, match="Hankel rank"):
            backward_closure(maps, np.array(rows), PRIMES[0], most=0)


def test_large_values_have_no_closure():
    with pytest.raises(LimitError, match="value of a function"):
        backward_closure(np.array([[0, 1]]), np.array([[1 << 21, 0]]), PRIMES[0])


@given(machines(max_states=6))
@settings(max_examples=30, deadline=None)
def test_factors_split_the_functions(machine):
    maps = letter_maps(machine).maps
    count = len(machine.states)
    for matrix in sums_of_moves(maps, 4, np.random.default_rng(0)):
        kernels = factor_kernels(matrix, ())
        assert sum(len(kernel.levels[-1]) for kernel in kernels) == count
        assert sum(kernel.degree * kernel.exponent for kernel in kernels) == count
        for (factor, exponent), kernel in zip(matrix.charpoly().factor()[1], kernels, strict=True):
            for rows, power in ((kernel.kernel, 1), (kernel.levels[-1], exponent)):
                image = evaluated(factor, matrix) ** power * flint.fmpz_mat(rows.tolist()).transpose()
                assert image == 0 * image


@given(machines(max_states=5), st.data())
@settings(max_examples=40, deadline=None)
def test_like_functions_obey_the_relations_of_the_first(machine, data):
    function = data.draw(functions(machine).filter(lambda rows: any(rows[0])))[0]
    letters = list(zip(*machine.table, strict=True))
    closure = backward_closure(np.array(letters), np.array([function]), PRIMES[0])
    like = like_functions(closure, np.array(letters)).tolist()
    assert flint.fmpz_mat([*like, function]).rank() == len(like)
    # What is 0 for the first is 0 for each: both together, on two copies of the states, span no more than the first.
    doubled = [[*ends, *(len(ends) + state for state in ends)] for ends in letters]
    for member in like:
        assert len(span(doubled, [[*function, *member]])) == len(closure.words)


def test_two_copies_of_a_module_have_a_plane_of_like_functions():
    machine = read("S3")
    found = Facts(machine).function_spaces
    space = next(space for space in found.spaces if space.dimension == 2)
    assert len(like_functions(space.closure, found.maps)) == 2


def test_large_equations_have_no_like_functions(monkeypatch):
    found = Facts(read("S3")).function_spaces
    monkeypatch.setattr("fsm2rnn.algebra.functions.module_maps.ENTRY_LIMIT", 10)
    assert like_functions(found.spaces[0].closure, found.maps).shape == (0, 6)


def test_a_search_without_work_still_separates_all_states(monkeypatch):
    monkeypatch.setattr(searched, "WORK", 0)
    found = Facts(read("register(5)")).function_spaces
    assert largest(found) == 32


def test_states_out_of_reach_are_refused():
    with pytest.raises(InputError, match="reachable"):
        _ = Facts(read("maps:0,1")).function_spaces
