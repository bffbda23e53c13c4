"""Blocks that simulate, of the sizes that are known, and no rational ones smaller where that is claimed."""

from __future__ import annotations

import dataclasses
import itertools
import random

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.functions import summands
from fsm2rnn.algebra.functions.matrix_algebra import STATE_LIMIT, matrix_algebra
from fsm2rnn.algebra.functions.summands import block_form, narrow_form
from fsm2rnn.algebra.monoid import minimal_pairs
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read
from tests.proof.refusals import minimal
from tests.strategies import machines, permutation_machines

RESETS = "maps:0,1,2,3,4;0,0,0,0,0;1,1,1,1,1;2,2,2,2,2;3,3,3,3,3;4,4,4,4,4"
T4 = "maps:1,2,3,0;1,0,2,3;0,0,2,3"
SIGNED = "maps:0,1,0,1;2,3,3,2"
# Sizes of the blocks, and whether the codes span a sum of irreducible modules; all least over Q.
SIZES = {
    "maps:0,0": ((1,), True),
    "flip-flop": ((2,), False),
    RESETS: ((2,), False),
    "counter(6)": ((6,), False),
    "register(3)": ((4,), False),
    "register(4)": ((5,), False),
    "even-pairs": ((2, 2), False),
    "tomita1": ((1,), True),
    "tomita2": ((2,), True),
    "tomita3": ((3,), True),
    "tomita4": ((3,), True),
    "tomita5": ((1, 1), True),
    "tomita6": ((2,), True),
    "tomita7": ((4,), False),
    T4: ((4,), False),
    SIGNED: ((2,), True),
    "random(8,2,1)": ((6,), False),
    "maps:0,2,2,4,4;0,0,2,2,4;1,1,3,3,4": ((4,), False),
    "S3": ((2,), True),
    "A4": ((3,), True),
    "Z5": ((4,), True),
    "Z12": ((2, 2), True),
    "Z2xZ4": ((1, 2), True),
    "act:(1,2,3,4,5);(1,2,3)": ((4,), True),
    "act:(1,2,3,4,5);(1,2)": ((4,), True),
}
# States, blocks, and whether the largest is proved least over Q.
LARGE = {
    "counter(20)": (21, (20,), True),
    "counter(40)": (41, (40,), False),
    "register(5)": (32, (6,), False),
    "register(7)": (128, (8,), False),
    "S4": (24, (3,), True),
    "dyck(2,4)": (32, (31,), True),
    "random(60,3,1)": (58, (58,), True),
    # Two states that all letters merge.
    "random(60,2,3)": (48, (47,), False),
}


def blocks_of(machine):
    return block_form(machine, lambda: Facts(machine).function_spaces)


def narrow_of(machine):
    return narrow_form(machine, Facts(machine).function_spaces)


@pytest.mark.parametrize("name", SIZES)
def test_sizes_of_blocks(name):
    found = blocks_of(minimal(name))
    sizes, semisimple = SIZES[name]
    assert tuple(sorted(block.shape[1] for block in found.blocks)) == sizes
    assert found.semisimple is semisimple
    assert found.least
    assert found.largest == max(sizes)
    assert max(np.abs(block).max() for block in found.blocks) <= 3
    assert "rational blocks are not smaller" in found.reason


def simulate(machine, found):
    """Check with dense matrices, and the order of the blocks."""
    width = found.codes.shape[1]
    for symbol in range(len(machine.symbols)):
        matrix = np.zeros((width, width), dtype=np.int64)
        offset = 0
        for block in found.blocks:
            size = block.shape[1]
            matrix[offset : offset + size, offset : offset + size] = block[symbol]
            offset += size
        for state, row in enumerate(machine.table):
            assert (matrix @ found.codes[state] == found.codes[row[symbol]]).all()
    assert len({tuple(code) for code in found.codes.tolist()}) == len(machine.states)


def span_of(machine, function):
    """Return the dimension of the space that a function's images under all words span, over Q."""
    rows = [function]
    while True:
        more = rows + [
            tuple(row[target] for target in ends) for row in rows for ends in zip(*machine.table, strict=True)
        ]
        kept, rank = [], 0
        for row in more:
            if flint.fmpz_mat([*kept, row]).rank() > rank:
                kept.append(row)
                rank += 1
        if len(kept) == len(rows):
            return rank
        rows = kept


