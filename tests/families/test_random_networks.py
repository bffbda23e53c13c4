"""Random networks of a family, in exact numbers: of no machine that one of them is the family says impossible."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from fsm2rnn.compiler import find_target, minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.proof.claim.contract import Contract
from tests.proof.orbit_networks import machine_of, orbit_of

CAP = 16
LETTERS = 2
UNITS = [1, -1, 1j, -1j]


def delta(generator, sizes, letter):
    """Yield letters on heads side by side, each of one update."""
    heads = [[letter(generator, size) for size in sizes] for _ in range(LETTERS)]
    return [lambda state, row=row: tuple(step(h) for step, h in zip(row, state, strict=True)) for row in heads]


def update(gates):
    """Return what draws h <- g (h - b k (k . h)) + b k v, k over its norm, by which v is multiplied, g of `gates`."""

    def draw(generator, size):
        key = [generator.choice([0, 1, -1]) for _ in range(size)]
        norm = sum(one * one for one in key) or 1
        gate, beta = generator.choice(gates), generator.choice([0, 1, 2, Fraction(1, 2)])
        value = generator.choice([0, 1, -1, 2])

        def step(h):
            read = gate * sum(a * b for a, b in zip(key, h, strict=True))
            return tuple(gate * x - Fraction(beta * (read - value), norm) * k for x, k in zip(h, key, strict=True))

        return step

    return draw


def masked(generator, size):
    """S <- S (diag(w) - k^T (a k)) + v q with k over its norm, w > 0 and a in [0, 2] for each coordinate."""
    key = [generator.choice([0, 1, -1]) for _ in range(size)]
    norm = sum(one * one for one in key) or 1
    decay = [generator.choice([1] * 8 + [Fraction(3, 4)]) for _ in range(size)]
    rate = [generator.choice([0, 1, 2]) for _ in range(size)]
    written = [generator.choice([0, 0, 1, -1]) for _ in range(size)]

    def step(h):
        read = Fraction(sum(a * b for a, b in zip(key, h, strict=True)), norm)
        return tuple(w * x - read * a * k + q for x, k, a, w, q in zip(h, key, rate, decay, written, strict=True))

    return step


def heads_start(generator, sizes):
    return tuple(tuple(generator.choice([0, 1, -1]) for _ in range(size)) for size in sizes)


def headed(letter, sizes):
    return lambda generator: (delta(generator, sizes, letter), heads_start(generator, sizes))


def mixed(generator):
    """H <- P L h + b with P = 1 + K, K skew, and L of zeros and ones: P^-1 is a mixer near the identity."""
    size = 3
    letters = []
    for _ in range(LETTERS):
        skew = {pair: generator.choice([0, 0, 1, -1]) for pair in itertools.combinations(range(size), 2)}
        rows = [[1 if i == j else skew[i, j] if i < j else -skew[j, i] for j in range(size)] for i in range(size)]
        kept = [generator.choice([0, 1]) for _ in range(size)]
        moved = [generator.choice([0, 0, 1, -1]) for _ in range(size)]
        letters.append(
            lambda h, rows=rows, kept=kept, moved=moved: tuple(
                sum(p * on * x for p, on, x in zip(row, kept, h, strict=True)) + b
                for row, b in zip(rows, moved, strict=True)
            )
        )
    return letters, tuple(generator.choice([0, 1, -1]) for _ in range(size))


def gated(factors):
    """Return what draws h <- a h + b with a of two coordinates from `factors(generator, coordinate's own unit)`."""

    def draw(generator):
        own = [generator.choice(UNITS) for _ in range(2)]
        rows = [[(factors(generator, u), generator.choice([0, 0, 1, 1j, -1])) for u in own] for _ in range(LETTERS)]
        letters = [lambda h, row=row: tuple(a * x + b for (a, b), x in zip(row, h, strict=True)) for row in rows]
        return letters, tuple(generator.choice([0, 1, -1]) for _ in range(2))

    return draw


HEADED = {"deltanet", "gated-deltanet"}
DRAWN = {
    "deltanet": [headed(update([1]), (3,)), headed(update([1]), (1, 1, 2)), headed(update([1]), (2, 2))],
    "gated-deltanet": [
        headed(update([1, 1, 0, Fraction(1, 2)]), (3,)),
        headed(update([1, 1, 0, Fraction(1, 2)]), (1, 1, 2)),
        headed(update([1, 1, 0, Fraction(1, 2)]), (2, 2)),
    ],
    "rwkv7": [headed(masked, (3,)), headed(masked, (1, 1, 2)), headed(masked, (2, 2))],
    "fixed-point": [mixed],
    "gateloop": [gated(lambda generator, _: generator.choice([0, *UNITS]))],
    "mamba3": [gated(lambda generator, _: generator.choice([0, *UNITS]))],
    "hgrn": [gated(lambda generator, own: generator.choice([0, own]))],
}


@pytest.mark.parametrize("name", DRAWN)
def test_no_machine_of_a_network_of_the_family_is_impossible(name):
    generator, family, said, states = random.Random(12), find_target(name), [], 0
    for draw in DRAWN[name]:
        for _ in range(4 if name == "rwkv7" else 12 if name in HEADED else 60):
            letters, start = draw(generator)
            while orbit_of(letters, start, CAP) is None:
                letters, start = draw(generator)
            facts = minimal_facts(machine_of(letters, start))
            verdict = family.compile(facts, Contract.INJECTIVE)
            several = isinstance(verdict, Impossible) and "one head" in verdict.hypotheses and len(start) > 1
            assert several or not isinstance(verdict, Impossible), (str(verdict), facts.machine.table)
            said.append(type(verdict))
            states = max(states, len(facts.machine.states))
    assert Compiled in said
    assert states > 3
