"""Spherical functions and exact matrices of group machines, proved by the kernel, against published dimensions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.group.character_numbers import degrees, indicators
from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation import field_representation as exact
from fsm2rnn.algebra.representation import spherical_function as spherical
from fsm2rnn.algebra.representation.field_representation import field_representation
from fsm2rnn.algebra.representation.least_representation import least_complex, least_real
from fsm2rnn.algebra.representation.orthogonal_representation import furthest, with_summands
from fsm2rnn.algebra.representation.spherical_function import eigenvalue_multiplicities, spherical_function
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.source.read import read
from tests.strategies import abelian_groups, group_tracker, permutation_machines


def linear_group(matrices, prime):
    """Return the group of 2 x 2 matrices that these rows a, b, c, d generate, by its action on vectors."""
    vectors = [vector for vector in itertools.product(range(prime), repeat=2) if any(vector)]
    return group_tracker(
        [
            tuple(vectors.index(((x * a + y * c) % prime, (x * b + y * d) % prime)) for x, y in vectors)
            for a, b, c, d in matrices
        ]
    )


F20 = group_tracker([(1, 2, 3, 4, 0), (0, 2, 4, 1, 3)])
F21 = group_tracker([(1, 2, 3, 4, 5, 6, 0), (0, 2, 4, 6, 1, 3, 5)])
SL23 = linear_group([(1, 1, 0, 1), (0, 1, 2, 0)], 3)
GL23 = linear_group([(1, 1, 0, 1), (0, 1, 2, 0), (2, 0, 0, 1)], 3)
SL25 = linear_group([(1, 1, 0, 1), (0, 1, 4, 0)], 5)
# (C3xQ8):C2 of order 48: its real representation of degree 4 is none over Q, nor made by a character of degree 1.
TWISTED = (
    "perm:(1,4)(2,9)(3,7)(5,6)(10,12)(13,16)(14,20)(17,18);(1,2,3,5)(4,10,7,12)(6,11,9,8)(13,14,15,17,16,18,19,20)"
)
GROUPS = [
    "Z12@gens",
    "Q8xZ3@gens",
    "S4@gens",
    "A5@gens",
    "S5@gens",
    "PSL(2,7)@gens",
    "Dih(15)@gens",
    F21,
    SL23,
    GL23,
    SL25,
    TWISTED,
]


def of(machine):
    action = group_action(machine)
    return character_table(action.group), action


def proved(machine, found):
    return FieldSimulation(
        machine, found.conductor, found.matrices, found.codes, found.reads, found.gram, Contract.INJECTIVE
    )


@pytest.mark.parametrize("machine", GROUPS)
def test_every_character_has_a_positive_function_of_its_degree(machine):
    """Phi is d / N times a projection of rank d inside the character's component, real where the indicator is 1."""
    table, _ = of(read(machine) if isinstance(machine, str) else machine)
    group = table.group
    inverses = (group.columns == 0).argmax(axis=1)
    for row, (degree, indicator) in enumerate(zip(degrees(table).tolist(), indicators(table).tolist(), strict=True)):
        found = spherical_function(table, row)
        values = found.values()
        assert found.real == (indicator == 1)
        assert found.real != np.iscomplexobj(values)
        projection = values[group.product(inverses[:, None], np.arange(len(group)))] * (degree / len(group))
        assert np.abs(projection - projection.conj().T).max() < 1e-12
        assert np.abs(projection @ projection - projection).max() < 1e-12
        assert abs(np.trace(projection) - degree) < 1e-9
        # The same numbers exactly, in the field of the function and in a larger one.
        for conductor in {found.conductor, table.exponent} if table.exponent % 4 != 2 else {found.conductor}:
            numerators = found.numerators(conductor)
            roots = np.exp(2j * np.pi * np.arange(numerators.shape[1]) / conductor)
            assert np.abs(numerators @ roots / found.order - values).max() < 1e-12
        # Its mean over each class is chi / d.
        roots = np.exp(2j * np.pi * np.arange(table.exponent) / table.exponent)
        chi = eigenvalue_multiplicities(table, row) @ roots
        parts = np.bincount(table.class_of, values.real), np.bincount(table.class_of, np.imag(values))
        assert np.abs((parts[0] + 1j * parts[1]) / table.sizes - chi / degree).max() < 1e-12


