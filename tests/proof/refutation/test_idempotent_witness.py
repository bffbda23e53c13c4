"""Idempotents that do not commute: witnesses, refusals, and products of contractions that have none."""

from __future__ import annotations

import dataclasses
import itertools
import random
from fractions import Fraction

import pytest

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.merging_witness import NoncommutingIdempotents
from tests.proof.refusals import minimal, refused

change = dataclasses.replace

FLIP_FLOP = minimal("flip-flop")
RESETS = NoncommutingIdempotents(FLIP_FLOP, (1,), (2,), (), ())
# Both letters have the image {p, q}; r goes to p under one and to q under the other.
MIRROR = StateMachine.tracker("pqr", "efg", [[0, 0, 2], [1, 1, 2], [0, 1, 2]], 0)


def test_idempotents_are_compared_in_two_orders():
    assert RESETS.to_json() == {
        "kind": "idempotents-do-not-commute",
        "first": ["set0"],
        "second": ["set1"],
        "prefix": [],
        "suffix": [],
        "reaches": ["1", "0"],
    }
    assert str(RESETS) == "set0 and set1 are idempotents that do not commute"
    assert RESETS.hypotheses == (
        "one layer",
        "no additive term",
        "Euclidean contractions",
        "a decoder that reads the state itself",
        "finite orbit",
    )
    assert NoncommutingIdempotents(MIRROR, (0,), (1,), (2,), ()).reaches == (0, 1)


def test_words_with_one_image_refute_an_additive_term_too():
    mirror = NoncommutingIdempotents(MIRROR, (0,), (1,), (2,), ())
    assert mirror.one_image
    assert mirror.hypotheses == ("one layer", "Euclidean contractions", "a decoder that reads the state itself")
    assert mirror.contracts == frozenset(Contract)
    assert RESETS.contracts == frozenset(Contract) - {Contract.ROBUST}
    assert str(mirror) == "e and f are different idempotents with one image"
    # Resets have one kernel: with a write term there are such networks.
    assert not RESETS.one_image
    # One image holds the other: {p, q, s} and {p, q}.
    smaller = StateMachine.tracker("pqsr", "egm", [[0, 0, 3], [1, 1, 3], [2, 0, 3], [0, 1, 3]], 0)
    assert not NoncommutingIdempotents(smaller, (0,), (1,), (2,), ()).one_image
    assert not NoncommutingIdempotents(smaller, (1,), (0,), (2,), ()).one_image


def test_idempotents_of_different_images_and_kernels():
    # a: s -> p, the rest fixed; b: p -> q, the rest fixed. a b and b a differ at s alone.
    machine = StateMachine.tracker("pqs", "abs", [[0, 1, 2], [1, 1, 2], [0, 2, 2]], 0)
    assert NoncommutingIdempotents(machine, (0,), (1,), (2,), ()).reaches == (1, 0)
    refused("are not told apart", NoncommutingIdempotents, machine, (0,), (1,), (), ())


def test_words_that_are_no_such_idempotents_are_refused():
    parity = minimal("parity")
    refused("1 is no idempotent", NoncommutingIdempotents, parity, (), (1,), (), ())
    refused("1 is no idempotent", NoncommutingIdempotents, parity, (1,), (), (), ())
    refused("are not told apart", NoncommutingIdempotents, parity, (), (1, 1), (), ())
    refused("are not told apart", change, RESETS, second=(1,))
    refused("are not told apart", change, RESETS, suffix=(1,))
    refused("a word has a symbol outside", change, RESETS, first=(3,))
    refused("a word has a symbol outside", change, RESETS, prefix=(3,))


@pytest.mark.parametrize("words", [((0,), (1,)), ((1,), (0,))])
def test_the_words_are_squared_on_every_state(words):
    # On p and q the letters a and b are resets; a moves r to s and s to p.
    table = [[0, 1, 2], [0, 1, 2], [3, 1, 2], [0, 1, 2]]
    machine = StateMachine.tracker("pqrs", "abr", table, 0)
    refused("a is no idempotent", NoncommutingIdempotents, machine, *words, (), ())


# Idempotents among finitely many products of contractions commute.


def contraction(key, beta):
    """Return I - beta k k^T / |k|^2."""
    square = sum(value * value for value in key)
    size = range(len(key))
    return tuple(tuple(Fraction(int(i == j)) - Fraction(beta * key[i] * key[j], square) for j in size) for i in size)


def times(left, right):
    return tuple(
        tuple(sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True))
        for row in left
    )


def monoid(generators, cap=150):
    found = dict.fromkeys(generators)
    queue = list(found)
    for matrix in queue:
        for generator in generators:
            product = times(matrix, generator)
            if product not in found:
                if len(found) == cap:
                    return None
                found[product] = None
                queue.append(product)
    return list(found)


def finite_monoids(generator, count):
    """Yield finite monoids of products of reflections (beta 2) and projections (beta 1)."""
    found = 0
    while found < count:
        size = generator.choice([2, 3])
        keys = [tuple(generator.choice([-1, 0, 1]) for _ in range(size)) for _ in range(3)]
        keys = [key for key in keys if any(key)]
        generators = tuple(contraction(key, generator.choice([0, 1, 1, 2])) for key in keys)
        matrices = monoid(generators) if generators else None
        if matrices is not None:
            found += 1
            yield generators, matrices


def test_idempotents_commute():
    pairs = largest = 0
    for _, matrices in finite_monoids(random.Random(3), 60):
        idempotents = [matrix for matrix in matrices if times(matrix, matrix) == matrix]
        largest = max(largest, len(matrices))
        for first, second in itertools.combinations(idempotents, 2):
            pairs += 1
            assert times(first, second) == times(second, first)
        # An idempotent contraction is an orthogonal projection.
        assert all(matrix == tuple(zip(*matrix, strict=True)) for matrix in idempotents)
    assert pairs > 100
    assert largest > 20


def test_networks_of_contractions_have_no_witness():
    generator = random.Random(4)
    for generators, _ in finite_monoids(generator, 25):
        start = tuple(Fraction(generator.randrange(-2, 3)) for _ in generators[0])
        states = {start: 0}
        for state in (queue := [start]):
            for matrix in generators:
                reached = tuple(sum(a * b for a, b in zip(row, state, strict=True)) for row in matrix)
                if reached not in states:
                    states[reached] = len(states)
                    queue.append(reached)
        table = [
            [
                states[tuple(sum(a * b for a, b in zip(row, state, strict=True)) for row in matrix)]
                for matrix in generators
            ]
            for state in queue
        ]
        machine = StateMachine.tracker(range(len(queue)), range(len(generators)), table, 0)
        words = [word for size in range(4) for word in itertools.product(range(len(generators)), repeat=size)]
        for first, second in generator.choices(list(itertools.product(words, repeat=2)), k=60):
            refused(
                "no idempotent|told apart",
                NoncommutingIdempotents,
                machine,
                first,
                second,
                generator.choice(words),
                (),
            )
