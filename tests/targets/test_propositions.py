"""Propositions 1, 2 and 3 of Ebrahimi and Memisevic, arXiv 2505.21749, with the hypotheses that they need.

Everything is exact: integers, fractions, and all sign patterns where the paper speaks of random ones.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import flint
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.source.read import read
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.real_diagonal import REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION
from tests.laws.replay import shows
from tests.strategies import machines, machines_and_words

SMALL = st.integers(-3, 3)


def square(size):
    return st.lists(st.lists(SMALL, min_size=size, max_size=size), min_size=size, max_size=size)


@st.composite
def invertible(draw, size):
    """Draw an integer matrix with its inverse over the rationals, both as rows."""
    rows = draw(square(size))
    matrix = flint.fmpq_mat(flint.fmpz_mat(rows))
    assume(matrix.det() != 0)
    inverse = [[Fraction(int(entry.p), int(entry.q)) for entry in row] for row in matrix.inv().tolist()]
    return rows, inverse


def times(left, right):
    """Return the product of two matrices given by rows."""
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)] for row in left
    ]


def applied(matrix, state):
    return [sum(a * h for a, h in zip(row, state, strict=True)) for row in matrix]


def letter_matrices(machine):
    """Return the slices of the one-hot tensor, W[q', q, x] = 1 iff delta(q, x) = q', by rows."""
    states = range(len(machine.states))
    return [[[int(row[x] == to) for row in machine.table] for to in states] for x in range(len(machine.symbols))]


# Proposition 1: a bilinear network simulates every machine.


@given(machines_and_words(machines(), max_size=30))
def test_proposition_1_the_one_hot_tensor_simulates_every_machine(case):
    machine, word = case
    answer = ask(machine, FULL)
    minimal = answer.machine
    slices = letter_matrices(minimal)
    size, width = len(minimal.states), len(minimal.symbols)
    assert [answer.verdict.operator.matrix(x) for x in range(width)] == list(map(SparseMatrix.from_rows, slices))
    state = [int(q == minimal.start) for q in range(size)]
    for index, reached in zip(machine.indices(word), minimal.run(word), strict=True):
        letter = [int(x == index) for x in range(width)]
        # h'_i = sum_jk W_ijk x_k h_j, the network as the paper writes it.
        state = [
            sum(slices[k][i][j] * letter[k] * state[j] for j in range(size) for k in range(width)) for i in range(size)
        ]
        assert state == [int(q == reached) for q in range(size)]


@settings(max_examples=60)
@given(data=st.data(), machine=machines(max_states=4, max_symbols=2))
def test_proposition_1_holds_for_every_injective_linear_code(data, machine):
    minimal = ask(machine, FULL).machine
    size = len(minimal.states)
    code, inverse = data.draw(invertible(size))
    matrices = [times(times(code, slice_), inverse) for slice_ in letter_matrices(minimal)]
    codes = [tuple(row[q] for row in code) for q in range(size)]
    for q, row in enumerate(minimal.table):
        for matrix, reached in zip(matrices, row, strict=True):
            assert applied(matrix, codes[q]) == list(codes[reached])
    # The kernel proves the same network for all lengths, read by the nearest code.
    vectors = [tuple((place, value) for place, value in enumerate(each) if value) for each in codes]
    decoder = Decoder.nearest(vectors, tuple(range(size)), size)
    exact = tuple(SparseMatrix.from_rows(matrix) for matrix in matrices)
    proof = Simulation(minimal, exact, tuple(vectors), tuple(range(size)), decoder, Contract.INJECTIVE)
    assert proof.equations == size * len(minimal.symbols)


def test_proposition_1_needs_a_code_that_is_injective():
    # With one code for both states of parity the network never moves, and the code is read as one state.
    parity = read("parity")
    still = (SparseMatrix.identity(1),) * 2
    decoder = Decoder.linear(SparseMatrix.from_rows([[1], [0]]))
    for reads, reason in (((0, 1), "a code is listed twice"), ((0,), "sends the code of '?even")):
        codes = (((0, 1),),) * len(reads)
        with pytest.raises(CertificateError, match=reason):
            Simulation(parity, still, codes, reads, decoder, Contract.COVER)


# Proposition 2: matrices with a common eigenbasis hold commutative machines alone, and rotations every abelian group.


@st.composite
def shared_eigenbasis(draw, *, letters):
    """Draw A_x = P diag(lambda_x) P^-1 for several x, and a state."""
    size = draw(st.integers(1, 4))
    basis, inverse = draw(invertible(size))
    vectors = st.lists(SMALL, min_size=size, max_size=size)
    eigenvalues = draw(st.lists(vectors, min_size=letters, max_size=letters))
    scaled = [
        [[entry * value for entry, value in zip(row, values, strict=True)] for row in basis] for values in eigenvalues
    ]
    return [times(matrix, inverse) for matrix in scaled], draw(vectors)


def after(matrices, state, word):
    for letter in word:
        state = applied(matrices[letter], state)
    return state


@given(data=st.data(), network=shared_eigenbasis(letters=3))
def test_proposition_2_with_a_shared_eigenbasis_the_state_depends_on_the_letter_counts_alone(data, network):
    matrices, state = network
    word = data.draw(st.lists(st.integers(0, 2), max_size=8))
    shuffled = data.draw(st.permutations(word))
    assert after(matrices, state, word) == after(matrices, state, shuffled)


@given(data=st.data(), machine=machines(max_symbols=3))
def test_proposition_2_so_no_such_network_follows_letters_whose_order_matters(data, machine):
    verdict = ask(machine, ROTATION, Contract.ROBUST).verdict
    letters = list(zip(*ask(machine, FULL).machine.table, strict=True))
    commute = all(b[a[q]] == a[b[q]] for a in letters for b in letters for q in range(len(a)))
    assert isinstance(verdict, Compiled) == commute
    if commute:
        return
    # The witness' two words end in one state of any such network, and in two outputs of the machine.
    assert isinstance(verdict, Impossible)
    assert shows(machine, verdict.witness)
    witness = verdict.witness
    matrices, state = data.draw(shared_eigenbasis(letters=len(machine.symbols)))
    left, right = witness.words
    ends = [
        after(matrices, state, (*witness.prefix, *middle, *witness.suffix)) for middle in (left + right, right + left)
    ]
    assert ends[0] == ends[1]


def cyclic_product(orders):
    """Return the word problem of a product of cyclic groups, a generator of each as letters."""
    elements = list(itertools.product(*map(range, orders)))
    number = {element: position for position, element in enumerate(elements)}

    def moved(element, letter):
        return (*element[:letter], (element[letter] + 1) % orders[letter], *element[letter + 1 :])

    letters = range(len(orders))
    table = [[number[moved(element, letter)] for letter in letters] for element in elements]
    return StateMachine.tracker(elements, letters, table)


def invariant_factors(orders):
    """Return n_1 | n_2 | ... other than 1 of a product of cyclic groups, by gcd and lcm of pairs."""
    parts = list(orders)
    for i, j in itertools.combinations(range(len(parts)), 2):
        parts[i], parts[j] = math.gcd(parts[i], parts[j]), math.lcm(parts[i], parts[j])
    return [part for part in parts if part > 1]


def turns(operator, letter):
    """Return the part of a full turn by which a letter turns each coordinate; a sign is half a turn."""
    halves = {1: Fraction(0), -1: Fraction(1, 2)}
    if isinstance(operator, Diagonal):
        return [halves[factor] for factor in operator.factors[letter]]
    return [*(halves[factor] for factor in operator.letters[letter].lines), *operator.letters[letter].planes]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4).filter(lambda orders: math.prod(orders) <= 200))
def test_proposition_2_conversely_rotations_hold_every_finite_abelian_group(orders):
    machine = cyclic_product(orders)
    verdict, factors = ask(machine, ROTATION).verdict, invariant_factors(orders)
    assert isinstance(verdict, Compiled)
    assert verdict.proof.contract is Contract.INJECTIVE
    # One rotation for each invariant factor, which is a sign where it is two.
    assert verdict.operator.size == max(1, sum(1 if factor == 2 else 2 for factor in factors))
    # Each letter's turns come back after its order, and no two elements have one code.
    by_letter = [turns(verdict.operator, letter) for letter in range(len(orders))]
    assert all(turn * order % 1 == 0 for row, order in zip(by_letter, orders, strict=True) for turn in row)
    codes = {
        tuple(sum(map(math.prod, zip(element, column, strict=True))) % 1 for column in zip(*by_letter, strict=True))
        for element in machine.states
    }
    assert len(codes) == math.prod(orders)


# Proposition 3: a frozen random diagonal of signs, and a linear readout fitted on two examples, give parity.

LENGTH = 6
EXAMPLES = ((0, 0), (1,))  # an even and an odd word


def signs_after(pattern, word):
    """Return the state of units (a(0), a(1)) that start at 1."""
    return [math.prod(unit[letter] for letter in word) for unit in pattern]


def fits(pattern):
    """Return whether the readout h(even) - h(odd), from one example each, gives parity on all short words."""
    even, odd = (signs_after(pattern, word) for word in EXAMPLES)
    readout = [a - b for a, b in zip(even, odd, strict=True)]
    # The sign of the score depends on the parities of the two counts alone, so these words decide all lengths.
    for word in itertools.chain(*(itertools.product((0, 1), repeat=length) for length in range(LENGTH))):
        score = sum(a * h for a, h in zip(readout, signs_after(pattern, word), strict=True))
        if score == 0 or (score > 0) != (sum(word) % 2 == 0):
            return False
    return True


def patterns(units, size):
    return itertools.product(units, repeat=size)


@pytest.mark.parametrize("size", range(1, 9))
def test_proposition_3_with_a_neutral_even_letter_parity_fails_for_one_pattern_of_2_to_the_h(size):
    units = [(1, 1), (1, -1)]
    failing = [pattern for pattern in patterns(units, size) if not fits(pattern)]
    # All signs +: then no readout can do it, since even and odd words end in one state.
    assert failing == [((1, 1),) * size]
    assert Fraction(2**size - len(failing), 2**size) == 1 - Fraction(1, 2**size)


@pytest.mark.parametrize("size", range(1, 6))
def test_proposition_3_with_two_free_signs_the_best_choice_of_a_unit_is_rarer(size):
    units = list(itertools.product((1, -1), repeat=2))
    useful = sum((1, -1) in pattern for pattern in patterns(units, size))
    assert Fraction(useful, 4**size) == 1 - Fraction(3, 4) ** size
    fitted = sum(fits(pattern) for pattern in patterns(units, size))
    # The fitted readout gives parity where more units follow the odd letter alone than both letters.
    assert fitted == sum(pattern.count((1, -1)) > pattern.count((-1, -1)) for pattern in patterns(units, size))
    assert Fraction(fitted, 4**size) == (1 - Fraction(math.comb(2 * size, size), 4**size)) / 2
    assert fitted < useful or size == 1


def test_proposition_3_no_other_units_can_stand_in_for_the_useful_one():
    # Characters of Z2 x Z2 are orthogonal: any combination of the other three agrees with parity on half the words.
    words_ = list(itertools.product((0, 1), repeat=2))
    parity = [(-1) ** odd for _, odd in words_]
    for unit in itertools.product((1, -1), repeat=2):
        character = [unit[0] ** even * unit[1] ** odd for even, odd in words_]
        product = sum(a * b for a, b in zip(parity, character, strict=True))
        assert product == (4 if unit == (1, -1) else 0)


def test_proposition_3_the_compiled_network_is_the_useful_unit():
    verdict = ask(read("parity"), REAL_DIAGONAL).verdict
    assert verdict.operator.factors == ((1,), (-1,))
