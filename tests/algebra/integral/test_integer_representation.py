"""Integer representations: one code per state, known widths, modules and components that satisfy their equations."""

from __future__ import annotations

import itertools

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.integral.cyclotomic_blocks import CyclotomicBlock, PrimaryPart
from fsm2rnn.algebra.integral.integer_representation import STATE_LIMIT, integer_representation
from fsm2rnn.algebra.integral.permutation_module import (
    dual,
    lattice_bases,
    letter_matrices,
    module,
    short_start,
    smaller_part,
)
from fsm2rnn.algebra.integral.rational_components import group_algebra
from fsm2rnn.algebra.representation.least_representation import least_rational
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read
from tests.strategies import abelian_groups, group_tracker, permutation_machines


def product_action(degree, factors):
    """Return the wreath product of S_degree and S_factors on tuples of points."""
    points = list(itertools.product(range(degree), repeat=factors))
    moves = [
        lambda p: ((p[0] + 1) % degree, *p[1:]),
        lambda p: ((1, 0, *range(2, degree))[p[0]], *p[1:]),
        lambda p: (*p[1:], p[0]),
        lambda p: (p[1], p[0], *p[2:]),
    ]
    return StateMachine.tracker(points, range(4), [[points.index(move(p)) for move in moves] for p in points])


def blocks_action(degree, factors):
    """Return the wreath product of S_degree and S_factors on the points of `factors` blocks."""
    points = list(itertools.product(range(factors), range(degree)))
    moves = [
        lambda p: (0, (p[1] + 1) % degree) if p[0] == 0 else p,
        lambda p: (0, (1, 0, *range(2, degree))[p[1]]) if p[0] == 0 else p,
        lambda p: ((p[0] + 1) % factors, p[1]),
        lambda p: ((1, 0, *range(2, factors))[p[0]], p[1]),
    ]
    return StateMachine.tracker(points, range(4), [[points.index(move(p)) for move in moves] for p in points])


# fmt: off
WIDTHS = [  # width, whether it is the least, largest |code|^2 at most
    ("Q8xZ3@gens",                    4,  True,  4),   # two copies in the group algebra, split by a nilpotent sum
    ("Q8xZ5@gens",                    8,  True,  4),
    ("Q8xQ8@gens",                    8,  True,  2),
    ("Q8xS3@gens",                    6,  True,  20),
    ("Dih(3)xZ4@gens",                4,  True,  20),
    ("Dih(50)@gens",                  20, True,  6),
    ("Dih(4)xDih(4)xDih(4)@gens",     6,  True,  15),
    ("A5xZ3@gens",                    6,  True,  20),
    ("A4xA5@gens",                    7,  True,  20),
    ("PSL(2,11)@gens",                10, True,  30),
    ("act:(1,2,3);(4,5,6);(1,4)(2,5)(3,6)", 4, True, 4),
    ("act:(1,2,3,4,5,6,7,8,9,10,11);(3,7,11,8)(4,10,5,6)", 10, True, 10),  # M11, transitive on pairs
]
REGULAR = [  # groups acting on themselves, by generators
    ([(1, 2, 3, 4, 0), (0, 2, 4, 1, 3)],                       20, 4),  # x -> a x + b modulo 5
    ([(1, 2, 3, 4, 5, 6, 0), (0, 2, 4, 6, 1, 3, 5)],           21, 6),  # x -> a x + b modulo 7, a a square
    ([(0, 1, 3, 4, 2, 7, 5, 6), (3, 7, 2, 6, 1, 5, 0, 4)],     24, 4),  # SL(2,3) on nonzero vectors modulo 3
]
WREATH = [  # groups of 72, 1296, 28,800, 82,944 and 320 elements; the larger ones are not listed
    (product_action(3, 2), 4,  True),
    (product_action(3, 3), 6,  True),
    (product_action(5, 2), 8,  True),
    (product_action(4, 3), 9,  True),
    (blocks_action(4, 3),  9,  True),
    (blocks_action(2, 5),  5,  True),
]
COMPONENTS = [  # dimension of each component over Q, and of its least module
    ("S3@gens",       [(1, 1), (1, 1), (4, 2)]),
    ("Q8@gens",       [(1, 1), (1, 1), (1, 1), (1, 1), (4, 4)]),
    ("Dih(5)@gens",   [(1, 1), (1, 1), (8, 4)]),
    ("A4@gens",       [(1, 1), (2, 2), (9, 3)]),
    ("A5@gens",       [(1, 1), (16, 4), (18, 6), (25, 5)]),
    ("PSL(2,7)@gens", [(1, 1), (18, 6), (36, 6), (49, 7), (64, 8)]),
    ("S6@gens",       [(1, 1)] * 2 + [(25, 5)] * 4 + [(81, 9)] * 2 + [(100, 10)] * 2 + [(256, 16)]),
]
# fmt: on