def largest_needed(machine, entries):
    """Return the least b for which functions with these entries span spaces of dimension <= b that separate states."""
    states = range(len(machine.states))
    needed = dict.fromkeys(itertools.combinations(states, 2), len(states))
    for function in itertools.product(entries, repeat=len(states)):
        if any(function):
            size = span_of(machine, function)
            for left, right in needed:
                if function[left] != function[right]:
                    needed[left, right] = min(needed[left, right], size)
    return max(needed.values(), default=1)


@given(machines(max_states=5, max_symbols=3))
@settings(max_examples=40, deadline=None)
def test_blocks_simulate_and_a_semisimple_form_needs_separation(machine):
    machine = minimise(machine).target
    found = blocks_of(machine)
    simulate(machine, found)
    algebra = matrix_algebra(machine)
    if found.semisimple:
        assert not algebra.inseparable
    if not len(algebra.radical):
        assert found.semisimple


@given(machines(max_states=4, max_symbols=2))
@settings(max_examples=25, deadline=None)
def test_no_small_function_beats_blocks_that_are_called_least(machine):
    machine = minimise(machine).target
    found = blocks_of(machine)
    tried = largest_needed(machine, (-1, 0, 1, 2))
    assert found.largest <= tried
    if found.largest == 1:
        assert found.least


@given(permutation_machines(max_states=6))
@settings(max_examples=20, deadline=None)
def test_blocks_of_groups_are_semisimple(machine):
    machine = minimise(machine).target
    found = blocks_of(machine)
    simulate(machine, found)
    assert found.semisimple


def test_the_quaternions_have_a_block_of_four_that_is_not_proved_least():
    found = blocks_of(read("Q8"))
    assert found.largest == 4
    assert not found.least
    assert "best found; blocks of 2 or more are needed" in found.reason


def test_false_forms_are_refused():
    found = blocks_of(read("flip-flop"))
    with pytest.raises(CertificateError, match="a matrix sends a code"):
        dataclasses.replace(found, blocks=(found.blocks[0][[1, 0, 2]],))
    with pytest.raises(CertificateError, match="two states have one code"):
        dataclasses.replace(found, codes=np.zeros_like(found.codes))


@pytest.mark.parametrize("name", LARGE)
def test_larger_machines(name):
    machine = minimal(name)
    found = blocks_of(machine)
    states, sizes, least = LARGE[name]
    assert len(machine.states) == states
    assert tuple(block.shape[1] for block in found.blocks) == sizes
    assert found.least is least
    simulate(machine, found)
    assert max(np.abs(block).max() for block in found.blocks) == 1
    if states > STATE_LIMIT:
        assert found.semisimple is None
        assert found.reason.startswith("modules of functions on the states")


@given(st.integers(0, 10_000), st.integers(20, 60), st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_any_machine_has_blocks_that_simulate(seed, states, letters):
    drawn = random.Random(seed)
    rows = [[drawn.randrange(states) for _ in range(letters)] for _ in range(states)]
    outputs = tuple(drawn.choice((True, False)) for _ in rows)
    machine = minimise(StateMachine(tuple(range(states)), tuple(range(letters)), tuple(map(tuple, rows)), 0, outputs))
    found, narrow = blocks_of(machine.target), narrow_of(machine.target)
    simulate(machine.target, found)
    simulate(machine.target, narrow)
    assert narrow.codes.shape[1] <= found.codes.shape[1]
    assert narrow.codes.shape[1] <= max(1, Facts(machine.target).hankel.rank)
    assert found.largest <= narrow.largest


def test_too_many_pairs_leave_one_coordinate_per_state(monkeypatch):
    monkeypatch.setattr(minimal_pairs, "PAIR_LIMIT", 100)
    for name, size in (("counter(30)", 30), ("Z31@gens", 31)):
        found = blocks_of(read(name))
        simulate(read(name), found)
        assert [block.shape[1] for block in found.blocks] == [size]
        assert not found.least
        assert "one coordinate per state, best found: pairs of states times letters" in found.reason
        with pytest.raises(LimitError, match="pairs of states times letters"):
            narrow_of(read(name))


def test_too_many_numbers_and_states_out_of_reach_are_refused(monkeypatch):
    with pytest.raises(LimitError, match="numbers of dense blocks: 18,012,002 needed, the limit is 16,777,216"):
        blocks_of(read("counter(3000)"))
    monkeypatch.setattr(summands, "NUMBER_LIMIT", 10)
    with pytest.raises(LimitError, match="numbers of dense blocks"):
        blocks_of(read("counter(6)"))
    with pytest.raises(InputError, match="reachable"):
        blocks_of(read("maps:0,1"))
