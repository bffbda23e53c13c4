"""Groups of the catalogue: multiplication of permutations, group laws, generators."""

from __future__ import annotations

import itertools
import re

import pytest

from fsm2rnn.machine.permutations import compose
from fsm2rnn.source.named.permutation_groups import cycles
from fsm2rnn.source.read import read


@pytest.mark.parametrize("name", ["S4", "A4", "A5", "V4", "Dih(5)", "PSL(2,5)"])
def test_a_group_machine_multiplies_permutations_left_to_right(name):
    machine = read(name)
    degree = max(int(point) for label in machine.states for point in re.findall("[0-9]+", label))
    named = {cycles(images): images for images in itertools.permutations(range(degree))}
    assert list(machine.states) == sorted(machine.states, key=named.__getitem__)
    for (g, state), (h, symbol) in itertools.product(enumerate(machine.states), enumerate(machine.symbols)):
        product = cycles(compose(named[state], named[symbol]))
        assert machine.states[machine.table[g][h]] == product


@pytest.mark.parametrize("name", ["Z12", "Q8", "Z2xZ4", "V4xZ3", "Q8xZ2", "S3xA4", "PSL(2,7)", "Z2xS3xZ2"])
def test_group_laws(name):
    machine = read(name)
    table = machine.table
    order = len(machine.states)
    assert machine.states == machine.symbols == machine.outputs
    assert machine.start == 0
    assert list(table[0]) == list(range(order))
    assert all(row[0] == g for g, row in enumerate(table))
    assert all(sorted(row) == list(range(order)) for row in table)
    # Associativity against every element is Light's test; a few elements generate the rest.
    for s in range(min(order, 12)):
        for g in range(order):
            assert [table[table[g][s]][h] for h in range(order)] == [table[g][table[s][h]] for h in range(order)]


def test_quaternions_multiply_as_hamilton_wrote():
    q8 = read("Q8")
    for left, right, product in [("i", "j", "k"), ("j", "k", "i"), ("k", "i", "j"), ("j", "i", "-k"), ("i", "i", "-1")]:
        assert q8.states[q8.run([left, right])[-1]] == product


@pytest.mark.parametrize("name", ["S5", "A4", "A5", "A6", "Q8", "Dih(7)", "V4", "PSL(2,7)", "Z6", "A4xZ5", "Z2xQ8"])
def test_generators_generate_the_same_group(name):
    full, generated = read(name), read(f"{name}@gens")
    assert set(generated.states) == set(full.states)
    for word in itertools.product(generated.symbols, repeat=3):
        assert generated.states[generated.run(word)[-1]] == full.states[full.run(word)[-1]]


def test_generators_are_the_documented_ones():
    expected = {
        "Z6": ("1",),
        "S5": ("(1,2)", "(1,2,3,4,5)"),
        "S2": ("(1,2)",),
        "A5": ("(1,2,3)", "(1,2,3,4,5)"),
        "A4": ("(1,2,3)", "(2,3,4)"),
        "Q8": ("i", "j"),
        "S3xZ4": ("(1,2)|0", "(1,2,3)|0", "()|1"),
        "S1xZ4": ("()|1",),
        "Z1": ("0",),
    }
    assert {name: read(f"{name}@gens").symbols for name in expected} == expected