@pytest.mark.parametrize(
    ("machine", "real", "complex_", "conductor"),
    [
        ("Z1", 0, 0, 1),
        ("Z2", 1, 1, 1),
        ("Z5", 2, 1, 5),
        ("Z12", 2, 1, 12),
        ("Z60@gens", 2, 1, 60),
        ("Z500@gens", 2, 1, 500),
        ("V4", 2, 2, 1),
        ("S3", 2, 2, 1),
        ("Dih(4)", 2, 2, 1),
        ("Dih(5)", 2, 2, 5),
        ("Q8", 4, 2, 4),
        ("A4", 3, 3, 1),
        ("S4", 3, 3, 1),
        ("A5", 3, 3, 5),
        ("S5", 4, 4, 1),
        ("A6@gens", 5, 5, 1),
        ("S6@gens", 5, 5, 1),
        ("PSL(2,7)@gens", 6, 3, 7),
        (F20, 4, 4, 1),
        # The two faithful characters of degree 2 of Q8 x Z3 have values in Q(zeta_3); lambda(i) = i.
        ("Q8xZ3", 4, 2, 12),
        (SL25, 4, 2, 5),
        ("A5xZ3@gens", 5, 3, 15),
        ("act:(1,2,3,4,5);(1,2,3)", 4, 4, 1),
        ("act:(1,2,3,4);(1,3)", 2, 2, 1),
        ("act:(1,2,3,4,5,6,7);(2,3)(4,7)", 6, 6, 1),
    ],
)
def test_least_dimensions_are_realised_and_proved(machine, real, complex_, conductor):
    machine = read(machine) if isinstance(machine, str) else machine
    table, action = of(machine)
    found = furthest(table, action, least_real(table, action))
    over_field = field_representation(action, found)
    proof = proved(machine, over_field)
    assert over_field.conductor == conductor
    assert (proof.width, found.dimension) == (real, real)
    if len(machine.states) > 1:
        # Rounding the start vector changes distances little.
        assert abs(float(proof.distance) / found.distance - 1) < 2e-3
    proof = proved(machine, field_representation(action, with_summands(table, action, least_complex(table, action))))
    assert proof.size == complex_


@settings(deadline=None, max_examples=40)
@given(permutation_machines(max_states=5).map(reachable) | abelian_groups())
def test_every_small_permutation_machine_is_proved(machine):
    table, action = of(machine)
    found = furthest(table, action, least_real(table, action))
    proof = proved(machine, field_representation(action, found))
    assert proof.width == found.dimension


def test_codes_that_rounding_joins_are_refused(monkeypatch):
    table, action = of(read("Dih(30)@gens"))
    found = furthest(table, action, least_real(table, action))
    monkeypatch.setattr(exact, "ROUNDING", 1)
    with pytest.raises(NumericError, match="one code"):
        field_representation(action, found)


def test_limits_are_stated(monkeypatch):
    table, action = of(read("A5@gens"))
    found = furthest(table, action, least_real(table, action))
    monkeypatch.setattr(exact, "PRODUCT_LIMIT", 100)
    with pytest.raises(LimitError, match="products of rationals"):
        field_representation(action, found)
    monkeypatch.setattr(spherical, "SUBGROUP_TRIES", 0)
    monkeypatch.setattr(spherical, "_dihedral", lambda _table, _row: None)
    table, _ = of(read("PSL(2,7)@gens"))
    with pytest.raises(LimitError, match="subgroups tried"):
        spherical_function(table, 3)
