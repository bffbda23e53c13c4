"""Order, membership and the derived series agree with the listed group and with sympy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.combinatorics import Permutation
from sympy.combinatorics.perm_groups import PermutationGroup as SympyGroup

from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid import permutation_group as module
from fsm2rnn.algebra.monoid.permutation_group import (
    derived_series,
    derived_subgroup,
    group_of_permutations,
    inverse_rows,
    normal_closure,
    perfect_residuum,
)
from fsm2rnn.errors import LimitError
from fsm2rnn.source.named.permutation_groups import closure
from fsm2rnn.source.read import read

FIVE = st.lists(st.permutations(range(5)), min_size=1, max_size=3).map(np.array)
NINE = st.lists(st.permutations(range(9)), min_size=1, max_size=3).map(np.array)


def sympy_group(rows):
    return SympyGroup([Permutation(row) for row in rows.tolist()])


@given(FIVE)
def test_members_are_the_listed_elements(rows):
    group = group_of_permutations(rows)
    listed = set(closure([tuple(row) for row in rows.tolist()], limit=120))
    everything = np.array(list(itertools.permutations(range(5))))
    assert group.order == len(listed)
    assert group.contains(everything).tolist() == [tuple(row) in listed for row in everything.tolist()]


@given(NINE)
def test_orders_of_the_derived_series_agree_with_sympy(rows):
    expected = [part.order() for part in sympy_group(rows).derived_series()]
    assert [part.order for part in derived_series(group_of_permutations(rows))] == expected


@given(NINE)
def test_generators_are_few_and_each_is_new(rows):
    group = group_of_permutations(rows)
    for count in range(len(group.generators)):
        earlier = group_of_permutations(group.generators[:count])
        assert not earlier.contains(group.generators[count : count + 1]).any()
    assert group.contains(rows).all()


@given(NINE, st.permutations(range(9)))
def test_a_normal_closure_is_normal(rows, element):
    group = group_of_permutations(np.concatenate([rows, [element]]))
    normal = normal_closure(group, np.array([element]))
    assert normal.contains(np.array([element])).all()
    for generator, inverse in zip(group.generators, inverse_rows(group.generators), strict=True):
        assert normal.contains(generator[normal.generators[:, inverse]]).all()
    assert sympy_group(group.generators if len(group.generators) else np.arange(9)[None]).is_solvable == (
        perfect_residuum(group).order == 1
    )


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("Z60", (60, 1)),
        ("S4", (24, 12, 4, 1)),
        ("Q8", (8, 2, 1)),
        ("A5", (60,)),
        ("S5", (120, 60)),
        ("S6@gens", (720, 360)),
        ("Dih(360)", (720, 180, 1)),
        ("act:(1,2,3,4,5,6,7,8);(1,2)", (40320, 20160)),
        ("PSL(2,7)@gens", (168,)),
    ],
)
def test_known_series(text, orders):
    series = derived_series(group_of_permutations(letter_maps(read(text)).maps))
    assert tuple(part.order for part in series) == orders


def test_a_large_symmetric_group():
    rows = np.array([[*range(1, 20), 0], [1, 0, *range(2, 20)]])
    assert group_of_permutations(rows).order == math.factorial(20)
    assert derived_subgroup(group_of_permutations(rows)).order == math.factorial(20) // 2


@pytest.mark.parametrize(("name", "what"), [("WORK_LIMIT", "Schreier"), ("TRANSVERSAL_LIMIT", "transversal")])
def test_a_limit_stops_it(monkeypatch, name, what):
    monkeypatch.setattr(module, name, 100)
    with pytest.raises(LimitError, match=what):
        group_of_permutations(letter_maps(read("S4")).maps)
