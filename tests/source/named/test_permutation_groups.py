"""Groups that permutations generate, and cycle notation, against what they must be."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.permutations import compose
from fsm2rnn.source.named.permutation_groups import closure, cycles, require_permutation


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
