"""Character tables are those of the books, and their integers agree with direct counts."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.group import characters as module
from fsm2rnn.algebra.group.character_numbers import (
    conductor,
    conjugates,
    degrees,
    eigenvalue_one_multiplicities,
    eigenvalues,
    fixed_dimension,
    galois_orbits,
    generated,
    indicators,
    kernels,
    schur_index,
    stabiliser,
    units,
)
from fsm2rnn.algebra.group.characters import CharacterTable, abelian_coordinates, character_table, element_orders
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.source.read import read
from tests.strategies import abelian_groups, group_tracker, permutation_machines

F20 = "act:(1,2,3,4,5);(2,3,5,4)"
# [[1, 1], [0, 1]] and its transpose on the eight nonzero vectors of the plane over the field of 3 elements.
PLANE = [vector for vector in itertools.product(range(3), repeat=2) if any(vector)]
SL23 = [
    tuple(PLANE.index(((x + y) % 3, y)) for x, y in PLANE),
    tuple(PLANE.index((x, (x + y) % 3)) for x, y in PLANE),
]


def table_of(text):
    return character_table(group_action(read(text)).group)


def complex_values(table):
    """Return the table over C, every value as the sum of its eigenvalues."""
    rows = []
    for row, representative in itertools.product(range(len(table)), table.representatives.tolist()):
        spectrum = np.array(eigenvalues(table, row, representative))
        rows.append(spectrum @ np.exp(2j * np.pi * np.arange(len(spectrum)) / len(spectrum)))
    return np.array(rows).reshape(len(table), len(table))


def hook_degrees(size):
    """Return the degrees of the symmetric group by hook lengths."""
    found = []
    for shape in partitions(size, size):
        columns = [sum(row > place for row in shape) for place in range(shape[0])]
        hooks = [row - j + columns[j] - i - 1 for i, row in enumerate(shape) for j in range(row)]
        found.append(math.factorial(size) // math.prod(hooks))
    return sorted(found)


def partitions(size, largest):
    if size == 0:
        yield ()
    for part in range(1, min(size, largest) + 1):
        yield from ((part, *rest) for rest in partitions(size - part, part))


@pytest.mark.parametrize(
    ("text", "expected", "indicator"),
    [
        ("Z1", [1], [1]),
        ("Z3", [1, 1, 1], [1, 0, 0]),
        ("Q8", [1, 1, 1, 1, 2], [1, 1, 1, 1, -1]),
        ("Dih(4)", [1, 1, 1, 1, 2], [1, 1, 1, 1, 1]),
        ("A4", [1, 1, 1, 3], [1, 0, 0, 1]),
        (F20, [1, 1, 1, 1, 4], [1, 1, 0, 0, 1]),
        ("A5@gens", [1, 3, 3, 4, 5], [1, 1, 1, 1, 1]),
        ("PSL(2,7)@gens", [1, 3, 3, 6, 7, 8], [1, 0, 0, 1, 1, 1]),
        ("A6@gens", [1, 5, 5, 8, 8, 9, 10], [1, 1, 1, 1, 1, 1, 1]),
        ("PSL(2,11)@gens", [1, 5, 5, 10, 10, 11, 12, 12], [1, 0, 0, 1, 1, 1, 1, 1]),
    ],
)
def test_degrees_and_indicators(text, expected, indicator):
    table = table_of(text)
    assert degrees(table).tolist() == expected
    assert sorted(zip(expected, indicators(table).tolist(), strict=True)) == sorted(
        zip(expected, indicator, strict=True)
    )


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_symmetric_groups_have_the_degrees_of_the_hook_lengths_and_rational_characters(size):
    table = table_of(f"S{size}@gens")
    assert degrees(table).tolist() == hook_degrees(size)
    assert galois_orbits(table) == tuple((row,) for row in range(len(table)))
    assert {conductor(table, row) for row in range(len(table))} == {1}
    assert all(schur_index(table, row).upper == 1 for row in range(len(table)))


@given(abelian_groups())
def test_an_abelian_table_is_the_dual_group(machine):
    group = group_action(machine).group
    table = character_table(group)
    factors, residues = abelian_coordinates(group)
    everything = np.arange(len(group))
    assert math.prod(factors) == len(group) == len(table)
    products = table.values[:, group.product(everything[:, None], everything[None])]
    assert np.array_equal(products, table.values[:, :, None] * table.values[:, None, :] % table.prime)
    for row, exponents in enumerate(itertools.product(*map(range, factors))):
        turns = (residues * exponents / np.array(factors)).sum(axis=1)
        for element, turn in enumerate(turns):
            found = eigenvalues(table, row, element)
            assert math.isclose(math.cos(2 * math.pi * (found.index(1) / len(found) - turn)), 1, abs_tol=1e-9)


@given(permutation_machines(max_states=5).filter(lambda machine: len(machine.states) > 1))
@settings(max_examples=40, deadline=None)
def test_rows_and_columns_are_orthogonal_and_powers_move_eigenvalues(machine):
    try:
        table = character_table(group_action(machine).group)
    except InputError:  # not transitive
        return
    values, order = complex_values(table), len(table.group)
    assert np.allclose((values * table.sizes) @ values.conj().T, order * np.eye(len(table)))
    assert np.allclose(values.T @ values.conj(), np.diag(order / table.sizes))
    assert (degrees(table) ** 2).sum() == order
    assert np.allclose(values[conjugates(table)], values.conj())
    squares = table.class_of[table.group.power(table.representatives, 2)]
    assert np.allclose(values[:, squares] @ table.sizes / order, indicators(table))
    assert np.array_equal(kernels(table), np.isclose(values, degrees(table)[:, None])[:, table.class_of])


@given(permutation_machines(max_states=5))
@settings(deadline=None)
def test_fixed_points_of_the_action_are_counted_by_fixed_dimensions(machine):
    try:
        action = group_action(machine)
    except InputError:
        return
    table = character_table(action.group)
    multiplicity = np.array([fixed_dimension(table, row, action.stabiliser) for row in range(len(table))])
    states = np.array([np.flatnonzero(action.states == state)[0] for state in range(len(machine.states))])
    for symbol, letter in enumerate(action.letters.tolist()):
        fixed = sum(row[symbol] == state for state, row in enumerate(machine.table))
        assert (multiplicity @ table.values[:, table.class_of[letter]]) % table.prime == fixed
        assert action.states[table.group.product(states, np.array(letter))].tolist() == [
            row[symbol] for row in machine.table
        ]


@pytest.mark.parametrize("text", ["Z12", "Q8", "A4", "A5@gens", F20, "PSL(2,7)@gens"])
def test_eigenvalues_are_those_of_cyclic_subgroups(text):
    table = table_of(text)
    once = eigenvalue_one_multiplicities(table)
    for row, (number, element) in itertools.product(range(len(table)), enumerate(table.representatives.tolist())):
        spectrum = eigenvalues(table, row, element)
        assert sum(spectrum) == degrees(table)[row]
        assert len(spectrum) == element_orders(table.group, np.array([element]))[0]
        assert spectrum[0] == once[row, number] == fixed_dimension(table, row, generated(table, np.array([element])))


@pytest.mark.parametrize(
    ("text", "orbits", "conductors"),
    [
        ("Z12", {1: 2, 2: 3, 4: 1}, {1: 2, 3: 4, 4: 2, 12: 4}),
        ("Z5", {1: 1, 4: 1}, {1: 1, 5: 4}),
        ("A5@gens", {1: 3, 2: 1}, {1: 3, 5: 2}),
        ("PSL(2,7)@gens", {1: 4, 2: 1}, {1: 4, 7: 2}),
        ("Dih(12)", {1: 7, 2: 1}, {1: 7, 12: 2}),
        (F20, {1: 3, 2: 1}, {1: 3, 4: 2}),
    ],
)
def test_galois_orbits_and_conductors(text, orbits, conductors):
    table = table_of(text)
    found = galois_orbits(table)
    assert Counter(map(len, found)) == orbits
    assert Counter(conductor(table, row) for row in range(len(table))) == conductors
    for orbit in found:
        assert len(orbit) * len(stabiliser(table, orbit[0])) == len(units(table.exponent))


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (read("Q8"), [(1, 1)] * 4 + [(2, 2)]),
        (group_tracker(SL23), [(1, 1)] * 3 + [(2, 2)] + [(1, 1)] * 3),
        (read("A5xA4@gens"), [(1, 1)] * 20),
        # m = 1 for the two of degree 2 that are not real: Q(zeta_3) splits the quaternions, which is not seen here.
        (read("Q8xZ3"), [(1, 1)] * 12 + [(2, 2), (1, 2), (1, 2)]),
    ],
)
def test_schur_indices(machine, expected):
    table = character_table(group_action(machine).group)
    found = [schur_index(table, row) for row in range(len(table))]
    assert sorted((index.lower, index.upper) for index in found) == sorted(expected)
    assert all(index.lower == 2 for index, sign in zip(found, indicators(table), strict=True) if sign == -1)


def raised(table, **values):
    fields = {item.name: getattr(table, item.name) for item in dataclasses.fields(table)}
    with pytest.raises(CertificateError) as caught:
        CharacterTable(**(fields | values))
    return caught.value.field


def test_a_false_table_is_refused():
    table = table_of("A5@gens")
    negative = table.values * [1, 1, -1, 1, 1] % table.prime
    merged = np.where(table.class_of == 4, 3, table.class_of)
    assert raised(table, values=negative) == "values"
    assert raised(table, values=table.values[::-1]) == "values"
    assert raised(table, values=table.values - table.prime) == "values"
    assert raised(table, values=table.values[:4]) == "values"
    assert raised(table, class_of=merged) == "representatives"
    assert raised(table, class_of=merged, representatives=table.representatives[:4]) == "class_of"
    assert raised(table, class_of=np.arange(60) % 5) == "class_of"
    assert raised(table, representatives=table.representatives[::-1]) == "representatives"
    assert raised(table, sizes=table.sizes[::-1]) == "sizes"
    assert raised(table, prime=table.prime + 2) == "prime"
    assert raised(table, exponent=15) == "exponent"
    assert raised(table, root=1) == "root"


def test_orthonormal_rows_that_are_no_characters_are_refused():
    """In S5 two classes have 20 elements each and real characters; no automorphism takes one to the other."""
    table = table_of("S5@gens")
    order = np.arange(len(table))
    pair = np.flatnonzero(table.sizes == 20)
    order[pair] = pair[::-1]
    with pytest.raises(CertificateError, match="no character of the centre"):
        dataclasses.replace(table, values=table.values[:, order])


@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 30))
def test_a_false_value_is_refused(row, column, change):
    table = table_of("S4@gens")
    values = table.values.copy()
    values[row, column] = (values[row, column] + change) % table.prime
    assert raised(table, values=values) == "values"


def test_limits(monkeypatch):
    group, abelian = group_action(read("S4@gens")).group, group_action(read("Z24@gens")).group
    monkeypatch.setattr(module, "CLASS_LIMIT", 4)
    with pytest.raises(LimitError, match="classes"):
        character_table(group)
    assert len(character_table(abelian)) == 24
    monkeypatch.setattr(module, "ORDER_LIMIT", 23)
    with pytest.raises(LimitError, match="elements"):
        character_table(abelian)
