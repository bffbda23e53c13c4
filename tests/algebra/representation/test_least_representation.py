"""The least representations and reflections of known groups, and of small ones by trying every sum."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.cover_sets import weighted_cover as covers
from fsm2rnn.algebra.cover_sets.weighted_cover import least_cover
from fsm2rnn.algebra.group import group_action as actions
from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation.least_representation import (
    complex_summands,
    least_block,
    least_complex,
    least_rational,
    least_real,
    least_reflections,
    rational_summands,
    real_summands,
)
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.source.read import read
from tests.strategies import abelian_groups, group_tracker, permutation_machines

FIELDS = [(least_real, real_summands), (least_complex, complex_summands), (least_rational, rational_summands)]
F20 = group_tracker([(1, 2, 3, 4, 0), (0, 2, 4, 1, 3)])
# Signed permutations of four axes, points 0 .. 3 and 4 .. 7 being opposite.
HYPEROCTAHEDRAL = group_tracker([(1, 2, 3, 0, 5, 6, 7, 4), (1, 0, 2, 3, 5, 4, 6, 7), (4, 1, 2, 3, 0, 5, 6, 7)])


def of(machine):
    action = group_action(read(machine) if isinstance(machine, str) else machine)
    return character_table(action.group), action


def everything(action):
    return dataclasses.replace(action, letters=np.arange(len(action.group)))


@pytest.mark.parametrize(
    ("machine", "real", "complex_", "integer"),
    [
        ("Z1", 0, 0, 0),
        ("Z2", 1, 1, 1),
        ("Z3", 2, 1, 2),
        ("Z5", 2, 1, 4),
        ("Z6", 2, 1, 2),
        ("Z12", 2, 1, 4),
        ("Z50@gens", 2, 1, 20),
        ("Z60@gens", 2, 1, 8),
        ("V4", 2, 2, 2),
        ("Z2xZ4", 3, 2, 3),
        ("Z3xZ3", 4, 2, 4),
        ("Z2xZ2xZ3", 3, 2, 3),
        ("Z2xZ2xZ2xZ2xZ2xZ2@gens", 6, 6, 6),
        ("Z2xZ2xZ2xZ2xZ2xS3@gens", 6, 6, 6),
        ("S3", 2, 2, 2),
        ("Dih(4)", 2, 2, 2),
        ("Dih(5)", 2, 2, 4),
        ("Dih(30)@gens", 2, 2, 6),
        ("Q8", 4, 2, 4),
        ("A4", 3, 3, 3),
        ("S4@gens", 3, 3, 3),
        ("A5@gens", 3, 3, 4),
        ("S5@gens", 4, 4, 4),
        ("A6@gens", 5, 5, 5),
        ("S6@gens", 5, 5, 5),
        ("PSL(2,7)@gens", 6, 3, 6),
        (F20, 4, 4, 4),
        ("A5xZ2@gens", 3, 3, 4),
        ("S4xS4@gens", 6, 6, 6),
        ("A5xA4@gens", 6, 6, 7),
        ("A5xZ3@gens", 5, 3, 6),
        (HYPEROCTAHEDRAL, 4, 4, 4),
        # Actions on cosets. A4, the stabiliser of one of the 5 points, fixes no vector of degree 3 under A5.
        ("act:(1,2,3,4,5);(1,2,3)", 4, 4, 4),
        ("act:(1,2,3,4,5,6);(1,2)", 5, 5, 5),
        ("act:(1,2,3,4);(1,3)", 2, 2, 2),
        ("act:(1,2,3,4,5,6,7);(2,3)(4,7)", 6, 6, 6),
    ],
)
def test_least_dimensions(machine, real, complex_, integer):
    table, action = of(machine)
    found = [least(table, action) for least, _ in FIELDS]
    assert [answer.dimension for answer in found] == [real, complex_, integer]
    assert all(answer.minimal and answer.reason for answer in found)


@pytest.mark.parametrize(
    ("machine", "all_elements", "given_letters"),
    [
        ("Z2", (1, 1), (1, 1)),
        ("V4@gens", (2, 2), (1, 2)),
        *((text, (2, 2), (2, 2)) for text in ("Z3@gens", "Z5@gens", "Z12@gens", "S3@gens", "Dih(5)@gens")),
        ("A4@gens", (2, 3), (2, 3)),
        ("S4@gens", (2, 3), (2, 3)),
        ("A5@gens", (2, 3), (2, 3)),
        # Of the generators of A5 and Z2 none needs both summands.
        ("A5xZ2@gens", (3, 3), (2, 4)),
        ("Q8@gens", (4, 4), (4, 4)),
        (F20, (4, 4), (4, 4)),
        ("S5@gens", (4, 4), (4, 4)),
        ("A6@gens", (4, 5), (4, 5)),
        ("S6@gens", (4, 5), (3, 5)),
        ("PSL(2,7)@gens", (6, 6), (6, 6)),
        ("S4xS4@gens", (4, 6), (2, 6)),
        ("act:(1,2);(2,3);(3,4);(4,5)", (4, 4), (1, 4)),
        ("act:(1,2,3,4,5,6,7);(2,3)(4,7)", (6, 6), (6, 6)),
    ],
)
def test_least_reflections(machine, all_elements, given_letters):
    table, action = of(machine)
    for letters, expected in ((everything(action), all_elements), (action, given_letters)):
        found = least_reflections(table, letters)
        assert (found.reflections, found.dimension) == expected
        assert found.minimal
        assert len(found.ranks) == len(letters.letters)


def test_reflections_may_need_more_summands():
    table, action = of("Z2xZ2xZ2xZ2")
    assert least_reflections(table, action) is None
    assert least_reflections(table, action, most=4).reflections == 4


def test_an_open_schur_index_is_said():
    found = least_rational(*of("Q8xZ3"))  # 4 over Q(zeta_3), seen as 2 + 4
    assert (found.dimension, found.minimal) == (6, False)
    assert "at least 4" in found.reason


def separates(table, action, machine, rows):
    """Whether the isotypic parts of `rows` in the module of the states tell e_p from e_q, modulo the prime."""
    group, prime, count = table.group, table.prime, len(machine.states)
    points = np.array([np.flatnonzero(action.states == state)[0] for state in range(count)])
    total = np.zeros((count, count), dtype=np.int64)
    for element in range(len(group)):
        inverse = table.class_of[group.inverse(element)]
        weight = int((table.values[rows, 0] * table.values[rows, inverse]).sum())
        total[np.arange(count), action.states[group.product(points, np.array(element))]] += weight
    return len(np.unique(total % prime, axis=0)) == count


@given(permutation_machines(max_states=5, max_symbols=2))
@settings(max_examples=60, deadline=None)
def test_no_smaller_sum_of_irreducibles_tells_the_states_apart(machine):
    try:
        table, action = of(machine)
    except InputError:  # not transitive
        return
    for least, summands_of in FIELDS:
        summands = summands_of(table)
        found = least(table, action)
        dimensions = [
            sum(item.dimension for item in chosen)
            for size in range(len(summands) + 1)
            for chosen in itertools.combinations(summands, size)
            if sum(item.dimension for item in chosen) <= found.dimension
            and separates(table, action, machine, [row for item in chosen for row in item.rows])
        ]
        assert found.minimal
        assert set(found.summands) <= set(summands)
        assert dimensions
        assert min(dimensions) == found.dimension
        assert separates(table, action, machine, [row for item in found.summands for row in item.rows])


@given(abelian_groups(max_states=24))
@settings(deadline=None)
def test_the_formulas_for_abelian_groups_agree_with_the_search(machine):
    table, action = of(machine)
    for least, summands_of in FIELDS:
        summands = summands_of(table)
        kernels = [frozenset(np.flatnonzero(table.values[item.rows[0]] == 1).tolist()) for item in summands]
        others = range(1, len(action.group))
        told = np.array([[element not in kernel for element in others] for kernel in kernels])
        weights = np.array([item.dimension for item in summands])
        best = least_cover(told, weights, np.zeros((len(weights), 0), dtype=int), fewest=0, most=len(weights))
        found = least(table, action)
        assert best.minimal
        assert weights[list(best.members)].sum() == found.dimension
        chosen = [kernels[summands.index(item)] for item in found.summands]
        assert frozenset(range(len(action.group))).intersection(*chosen) == {0}


@given(st.data())
def test_a_cover_is_the_best_of_all(data):
    count, constraints, letters = (data.draw(st.integers(low, 5)) for low in (1, 0, 0))
    matrix = st.lists(st.booleans(), min_size=constraints, max_size=constraints)
    told = np.array(data.draw(st.lists(matrix, min_size=count, max_size=count)), dtype=bool).reshape(count, -1)
    weights = np.array(data.draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)))
    row = st.lists(st.integers(0, 3), min_size=letters, max_size=letters)
    loads = np.array(data.draw(st.lists(row, min_size=count, max_size=count)), dtype=int).reshape(count, letters)
    most = data.draw(st.integers(1, 5))

    def value(members):
        return int(loads[members].sum(axis=0).max(initial=0)), int(weights[members].sum())

    sets = [list(members) for size in range(most + 1) for members in itertools.combinations(range(count), size)]
    good = [value(members) for members in sets if told[members].any(axis=0).all()]
    found = least_cover(told, weights, loads, fewest=0, most=most)
    assert (found is None) == (not good)
    if found is not None:
        assert found.minimal
        assert len(found.members) <= most
        assert value(list(found.members)) == min(good)


@pytest.mark.parametrize(
    ("machine", "block"),
    [
        ("Z1", 1),
        ("V4", 1),
        ("Z12", 2),
        ("Dih(5)@gens", 2),
        ("Q8@gens", 4),
        ("S3xS3@gens", 2),
        ("S4xZ5@gens", 3),
        ("A5@gens", 3),
        ("act:(1,2,3);(1,2,3,4,5)", 4),
        ("act:(1,2,3,4,5);(1,6)(2,5)", 5),  # the axes of an icosahedron, which rotations turn over
    ],
)
def test_the_largest_block_that_is_needed(machine, block):
    assert least_block(*of(machine)) == block


@settings(max_examples=30)
@given(permutation_machines(max_states=5))
def test_no_narrower_blocks_do_and_as_wide_ones_do(machine):
    table, action = of(reachable(machine))
    block = least_block(table, action)
    narrow = least_real(table, action, widest=block)
    assert max((item.dimension for item in narrow.summands), default=1) <= block
    assert narrow.dimension >= least_real(table, action).dimension
    assert max((item.dimension for item in least_real(table, action).summands), default=1) >= block


def test_a_search_of_few_nodes_takes_what_comes_first():
    pairs = np.array(list(itertools.combinations(range(7), 2)))
    told = (pairs[:, :, None] == np.arange(7)).any(axis=1)
    weights, none = np.ones(len(pairs), dtype=int), np.zeros((len(pairs), 0), dtype=int)
    assert not least_cover(told, weights, none, fewest=0, most=7, nodes=0).minimal
    assert least_cover(told, weights, none, fewest=0, most=7).minimal


def test_limits(monkeypatch):
    pairs = np.array(list(itertools.combinations(range(7), 2)))
    told = (pairs[:, :, None] == np.arange(7)).any(axis=1)
    weights, none = np.ones(len(pairs), dtype=int), np.zeros((len(pairs), 0), dtype=int)
    monkeypatch.setattr(covers, "NODE_LIMIT", 0)
    found = least_cover(told, weights, none, fewest=0, most=7)
    assert len(found.members) == math.ceil(7 / 2)
    assert not found.minimal
    with pytest.raises(LimitError, match="search for a cover"):
        least_cover(told, weights, none, fewest=0, most=3)
    monkeypatch.setattr(actions, "ORDER_LIMIT", 23)
    with pytest.raises(LimitError, match="transition group"):
        group_action(read("S4@gens"))


@pytest.mark.parametrize(("text", "message"), [("flip-flop", "permute"), ("act:(1,2)(3,4)", "not reachable")])
def test_other_machines_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        group_action(read(text))
