"""The theorems of witnesses against published recurrences tried on networks: none is refuted that there is."""

from __future__ import annotations

import itertools
import random

import numpy as np

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.family_refutation import (
    earlier_of_one_length,
    one_key,
    order_matters_before,
    repeated_letters,
    words_of_one_length,
)
from fsm2rnn.constructions.two_letter_refutation import two_letter_law
from fsm2rnn.proof.refutation.key_witness import pairs_of_one_key
from fsm2rnn.proof.refutation.witness import BrokenLaw
from tests.proof.orbit_networks import affine_networks, machine_of, orbit_of
from tests.proof.refusals import minimal

PARITY = minimal("parity")
ONE, ZERO = (PARITY.table[PARITY.start].index(state) for state in (1 - PARITY.start, PARITY.start))
GAUSSIAN = [complex(one) for one in (1, -1, 1j, -1j)]


def turning_networks(generator, factors):
    """Yield networks of two coordinates whose factors of one letter come from `factors(coordinate)`."""
    while True:
        turn = [generator.choice(GAUSSIAN) for _ in range(2)]
        rows = [[(factors(generator, turn[j]), generator.choice([0, 1, 1j, -1])) for j in range(2)] for _ in range(2)]
        letters = [
            lambda state, row=row: tuple(a * h + b for (a, b), h in zip(row, state, strict=True)) for row in rows
        ]
        if orbit_of(letters, (0, 1)) is not None:
            yield letters, (0, 1)


def test_networks_whose_angles_read_no_letter_keep_the_law_of_equal_lengths():
    generator = random.Random(3)
    networks = turning_networks(generator, lambda generator, turn: generator.choice([0, turn]))
    sizes = []
    for letters, start in itertools.islice(networks, 60):
        machine = machine_of(letters, start)
        sizes.append(len(machine.states))
        assert earlier_of_one_length(Facts(machine)) is None
    assert max(sizes) > 8


def test_networks_of_one_transition_keep_no_words_of_one_length_apart():
    generator = random.Random(4)
    for _ in range(60):
        fixed = [generator.choice([0, *GAUSSIAN]) for _ in range(2)]
        turns = iter(fixed * 2)
        networks = turning_networks(generator, lambda *_, turns=turns, fixed=fixed: next(turns, fixed[0]))
        letters, start = next(networks)
        machine = machine_of(letters, start)
        assert words_of_one_length(Facts(machine)) is None


def test_complex_networks_keep_the_law_of_earlier_order():
    generator = random.Random(5)
    sizes = []
    for letters, start in itertools.islice(affine_networks(generator, negative=True, gaussian=True), 60):
        machine = machine_of(letters, start)
        sizes.append(len(machine.states))
        assert order_matters_before(Facts(machine)) is None
    assert max(sizes) > 8


def test_networks_that_read_two_letters_keep_the_laws_of_words_that_end_in_one():
    """H <- a_x h + b_xy: the machine's state is h and the letter before."""
    generator = random.Random(6)
    broken = 0
    for _ in range(400):
        factors = [generator.choice([0, 1, -1]) for _ in range(2)]
        offsets = [[generator.choice([0, 1, -1]) for _ in range(3)] for _ in range(2)]

        def letter(state, symbol, factors=factors, offsets=offsets):
            return factors[symbol] * state[0] + offsets[symbol][state[1]], symbol

        letters = [lambda state, symbol=symbol, letter=letter: letter(state, symbol) for symbol in range(2)]
        if orbit_of(letters, (0, 2)) is None:
            continue
        machine = machine_of(letters, (0, 2))
        assert two_letter_law(Facts(machine)) is None
        broken += order_matters_before(Facts(machine)) is not None
    assert broken > 20


def test_words_that_break_the_law_of_two_letters_end_in_one_letter():
    for name in ("S3@gens", "dyck(1,4)", "register(3)"):
        found = two_letter_law(Facts(minimal(name)))
        words = found.words if isinstance(found, BrokenLaw) else (found.word,)
        last = found.prefix[-1]
        assert all(word[-1] == last for word in words if word)


def test_directions_of_decaying_heads_come_together():
    """Two heads, one that a letter writes to: what 1 and 0 set apart is not read after many letters."""
    witness = repeated_letters(Facts(PARITY))
    generator = np.random.default_rng(1)
    for free in ((), (ONE,), (ZERO,)):
        heads = []
        for _ in range(2):
            turn = np.exp(1j * generator.uniform(0, 3)) * 0.8
            written = [0 if letter in free else complex(*generator.normal(size=2)) for letter in range(2)]
            heads.append((turn, written, complex(*generator.normal(size=2))))
        word = (ZERO,) * 60 + (ONE,) * 60
        ends = [directions(heads, (*first, *word)) for first in (witness.left, witness.right)]
        assert np.allclose(*ends, atol=1e-3)


def directions(heads, word):
    found = []
    for turn, written, start in heads:
        state = start
        for letter in word:
            state = turn * state + written[letter]
        found.append(state / abs(state))
    return found


def test_transitions_near_the_identity_have_eigenvalues_on_the_right():
    generator = np.random.default_rng(2)
    for _ in range(200):
        size = int(generator.integers(1, 5))
        mixed = generator.normal(size=(size, size))
        mixer = np.eye(size) - mixed / np.linalg.norm(mixed, 2) * generator.uniform(0, 0.999)
        decay = np.diag(generator.uniform(0, 1, size) * generator.integers(0, 2, size))
        letter = np.linalg.solve(mixer, decay)
        assert all(value.real > 0 for value in np.linalg.eigvals(letter) if abs(value) > 1e-9)
        assert np.linalg.matrix_rank(letter, tol=1e-9) == np.linalg.matrix_rank(letter @ letter, tol=1e-9)


def test_networks_of_one_change_of_rank_one_have_one_key():
    """H <- h - (h . k) u + b with small integers, and matrices of two rows."""
    generator = random.Random(8)
    merged = 0
    for rows in (1, 2):
        found = 0
        while found < 40:
            letters = [rank_one(generator, rows) for _ in range(2)]
            start = tuple(tuple(generator.choice([0, 1, -1]) for _ in range(3)) for _ in range(rows))
            if orbit_of(letters, start, 24) is None:
                continue
            found += 1
            machine = machine_of(letters, start)
            assert one_key(Facts(machine)) is None
            merged += any(len(pairs) > 1 for pairs in pairs_of_one_key(machine))
    assert merged > 10


def rank_one(generator, rows):
    key, change = ([generator.choice([0, 1, -1]) for _ in range(3)] for _ in range(2))
    column = [generator.choice([0, 1]) for _ in range(rows)]

    def letter(state):
        reads = [sum(a * b for a, b in zip(row, key, strict=True)) for row in state]
        return tuple(
            tuple(value - (read - value_column) * moved for value, moved in zip(row, change, strict=True))
            for row, read, value_column in zip(state, reads, column, strict=True)
        )

    return letter
