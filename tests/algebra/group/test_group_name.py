"""A name that is given reads back as an isomorphic group, and the named groups are found."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.combinatorics.coset_table import coset_enumeration_r
from sympy.combinatorics.fp_groups import FpGroup
from sympy.combinatorics.free_groups import free_group

from fsm2rnn.algebra.group import group_table as tables
from fsm2rnn.algebra.group.group_name import DEGREES, PRIMES, transition_group
from fsm2rnn.algebra.group.group_table import abelian_invariants, classes, direct_factors, group_table
from fsm2rnn.algebra.group.presented_groups import PRESENTED
from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.monoid.permutation_group import group_of_permutations
from fsm2rnn.algebra.monoid.regular_action import is_regular
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.strategies import permutation_machines


def statistics(machine):
    """Return the orders of the elements and the sizes of the classes, each sorted."""
    group = group_of_permutations(letter_maps(machine).maps)
    table = group_table(group)
    orders = []
    for element in range(len(table)):
        order, power = 1, element
        while power:
            order, power = order + 1, int(table.columns[element, power])
        orders.append(order)
    return sorted(orders), sorted(map(len, classes(table)))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((name, name) for name in ("Z1", "Z2", "Z60", "V4", "Z2xZ4", "Z2xZ2xZ2", "Z3xZ3", "Z720", "Z30000@gens")),
        *(
            (name, name)
            for name in ("S3", "S4", "S5", "S6@gens", "A4", "A5", "A6", "Q8", "Dih(4)", "Dih(5)", "Dih(360)")
        ),
        *((f"PSL(2,{prime})@gens", f"PSL(2,{prime})") for prime in PRIMES),
        *((name, name) for name in ("A4xZ5", "S5xZ2", "Q8xZ3", "S3xZ3", "A4xV4", "S4xS4@gens", "S3xZ2xZ4", "A4xA4xZ2")),
        ("Z4xZ6xZ10", "Z2xZ2xZ60"),
        ("modadd(30)", "Z30"),
        ("Dih(3)", "S3"),
        ("S3xV4", "Dih(6)xZ2"),
        ("PSL(2,5)", "A5"),
        ("tomita5", "V4"),
        ("tomita6", "Z3"),
        ("parity", "Z2"),
        ("act:(1,2,3,4,5);(1,2)", "S5"),
        ("act:(1,2,3,4,5,6,7);(1,2,3)", "A7"),
        ("act:(1,2,3,4,5,6,7);(1,2)", "S7"),
        ("act:(1,2,3,4,5,6,7);(2,3)(4,7)", "PSL(2,7)"),
        ("act:(1,2,3,4,5);(2,3,5,4)", "F20"),
        ("act:(1,2,3,4,5,6,7,8,9,10,11);(3,7,11,8)(4,10,5,6)", "M11"),
        ("act:(1,2,3,4,5,6,7,8,9,10,11);(3,7,11,8)(4,10,5,6);(1,12)(2,11)(3,6)(4,8)(5,9)(7,10)", "M12"),
        *((name, name) for name in ("Q16", "Q32", "QD16", "QD32", "C3:C4", "Dic(5)", "Dic(6)", "F20", "F21", "F42")),
        *((name, name) for name in ("SL(2,3)", "SL(2,5)", "SL(2,7)@gens", "GL(2,3)", "Q16xZ3", "SL(2,3)xZ5@gens")),
        ("Q12", "C3:C4"),
        ("Z2xC3:C4", "C3:C4xZ2"),
        ("Dic(1)", "Z4"),
        ("Dic(2)", "Q8"),
        ("Dic(8)", "Q32"),
        ("SD16", "QD16"),
        ("F6", "S3"),
        ("F10", "Dih(5)"),
        ("SL(2,2)", "S3"),
        ("GL(2,2)", "S3"),
        ("perm:(1,2,3,4,5,6,7,8);(2,6)(4,8)", "C8:C2"),  # the modular group of order 16
        ("perm:(1,2,3,4);(2,4)(5,6,7,8)", "C4:C4"),
        ("perm:(1,2,3);(4,5,6);(2,3)(5,6);(7,8)", "((C3xC3):C2)xZ2"),
        ("perm:(1,2,3,4,5,6,7,8)(9,10,11,12);(2,6)(4,8)(10,12)", "order 32"),  # beyond the orders of the table
        ("perm:(1,2,3,4)(5,6,7,8);(1,5,3,7)(2,8,4,6)", "Q8"),
        ("random-permutation(20,2)", "S20"),
        ("flip-flop", None),
        ("tomita1", None),
    ],
)
def test_known_names(text, name):
    assert transition_group(minimise(read(text)).target).name == (None if name is None else name.removesuffix("@gens"))


@given(permutation_machines(max_states=6))
@settings(max_examples=150)
def test_a_name_reads_back_with_the_same_statistics(machine):
    machine = minimise(machine).target
    name = transition_group(machine).name
    if name.startswith("order"):
        assert name == f"order {group_of_permutations(letter_maps(machine).maps).order}"
    elif ":" not in name or "C3:C4" in name:  # no text reads as N:H
        assert statistics(machine) == statistics(read(f"{name}@gens"))


@given(st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_invariant_factors_divide_each_other_and_give_the_same_group(orders):
    size = math.prod(orders)
    coordinates = np.array(np.unravel_index(np.arange(size), orders))

    def power_map(prime):
        return np.ravel_multi_index(tuple((coordinates.T * prime % orders).T), orders)

    found = abelian_invariants(size, power_map)
    assert math.prod(found) == size
    assert all(left > 1 and right % left == 0 for left, right in itertools.pairwise(found))
    for power in range(1, 13):  # how many elements a power kills says which group it is
        killed = math.prod(math.gcd(order, power) for order in orders)
        assert math.prod(math.gcd(order, power) for order in found) == killed


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("S4", None),
        ("Q8", None),
        ("A5", None),
        ("Dih(4)", None),
        ("A4xZ5", (5, 12)),
        ("S3xS3", (6, 6)),
        ("Dih(6)", (2, 6)),
    ],
)
def test_direct_factors(text, sizes):
    factors = direct_factors(group_table(group_of_permutations(letter_maps(read(text)).maps)))
    assert (factors and tuple(map(len, factors))) == sizes


@pytest.mark.parametrize("limit", ["CLASS_LIMIT", "SUBGROUP_LIMIT"])
def test_without_factors_there_is_the_order(monkeypatch, limit):
    monkeypatch.setattr(tables, limit, 1)
    assert transition_group(read("A4xZ5")).name == "order 60"


def cosets(generators, relators, subgroup):
    """Return the number of cosets of the subgroup in the group with that presentation."""
    table = coset_enumeration_r(FpGroup(generators[0].group, relators), subgroup)
    table.compress()
    return len(table.table)


@pytest.mark.parametrize("degree", DEGREES)
def test_the_relations_present_the_symmetric_groups(degree):
    """Index n over the group of one generator less, which is an image of the one of degree n - 1."""
    free, *t = free_group(",".join(f"t{i}" for i in range(degree - 1)))
    assert free.rank == degree - 1
    relators = [x**2 for x in t]
    relators += [(t[i] * t[j]) ** (3 if j == i + 1 else 2) for i in range(degree - 1) for j in range(i + 1, degree - 1)]
    assert cosets(t, relators, t[:-1]) == degree


@pytest.mark.parametrize("degree", DEGREES)
def test_the_relations_present_the_alternating_groups(degree):
    free, *x = free_group(",".join(f"x{i}" for i in range(degree - 2)))
    assert free.rank == degree - 2
    relators = [y**3 for y in x] + [(x[i] * x[j]) ** 2 for j in range(degree - 2) for i in range(j)]
    assert cosets(x, relators, x[:-1]) == degree


@pytest.mark.parametrize("prime", PRIMES)
def test_the_relations_present_the_projective_groups(prime):
    _, s, t = free_group("S,T")
    relators = [s**prime, t**2, (s * t) ** 3, (s**2 * t * s ** ((prime + 1) // 2) * t) ** 3]
    assert cosets([s, t], relators, [s]) == (prime**2 - 1) // 2


@pytest.mark.parametrize("group", PRESENTED, ids=lambda group: group.name)
def test_the_relations_present_the_matrix_groups(group):
    """The order is that of <a>, at most the order stated for a, times the index of <a>."""
    _, a, b = free_group("a,b")
    letters = {"a": a, "b": b, "A": a**-1, "B": b**-1}
    relators = [math.prod((letters[letter] for letter in word), start=a.group.identity) for word in group.relators]
    assert group.orders[0] * cosets([a, b], relators, [a]) == group.order


@given(permutation_machines(max_states=6))
@settings(max_examples=150)
def test_a_group_is_regular_exactly_when_it_has_as_many_elements_as_points(machine):
    machine = minimise(machine).target
    maps = letter_maps(machine).maps
    order = group_of_permutations(maps).order
    assert is_regular(maps, machine.start) == (order == len(machine.states))
    assert transition_group(machine).order == order


def test_orders_beyond_a_base_and_strong_generators():
    assert transition_group(read("M11@gens")).order == 7920
    assert transition_group(read("S7@gens")).name == "order 5040"
    assert transition_group(read("tomita1")).order is None
