"""Idempotents with one image or one kernel: witnesses, refusals, and products of contractions that have none."""

from __future__ import annotations

import dataclasses
import itertools
import random
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.structural_witness import BlockGroupViolation
from fsm2rnn.source.read import read


def minimal(name):
    return minimise(read(name)).target


def refused(match, make, *arguments, **changes):
    with pytest.raises(CertificateError, match=match) as caught:
        make(*arguments, **changes)
    assert caught.value.field == "witness"


change = dataclasses.replace

FLIP_FLOP = minimal("flip-flop")
RESETS = BlockGroupViolation(FLIP_FLOP, (1,), (2,), (), ())
# Both letters have the image {p, q}; r goes to p under one and to q under the other.
MIRROR = StateMachine.tracker("pqr", "efg", [[0, 0, 2], [1, 1, 2], [0, 1, 2]], 0)


def test_distinct_idempotents_with_one_image_or_kernel_are_compared():
    assert RESETS.to_json() == {
        "kind": "block-group-violation",
        "first": ["set0"],
        "second": ["set1"],
        "prefix": [],
        "suffix": [],
        "reaches": ["0", "1"],
    }
    assert str(RESETS) == "set0 and set1 are distinct idempotents with one image or one kernel"
    assert RESETS.hypotheses == (
        "one layer",
        "no additive term",
        "Euclidean contractions",
        "a decoder that reads the state itself",
        "finite orbit",
    )
    assert BlockGroupViolation(MIRROR, (0,), (1,), (2,), ()).reaches == (0, 1)


def test_words_that_are_no_such_idempotents_are_refused():
    message = "no pair of idempotents with one image or one kernel"
    for first, second in [((0,), (1,)), ((1,), (0,)), ((), (2,)), ((2,), (0,))]:
        refused(message, change, RESETS, first=first, second=second)
    refused(message, change, BlockGroupViolation(MIRROR, (0,), (1,), (2,), ()), second=(2,))
    parity = minimal("parity")
    refused(message, BlockGroupViolation, parity, (), (1,), (), ())
    refused(message, BlockGroupViolation, parity, (1,), (1,), (), ())
    refused("are not told apart", change, RESETS, second=(1,))
    refused("are not told apart", change, RESETS, second=(1, 1))
    refused("are not told apart", change, RESETS, suffix=(1,))
    refused("a word has a symbol outside", change, RESETS, first=(3,))
    refused("a word has a symbol outside", change, RESETS, prefix=(3,))


@pytest.mark.parametrize("half", ["ef = e alone", "fe = f alone", "ef = f alone", "fe = e alone"])
def test_both_equations_of_a_pair_are_needed(half):
    # e keeps p, q and sends r to p; c is constant p: ec = c = ce, one equation of each pair and no more.
    machine = StateMachine.tracker("pqr", "ec", [[0, 0], [1, 0], [0, 0]], 0)
    first, second = ((0,), (1,)) if half in {"ef = f alone", "fe = f alone"} else ((1,), (0,))
    refused("no pair of idempotents", BlockGroupViolation, machine, first, second, (), ())


def test_the_words_are_compared_on_every_state():
    # On p and q alone the letters are resets; on r they are not idempotent.
    table = [[0, 1, 2], [0, 1, 2], [3, 3, 2], [0, 1, 2]]
    machine = StateMachine.tracker("pqrs", "abr", table, 0)
    refused("no pair of idempotents", BlockGroupViolation, machine, (0,), (1,), (), ())


# Contractions whose products are finitely many have no such pair.


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


def test_idempotents_with_one_image_or_one_kernel_are_equal():
    pairs = largest = 0
    for _, matrices in finite_monoids(random.Random(3), 60):
        idempotents = [matrix for matrix in matrices if times(matrix, matrix) == matrix]
        largest = max(largest, len(matrices))
        for first, second in itertools.combinations(idempotents, 2):
            left, right = times(first, second), times(second, first)
            pairs += 1
            assert (left, right) != (first, second), "one kernel"
            assert (left, right) != (second, first), "one image"
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
                "pair of idempotents|told apart",
                BlockGroupViolation,
                machine,
                first,
                second,
                generator.choice(words),
                (),
            )
