"""The transition monoid has the elements that words give, each once, with the graph of right products."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given

from fsm2rnn.algebra.monoid.compiled_monoid import compiled_monoid
from fsm2rnn.algebra.monoid.row_orbit import RowOrbit, row_orbit
from fsm2rnn.algebra.monoid.transition_monoid import TransitionMonoid
from fsm2rnn.errors import CertificateError, LimitError
from tests.strategies import machines


def generated(table):
    """Return the maps of all words, found with sets of tuples."""
    letters = list(zip(*table, strict=True))
    found = [tuple(range(len(table)))]
    seen = set(found)
    for element in found:
        for letter in letters:
            product = tuple(letter[state] for state in element)
            if product not in seen:
                seen.add(product)
                found.append(product)
    return found


def full_transformations(degree):
    """Return the table whose letters generate every map of `degree` points: a cycle, a swap and a join."""
    cycle = [*range(1, degree), 0]
    swap = [1, 0, *range(2, degree)]
    join = [0, 0, *range(2, degree)]
    return np.array([cycle, swap, join]).T


@given(machines(max_states=4))
def test_the_elements_are_those_of_the_plain_search_in_its_order(machine):
    found = compiled_monoid(np.array(machine.table))
    assert list(map(tuple, found.elements.tolist())) == generated(machine.table)
    for (number, element), (symbol, row) in itertools.product(
        enumerate(found.elements.tolist()), enumerate(zip(*machine.table, strict=True))
    ):
        assert found.elements[found.graph[number, symbol]].tolist() == [row[state] for state in element]


@pytest.mark.parametrize("degree", [2, 3, 4, 5, 6])
def test_all_maps_and_all_permutations(degree):
    table = full_transformations(degree)
    assert len(compiled_monoid(table)) == degree**degree
    group = compiled_monoid(table[:, :2])
    assert len(group) == math.factorial(degree)
    assert len(np.unique(group.elements, axis=0)) == len(group)


def test_many_letters_and_wide_states():
    generator = np.random.default_rng(0)
    table = np.stack([np.roll(np.arange(300), shift) for shift in generator.integers(300, size=200)], 1)
    found = compiled_monoid(table)
    assert found.elements.dtype == np.uint16
    assert len(found) == 300 // math.gcd(300, *table[0].tolist())


def test_a_limit_stops_it():
    table = full_transformations(5)
    assert len(compiled_monoid(table, limit=5**5)) == 5**5
    with pytest.raises(LimitError, match="transition monoid"):
        compiled_monoid(table, limit=5**5 - 1)


@pytest.mark.parametrize(("field", "place"), [("rows", (5, 0)), ("graph", (0, 0)), ("maps", (1, 2))])
def test_a_false_orbit_is_refused(field, place):
    true = compiled_monoid(full_transformations(3)).orbit
    values = {item.name: getattr(true, item.name).copy() for item in dataclasses.fields(true)}
    values[field][place] = (values[field][place] + 1) % 3
    with pytest.raises(CertificateError, match="graph"):
        RowOrbit(**values)


def test_an_orbit_that_is_not_the_monoid_is_refused():
    true = compiled_monoid(full_transformations(3))
    with pytest.raises(CertificateError, match="identity"):
        TransitionMonoid(true.letters, row_orbit(true.letters.maps, np.array([1, 0, 2])))
    with pytest.raises(CertificateError, match="letters"):
        TransitionMonoid(true.letters, row_orbit(true.letters.maps[:2], np.arange(3)))
