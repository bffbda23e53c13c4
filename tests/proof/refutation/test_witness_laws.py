"""The laws tried on networks of their families: a machine that such a network tracks has no witness."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.replay import state_after
from fsm2rnn.proof.refutation.witness import BrokenLaw
from tests.proof.orbit_networks import affine_networks, machine_of, matrix_networks, orbit_of
from tests.proof.refusals import refused


def all_words(symbols, length):
    return [word for size in range(length + 1) for word in itertools.product(range(symbols), repeat=size)]


def no_broken_law(machine, law, generator, tries=60):
    """Refuse the law on random words in place of its letters; the outputs are the states, so no suffix is needed."""
    for _ in range(tries):
        letters = len(set(law.value[0]))
        words = tuple(
            tuple(generator.randrange(len(machine.symbols)) for _ in range(generator.randrange(4)))
            for _ in range(letters)
        )
        prefix = tuple(generator.randrange(len(machine.symbols)) for _ in range(generator.randrange(4)))
        refused("are not told apart", BrokenLaw, machine, law, words, prefix, ())


@pytest.mark.parametrize("law", [Law.RIGHT_REGULAR, Law.SQUARES_BEFORE, Law.ORDER_BEFORE], ids=lambda law: law.name)
def test_affine_diagonal_networks_obey_the_laws(law):
    generator = random.Random(law.name)
    negative = law is not Law.RIGHT_REGULAR
    sizes = []
    for letters, start in itertools.islice(affine_networks(generator, negative=negative), 150):
        machine = machine_of(letters, start)
        sizes.append(len(machine.states))
        no_broken_law(machine, law, generator, 25)
    assert max(sizes) > 5


def test_the_laws_of_non_negative_factors_fail_for_real_ones():
    generator = random.Random(0)
    networks = itertools.islice(affine_networks(generator, negative=True), 300)
    machines = [machine_of(*network) for network in networks]
    found = 0
    for machine in machines:
        for word in all_words(len(machine.symbols), 2):
            left, right = (state_after(machine, 0, word * times) for times in (2, 1))
            found += left != right and bool(BrokenLaw(machine, Law.RIGHT_REGULAR, (word, ()), (), ()))
    assert found > 20


def test_diagonal_networks_and_turning_blocks_commute_even_on_infinite_orbits():
    generator = random.Random(2)
    turn = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))
    for _ in range(40):
        powers = [generator.choice([0, 1, 2, 5]) for _ in range(2)]
        factors = [Fraction(generator.randrange(-4, 5), 3) for _ in range(2)]
        words = list(itertools.product(range(2), repeat=2))
        ends = {}
        for word in words:
            state, plane = Fraction(1), (Fraction(1), Fraction(0))
            for letter in word:
                state *= factors[letter]
                for _ in range(powers[letter]):
                    plane = tuple(sum(a * b for a, b in zip(row, plane, strict=True)) for row in turn)
            ends[word] = state, plane
        assert ends[0, 1] == ends[1, 0]


@pytest.mark.parametrize("invertible", [False, True])
def test_blocks_of_two_obey_the_law_of_squares(invertible):
    generator = random.Random(5)
    turned = 0
    for letters, start in itertools.islice(matrix_networks(generator, blocks=2, invertible=invertible), 500):
        machine = machine_of(letters, start)
        if all(len(set(column)) == len(column) for column in zip(*machine.table, strict=True)):
            no_broken_law(machine, Law.SQUARES, generator, 15)
            turned += any(row[0] != row[1] and len(machine.states) > 4 for row in machine.table)
    assert turned > (100 if invertible else 10)


def test_the_groups_of_such_blocks_need_not_commute():
    generator = random.Random(9)
    networks = itertools.islice(matrix_networks(generator, blocks=1, invertible=True), 100)
    tables = [machine_of(*network).table for network in networks]
    assert sum(any(table[row[0]][1] != table[row[1]][0] for row in table) for table in tables) > 10


def test_invertible_networks_of_finite_orbit_merge_nothing():
    generator = random.Random(6)
    seen = 0
    for letters, start in itertools.islice(matrix_networks(generator, blocks=1, invertible=True), 100):
        machine = machine_of(letters, start)
        for column in zip(*machine.table, strict=True):
            assert len(set(column)) == len(column)
        seen += len(machine.states) > 3
    assert seen > 10


def test_diagonal_networks_of_finite_orbit_always_return():
    generator = random.Random(7)
    for letters, start in itertools.islice(affine_networks(generator, negative=True, gaussian=True), 150):
        machine = machine_of(letters, start)
        for word in all_words(len(machine.symbols), 3):
            state = first = state_after(machine, 0, word)
            for _ in machine.states:
                state = state_after(machine, state, word)
                if state == first:
                    break
            assert state == first


@pytest.mark.parametrize(("negative", "stride"), [(False, 1), (True, 2)])
def test_bounded_diagonal_networks_come_to_rest(negative, stride):
    generator = random.Random(stride)
    factors = [Fraction(part, 4) for part in range(-4 if negative else 0, 5)]
    for _ in range(200):
        letters = [(generator.choice(factors), Fraction(generator.randrange(-3, 4))) for _ in range(2)]
        word = [generator.randrange(2) for _ in range(3)]
        state, ends = Fraction(generator.randrange(-2, 3)), []
        for _ in range(90):
            for letter in word * stride:
                a, b = letters[letter]
                state = a * state + b
            ends.append(state)
        growth = abs(ends[-1]) > abs(ends[40]) + 1
        assert growth or abs(ends[-1] - ends[-2]) < Fraction(1, 1000)


def test_the_networks_of_these_tests_have_finite_orbits():
    generator = random.Random(8)
    for letters, start in itertools.islice(affine_networks(generator, negative=True), 20):
        orbit = orbit_of(letters, start)
        assert {letter(state) for state in orbit for letter in letters} <= set(orbit)
