"""The theorems of witnesses against published recurrences tried on networks: none is refuted that there is."""

from __future__ import annotations

import itertools
import random

import numpy as np

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.family_refutation import (
    complex_gates,
    earlier_of_one_length,
    one_key,
    repeated_letters,
    two_letter_law,
    words_of_one_length,
)
from fsm2rnn.proof.refutation.key_witness import pairs_of_one_key
from fsm2rnn.proof.refutation.law import Law
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
        assert complex_gates(Facts(machine)) is None
    assert max(sizes) > 8


def test_scans_of_a_trapezoid_keep_the_laws_after_their_own_letters():
    """H <- e_x (h + g_x v_y) + c_x v_x: the machine's state is h and the letter before, at first none."""
    generator = random.Random(6)
    broken = found = 0
    while found < 60:
        letters, start = trapezoid(generator, coordinates=2, symbols=3)
        if orbit_of(letters, start) is None:
            continue
        machine = machine_of(letters, start)
        assert two_letter_law(Facts(machine)) is None
        found += 1
        broken += complex_gates(Facts(machine)) is not None
    assert broken > 3


def trapezoid(generator, coordinates, symbols):
    draws = [
        [
            [generator.choice(several) for several in ((0, 0, 1, -1, 1j), (0, 1, 2), (0, 1), (0, 1, -1))]
            for _ in range(symbols)
        ]
        for _ in range(coordinates)
    ]

    def letter(state, symbol):
        *h, before = state
        found = []
        for value, drawn in zip(h, draws, strict=True):
            e, g, c, v = drawn[symbol]
            last = 0 if before is None else drawn[before][3]
            found.append(e * (value + g * last) + c * v)
        return (*found, symbol)

    start = (*(generator.choice([0, 1, -1]) for _ in range(coordinates)), None)
    return [lambda state, symbol=symbol: letter(state, symbol) for symbol in range(symbols)], start


def test_laws_of_the_letter_before_are_broken_after_one_of_their_letters():
    for name in ("S3@gens", "dyck(1,4)", "register(3)", "re:a*b*c*", "re:(ab)*"):
        found = two_letter_law(Facts(minimal(name)))
        if isinstance(found, BrokenLaw):
            assert found.prefix[-1] in {letter for word in found.words for letter in word}


def test_idempotents_before_letters_matter_to_no_complex_gates():
    found = complex_gates(Facts(minimal("re:a*b*c*")))
    assert found.law is Law.IDEMPOTENT_BEFORE


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


def test_directions_come_together_where_framed_words_are_repeated():
    """Heads of two numbers, one that writes anything and one that writes alike in the frames' letters."""
    generator = np.random.default_rng(3)
    for name in ("tomita4", "even-pairs"):
        witness = repeated_letters(Facts(minimal(name)))
        assert witness.frames
        letters = {x for pair in zip(witness.left, witness.right, strict=True) if len({*pair}) == 2 for x in pair}
        for alike in (False, True):
            turn, same = np.exp(1j * generator.uniform(0, 3)) * 0.8, complex(*generator.normal(size=2))
            written = [
                same if alike and letter in letters else complex(*generator.normal(size=2))
                for letter in range(len(witness.machine.symbols))
            ]
            heads = [(turn, written, complex(*generator.normal(size=2)))]
            word = sum((repeated * 60 for repeated in witness.repeated), ())
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