def assert_represents(machine, found):
    """One code per state, and the letters act on codes as on states."""
    assert len(set(found.codes)) == len(machine.states)
    for state, row in enumerate(machine.table):
        for matrix, target in zip(found.matrices, row, strict=True):
            assert matrix.apply(found.codes[state]) == found.codes[target]


@pytest.mark.parametrize("row", WIDTHS, ids=lambda row: row[0])
def test_widths(row):
    name, width, least, norm = row
    machine = minimise(read(name)).target
    found = Facts(machine).integers
    assert_represents(machine, found)
    assert (found.size, found.least) == (width, least)
    assert max(sum(value * value for _, value in code) for code in found.codes) <= norm


@pytest.mark.parametrize(("generators", "order", "width"), REGULAR)
def test_groups_acting_on_themselves(generators, order, width):
    machine = group_tracker(generators)
    found = Facts(machine).integers
    assert_represents(machine, found)
    assert (len(machine.states), found.size, found.least) == (order, width, True)


def test_modules_may_be_kept_narrow_at_the_price_of_the_total_width():
    # The covering group of the quaternions has an irreducible module of width 4 as well as two of width 2.
    machine = Facts(read("Q8@gens")).covers.dihedral.quotient.source
    found = Facts(machine).integers_within(2)
    assert_represents(machine, found)
    assert (found.size, found.least) == (4, False)
    assert all(
        {row // 2 for row, _ in column} <= {place // 2}
        for matrix in found.matrices
        for place, column in enumerate(matrix.columns)
    )


@pytest.mark.parametrize(("machine", "width", "least"), WREATH, ids=lambda part: getattr(part, "start", part))
def test_wreath_products_on_tuples_and_on_blocks(machine, width, least):
    found = Facts(machine).integers
    assert_represents(machine, found)
    assert (found.size, found.least) == (width, least)


@given(permutation_machines(max_states=6, max_symbols=2))
@settings(deadline=None, max_examples=60)
def test_every_permutation_machine_has_the_least_rational_width(machine):
    machine = minimise(machine).target
    found = Facts(machine).integers
    assert_represents(machine, found)
    assert found.size <= max(1, len(machine.states) - 1)
    if len(machine.states) > 1:
        action = group_action(machine)
        other = least_rational(character_table(action.group), action)
        assert found.size <= other.dimension
        assert found.size == other.dimension or not other.minimal


@given(abelian_groups(periods=(1, 2, 3, 4, 5, 6, 9), max_states=60))
@settings(deadline=None)
def test_abelian_widths_add_up_over_the_primary_invariants(machine):
    machine = minimise(machine).target
    found = Facts(machine).integers
    assert_represents(machine, found)
    assert found.least
    if len(machine.states) > 1:
        action = group_action(machine)
        assert found.size == least_rational(character_table(action.group), action).dimension


@pytest.mark.parametrize(("name", "wanted"), COMPONENTS, ids=lambda part: part if isinstance(part, str) else "")
def test_the_components_of_a_group_algebra(name, wanted):
    algebra = group_algebra(group_action(read(name)))
    assert [(component.dimension, component.least) for component in algebra.components] == wanted
    values = np.array([component.values for component in algebra.components])
    # Their characters add up to the regular one, and different ones are orthogonal.
    assert values.sum(axis=0).tolist() == [len(algebra.table), *[0] * (len(algebra.table) - 1)]
    assert (values @ values.T == np.diag([len(algebra.table) * part.dimension for part in algebra.components])).all()


def test_functions_on_cosets_span_the_component_and_are_kept_by_the_letters():
    algebra = group_algebra(group_action(read("S4@gens")))
    for subgroup, component in itertools.product(next(algebra.subgroups()), algebra.components):
        functions, maps = algebra.coset_functions(component, subgroup), algebra.coset_maps(subgroup)
        rank = np.linalg.matrix_rank(functions)
        assert rank == algebra.widths([subgroup])[algebra.components.index(component), 0]
        for letter in maps:
            assert np.linalg.matrix_rank(np.concatenate([functions, functions[:, letter]])) == rank
        orbitals = algebra.orbitals(subgroup)
        assert all((orbitals[letter][:, letter] == orbitals).all() for letter in maps)


def test_a_module_its_dual_and_a_start_vector():
    machine = read("S5@gens")
    algebra = group_algebra(group_action(machine))
    natural = next(part for part in algebra.components if part.dimension == 16)
    subgroup = next(found for found in next(algebra.subgroups()) if algebra.widths([found])[2, 0] == 4)
    assert natural is algebra.components[2]
    table = np.array(machine.table)
    maps = algebra.coset_maps(subgroup)
    for basis in lattice_bases(algebra.coset_functions(natural, subgroup)):
        matrices = letter_matrices(basis, maps)
        assert all((basis[:, letter] == matrix @ basis).all() for letter, matrix in zip(maps, matrices, strict=True))
        for acting in (matrices, dual(matrices)):
            made = module(acting, table, machine.start)
            start = short_start(made, 120)
            codes = made.codes(start.vector)
            assert len(np.unique(codes, axis=0)) == 120
            assert start.norm == (codes**2).sum(axis=1).max()
            assert short_start(made, 120, start.norm) is None


def test_a_multiple_of_a_module_is_split_where_the_group_algebra_has_zero_divisors():
    split = group_algebra(group_action(read("Q8xZ3@gens")))
    trivial = np.array([0])
    double = split.components[-1]
    assert (double.dimension, double.least) == (8, 4)
    functions, width = smaller_part(split.coset_functions(double, trivial), split.orbitals(trivial))
    assert width == np.linalg.matrix_rank(functions) == 4
    # The rational quaternions are a division algebra.
    division = group_algebra(group_action(read("Q8@gens")))
    assert smaller_part(division.coset_functions(division.components[-1], trivial), division.orbitals(trivial)) is None


# fmt: off
VANISHING = [  # groups of order 48 among whose sums of orbital matrices some are zero
    ("perm:(2,3)(4,5,6,9,7,10,12,15,8,11,13,16,14,17,18,19);(1,2,3)", 10),
    (("perm:(7,13,8,14)(9,12,10,11);(1,3,5)(2,4,6);(1,2)(3,4)(5,6)(9,11)(10,12)(13,14);"
      "(1,3)(2,4)(7,9)(8,10)(11,13)(12,14)"), 6),
]
# fmt: on


@pytest.mark.parametrize(("text", "width"), VANISHING)
def test_sums_of_orbital_matrices_have_exact_ranks(text, width):
    # The tolerance of a float rank scales with rounding noise where a sum is zero, and calls the noise regular.
    machine = read(text)
    found = integer_representation(machine, lambda: group_action(machine), lambda: None)
    assert found.size == width


@pytest.mark.parametrize("text", ["Q8xZ3@gens", "QD16@gens", "SL(2,3)@gens"])
def test_functions_of_a_smaller_module_have_the_width_that_is_said_of_them(text):
    algebra = group_algebra(group_action(read(text)))
    trivial = np.array([0])
    for component in algebra.components:
        functions = algebra.coset_functions(component, trivial)
        while (found := smaller_part(functions, algebra.orbitals(trivial))) is not None:
            functions, smaller = found
            assert smaller == flint.fmpz_mat(functions.tolist()).rank() >= component.least


@given(st.sampled_from([(2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (5, 1), (5, 2), (7, 1)]), st.booleans())
def test_powers_are_remainders_modulo_the_cyclotomic_polynomial(prime_power, doubled):
    prime, exponent = prime_power
    parts = (PrimaryPart(prime, prime**exponent, 0),)
    block = CyclotomicBlock((*parts, PrimaryPart(2, 2, 1)) if doubled and prime > 2 else parts)
    polynomial = flint.fmpz_poly.cyclotomic(block.order)
    assert block.size == polynomial.degree()
    for power, found in enumerate(block.powers()):
        remainder = flint.fmpz_poly([0] * power + [1]) % polynomial
        assert found == tuple((place, int(value)) for place, value in enumerate(remainder.coeffs()) if value)


def test_letters_that_neither_permute_nor_reset_are_refused():
    with pytest.raises(InputError, match="neither permutes"):
        _ = Facts(read("tomita3")).integers
    with pytest.raises(InputError, match="do not reach"):
        _ = Facts(read("maps:1,0,2;0,0,0;2,2,2")).integers


def test_resets_add_one_coordinate():
    table = [(*row, 0, 1) for row in group_tracker([(1, 0, 2, 3), (1, 2, 3, 0)]).table]
    machine = StateMachine.tracker(range(24), range(4), table)
    found = Facts(machine).integers
    assert_represents(machine, found)
    assert (found.size, found.least) == (4, False)


def test_a_group_beyond_the_limits_keeps_its_permutations():
    """A Frobenius group of order 379 * 7 acts faithfully on no fewer than 379 points."""
    root = next(root for root in range(2, 379) if pow(root, 7, 379) == 1)
    table = [((a + root**b) % 379 * 7 + b, 7 * a + (b + 1) % 7) for a in range(379) for b in range(7)]
    found = Facts(StateMachine.tracker(range(379 * 7), "ab", table)).integers
    assert (found.size, found.least) == (379 * 7 - 1, False)
    assert Facts(read("A7@gens")).integers.size == 6
    with pytest.raises(LimitError, match="integer representation"):
        _ = Facts(read(f"C{STATE_LIMIT + 1}@gens")).integers
