"""Signed-permutation forms: exact simulation, known widths, none narrower by trying all; degrees; subgroups counted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group import subgroup_classes as subgroups
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.signed.induced_signs import induced, least_sum, letter_signs
from fsm2rnn.algebra.signed.monomial import STATE_LIMIT
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.source.read import read
from tests.algebra.signed.monomial_degree import least_monomial_degree
from tests.strategies import abelian_groups, group_tracker, permutation_machines

F20 = "act:(1,2,3,4,5);(2,3,5,4)"
# Signed permutations of four axes, points 0 .. 3 and 4 .. 7 being opposite.
HYPEROCTAHEDRAL = group_tracker([(1, 2, 3, 0, 5, 6, 7, 4), (1, 0, 2, 3, 5, 4, 6, 7), (4, 1, 2, 3, 0, 5, 6, 7)])

# fmt: off
DEGREES = [
    *((f"Z{order}@gens", 1) for order in (1, 2, 3, 5, 12, 60)),
    ("V4", 2), ("S3", 2), ("Dih(4)", 2), ("Q8", 2), ("A4", 3), ("S4@gens", 3), (F20, 4), ("A5@gens", 5), ("S5@gens", 5),
    ("PSL(2,7)@gens", 7), ("A6@gens", 6), ("S6@gens", 6), ("PSL(2,11)@gens", 11), (HYPEROCTAHEDRAL, 4),
]
FORMS = [  # machine, width, largest entry of a code
    ("Z1", 1, 1), ("Z2", 1, 1), ("Z3", 3, 1), ("Z4@gens", 2, 1), ("Z6", 3, 1), ("Z8", 4, 1), ("Z12", 5, 1),
    ("Z60@gens", 10, 1), ("Z50@gens", 25, 1), ("Z1009@gens", 1009, 1), ("V4", 2, 1), ("Z2xZ4", 3, 1), ("Z3xZ3", 6, 1),
    ("Z2xZ2xZ2xZ2xZ2xZ2@gens", 6, 1), ("S3", 3, 1), ("Dih(4)", 2, 2), ("Dih(5)", 5, 1), ("Q8", 4, 1),
    ("Q8xZ3@gens", 7, 1), ("A4", 3, 1), ("S4@gens", 3, 2), ("A5@gens", 5, 2), ("S5@gens", 5, 2),
    ("A6@gens", 6, 2), ("S6@gens", 6, 3), ("PSL(2,7)@gens", 7, 2), ("PSL(2,11)@gens", 11, 2),
    ("A5xZ2@gens", 5, 2), ("A5xA4@gens", 8, 2),
    (HYPEROCTAHEDRAL, 4, 4), ("act:(1,2,3,4,5);(1,2,3)", 5, 1), ("act:(1,2,3,4,5,6);(1,2)", 6, 1),
    ("act:(1,2,3,4);(1,3)", 2, 1), ("act:(1,2,3,4,5,6,7);(2,3)(4,7)", 7, 1), (F20, 5, 1),
]
CLASSES = [  # classes of subgroups, and subgroups
    ("Z60@gens", 12, 12), ("V4", 5, 5), ("S3", 4, 6), ("Q8", 6, 6), ("Dih(4)", 8, 10), ("A4", 5, 10),
    ("S4@gens", 11, 30), ("A5@gens", 9, 59), ("S5@gens", 19, 156), ("PSL(2,7)@gens", 15, 179),
    ("A6@gens", 22, 501), ("S6@gens", 56, 1455),
]
# fmt: on


def machine_of(machine):
    return read(machine) if isinstance(machine, str) else machine


def assert_simulates(machine, form):
    """Signed permutations that act on distinct codes as the letters do on states."""
    assert len(np.unique(form.codes, axis=0)) == len(machine.states)
    assert (np.sort(form.maps, axis=1) == np.arange(form.size)).all()
    assert set(np.unique(form.signs)) <= {-1, 1}
    for letter, targets in enumerate(zip(*machine.table, strict=True)):
        moved = np.zeros_like(form.codes)
        moved[:, form.maps[letter]] = form.signs[letter] * form.codes
        assert np.array_equal(moved, form.codes[list(targets)])


@pytest.mark.parametrize(("machine", "degree"), DEGREES)
def test_least_degrees_of_faithful_monomial_representations(machine, degree):
    table = group_action(machine_of(machine)).group
    found = least_monomial_degree(table)
    assert (found.degree, found.least) == (degree, True)
    inside = np.isin(np.arange(len(table)), found.subgroup)
    assert inside[table.columns[np.ix_(found.subgroup, found.subgroup)]].all()
    assert len(found.subgroup) * degree == len(table)
    # K / L is cyclic: some power map x -> x^i, i < |K : L|, misses L; and the conjugates of L meet in 1.
    steps = [found.subgroup]
    for _ in range(len(found.subgroup) // len(found.kernel) - 1):
        steps.append(table.product(steps[-1], found.subgroup))
    assert (~np.isin(steps[:-1], found.kernel)).all(axis=0).any() or len(steps) == 1
    inverses = np.argmin(table.columns, axis=0)
    everything = np.arange(len(table))[:, None]
    conjugates = table.product(inverses[everything], found.kernel[None], everything)
    assert set.intersection(*map(set, conjugates.tolist())) == {0}


@pytest.mark.parametrize(("machine", "width", "largest"), FORMS)
def test_least_widths_of_signed_permutations(machine, width, largest):
    machine = machine_of(machine)
    form = Facts(machine).signed
    assert_simulates(machine, form)
    assert (form.size, form.least) == (width, True)
    assert np.abs(form.codes).max() == largest
    assert form.reason


def test_all_elements_as_letters():
    machine = read("S5")
    form = Facts(machine).signed
    assert_simulates(machine, form)
    assert form.maps.shape == (120, 5)
    assert set(np.unique(form.codes)) == {-2, -1, 0, 1, 2}


@given(permutation_machines(max_states=6))
@settings(deadline=None, max_examples=60)
def test_every_permutation_machine_has_a_form(machine):
    machine = reachable(machine)
    form = Facts(machine).signed
    assert_simulates(machine, form)
    assert form.size <= len(machine.states)
    assert form.least


def signed_permutations(size):
    """Return all signed permutation matrices."""
    return [
        np.eye(size)[:, list(order)] * signs
        for order in itertools.permutations(range(size))
        for signs in itertools.product([1, -1], repeat=size)
    ]


def has_form(machine, letters):
    """Whether some start vector has one code per state, all different, under these matrices."""
    paths = {machine.start: np.eye(len(letters[0]))}
    order, moved = [machine.start], [np.zeros_like(letters[0])]
    for state in order:
        for matrix, target in zip(letters, machine.table[state], strict=True):
            if target not in paths:
                paths[target] = matrix @ paths[state]
                order.append(target)
            moved.append(matrix @ paths[state] - paths[target])
    _, singular, rows = np.linalg.svd(np.concatenate(moved))
    fixed = rows[singular < 1e-9]
    return all(np.abs((paths[state] - paths[machine.start]) @ fixed.T).sum() > 1e-9 for state in order[1:])


@given(permutation_machines(max_states=4, max_symbols=2))
@settings(deadline=None, max_examples=25)
def test_no_narrower_signed_permutations_do_it(machine):
    machine = reachable(machine)
    for size in range(1, min(4, Facts(machine).signed.size)):
        choices = itertools.product(signed_permutations(size), repeat=len(machine.symbols))
        assert not any(has_form(machine, letters) for letters in choices)


@pytest.mark.parametrize("name", ["Q8@gens", "Dih(5)@gens"])
def test_no_three_coordinates_do_it(name):
    machine = read(name)
    assert not any(has_form(machine, letters) for letters in itertools.product(signed_permutations(3), repeat=2))


@given(abelian_groups(periods=(1, 2, 3, 4, 5, 6, 8, 9), max_states=40))
@settings(deadline=None, max_examples=50)
def test_the_formula_for_abelian_groups_agrees_with_the_search(machine):
    form = Facts(machine).signed
    assert_simulates(machine, form)
    if len(machine.states) > 1:
        found = least_sum(group_action(machine))
        assert found.least
        assert sum(part.width for part in found.parts) == form.size


def test_induced_representations_are_homomorphisms():
    action = group_action(read("S4"))  # a letter for each element, in the order of the letters
    classes = subgroups.subgroup_classes(action.group, lambda _: True)
    for found in classes.found:
        maps, signs = letter_signs(action, induced(action, found.members, 0))
        assert (signs == 1).all()
        for left, right in itertools.product(range(0, 24, 5), range(24)):
            product = action.group.product(*action.letters[[left, right]])
            place = int(np.flatnonzero(action.letters == product)[0])
            assert np.array_equal(maps[right][maps[left]], maps[place])


@pytest.mark.parametrize(("name", "classes", "count"), CLASSES)
def test_numbers_of_subgroups(name, classes, count):
    table = group_action(read(name)).group
    found = subgroups.subgroup_classes(table, lambda _: True)
    assert found.complete
    assert len(found.found) == classes
    assert sum(len(table) // len(item.normaliser) for item in found.found) == count


def test_a_search_that_meets_its_limit_claims_nothing(monkeypatch):
    machine = read("S4@gens")
    monkeypatch.setattr(subgroups, "JOIN_LIMIT", 2)
    assert not subgroups.subgroup_classes(group_action(machine).group, lambda _: True).complete
    assert not least_monomial_degree(group_action(machine).group).least
    form = Facts(machine).signed
    assert_simulates(machine, form)
    assert (form.size, form.least) == (3, True)  # no rational representation has less than 3 dimensions
    form = Facts(read("S3")).signed
    assert (form.size, form.least) == (3, False)  # a rational one has 2


def test_a_group_that_is_not_listed_keeps_its_permutations():
    machine = read("act:(1,2,3,4,5,6,7);(1,2)")
    form = Facts(machine).signed
    assert_simulates(machine, form)
    assert (form.size, form.least) == (7, False)


def test_other_machines_are_refused():
    with pytest.raises(InputError, match="permute"):
        _ = Facts(read("flip-flop")).signed
    with pytest.raises(InputError, match="reach"):
        _ = Facts(read("act:(1,2)(3,4)")).signed
    with pytest.raises(LimitError, match="signed-permutation"):
        _ = Facts(read(f"Z{STATE_LIMIT + 1}@gens")).signed
