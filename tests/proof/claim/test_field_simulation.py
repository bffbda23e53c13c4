"""Simulations over cyclotomic fields: what they prove of small machines, and every condition violated."""

from __future__ import annotations

import dataclasses
import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.cyclotomic import Cyclotomic
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim import field_simulation
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.hermitian_norm import HermitianNorm


def cycle(length, steps=(0, 1)):
    rows = [[(state + step) % length for step in steps] for state in range(length)]
    return StateMachine.tracker(range(length), range(len(steps)), rows, 0)


def number(conductor, *coefficients):
    return Cyclotomic.of(conductor, coefficients)


def root(conductor, power):
    return number(conductor, *[0] * (power % conductor), 1)


def turning(length):
    """Return the cycle as turns of one complex coordinate."""
    codes = tuple((root(length, state),) for state in range(length))
    matrices = (((root(length, 0),),), ((root(length, 1),),))
    gram = ((number(length, 1),),)
    return FieldSimulation(cycle(length), length, matrices, codes, tuple(range(length)), gram, Contract.INJECTIVE)


def rational(rows):
    return tuple(tuple(number(1, entry) for entry in row) for row in rows)


# S3 on a hexagonal lattice, not orthonormal: a swap and a turn by 120 degrees.
SWAP, TURN = rational([[0, 1], [1, 0]]), rational([[0, -1], [1, -1]])
HEXAGONAL = rational([[2, -1], [-1, 2]])


def times(matrix, code):
    return tuple(sum((a * b for a, b in zip(row, code, strict=True)), start=number(1)) for row in matrix)


def triangle():
    """Return S3 acting on itself from the code (5, 1)."""
    start = tuple(number(1, entry) for entry in (5, 1))
    codes = [start]
    rows = []
    for code in codes:
        images = [times(matrix, code) for matrix in (SWAP, TURN)]
        codes += [image for image in images if image not in codes]
        rows.append([codes.index(image) for image in images])
    machine = StateMachine.tracker(range(len(codes)), "st", rows, 0)
    reads = tuple(range(len(codes)))
    return FieldSimulation(machine, 1, (SWAP, TURN), tuple(codes), reads, HEXAGONAL, Contract.INJECTIVE)


@given(st.integers(2, 24))
def test_a_cycle_turns_one_complex_coordinate(length):
    proof = turning(length)
    assert (proof.size, proof.equations) == (1, 2 * length)
    assert proof.real == (length == 2)
    assert proof.width == (1 if length == 2 else 2)
    true = 2 * math.sin(math.pi / length)
    assert abs(float(proof.distance) - true) < 1e-12
    assert float(proof.distance) <= true * (1 + 1e-15)


def test_a_lattice_of_two_dimensions_carries_s3():
    proof = triangle()
    assert (proof.size, proof.width, proof.real, proof.equations) == (2, 2, True, 12)
    # In the norm x^2 - x y + y^2 the code (5, 1) is 2 * 16 from (1, 5), of 2 * 21.
    squares = []
    for code in proof.codes[1:]:
        x, y = (Fraction(a.coefficients[0] - b.coefficients[0]) for a, b in zip(code, proof.codes[0], strict=True))
        squares.append((x * x - x * y + y * y) / 21)
    assert 0 <= min(squares) - proof.distance**2 < Fraction(1, 1 << 60)


def test_one_state_has_no_distance():
    machine = StateMachine.tracker([0], ["a"], [[0]], 0)
    proof = FieldSimulation(
        machine, 1, (rational([[1]]),), (rational([[1]])[0],), (0,), rational([[1]]), Contract.INJECTIVE
    )
    assert proof.distance is None
    nothing = FieldSimulation(machine, 1, ((),), ((),), (0,), (), Contract.INJECTIVE)
    assert (nothing.size, nothing.width, nothing.real) == (0, 0, True)


def test_a_cover_reads_two_codes_as_one_state():
    proof = turning(4)
    cover = FieldSimulation(cycle(2), 4, proof.matrices, proof.codes, (0, 1, 0, 1), proof.gram, Contract.COVER)
    assert abs(float(cover.distance) - math.sqrt(2)) < 1e-12
    with pytest.raises(CertificateError, match="two codes are read as one state"):
        dataclasses.replace(cover, contract=Contract.INJECTIVE)


def test_real_coordinates_are_told_from_complex_ones():
    # A sign and a turn: 1 real dimension and 2.
    codes = tuple((number(3, (-1) ** state), root(3, state)) for state in range(6))
    turn = ((number(3, -1), number(3)), (number(3), root(3, 1)))
    same = ((number(3, 1), number(3)), (number(3), number(3, 1)))
    proof = FieldSimulation(cycle(6), 3, (same, turn), codes, tuple(range(6)), same, Contract.INJECTIVE)
    assert (proof.size, proof.width, proof.real) == (2, 3, False)
    # The Gram matrix may join them; then no real dimension stands alone.
    joined = ((number(3, 2), number(3, 0, Fraction(1, 9))), (number(3, -Fraction(1, 9), -Fraction(1, 9)), number(3, 1)))
    assert HermitianNorm(3, joined)
    with pytest.raises(CertificateError, match="not an isometry"):
        dataclasses.replace(proof, gram=joined)


FORGERIES = {
    "a matrix too few": ("matrices", lambda p: {"matrices": p.matrices[:1]}),
    "a matrix of another size": ("matrices", lambda p: {"matrices": (rational([[1]]), p.matrices[1])}),
    "a matrix of another field": (
        "matrices",
        lambda _: {"matrices": (tuple(tuple(number(3, 1) for _ in r) for r in SWAP), TURN)},
    ),
    "no code": ("codes", lambda _: {"codes": (), "reads": ()}),
    "a reading too few": ("codes", lambda p: {"reads": p.reads[:-1]}),
    "a code of another size": ("codes", lambda p: {"codes": (p.codes[0][:1], *p.codes[1:])}),
    "a code of another field": ("codes", lambda p: {"codes": ((number(3, 5), number(3, 1)), *p.codes[1:])}),
    "a code listed twice": ("codes", lambda p: {"codes": (*p.codes[:5], p.codes[0])}),
    "no such state": ("reads", lambda p: {"reads": (*p.reads[:5], 6)}),
    "a state from the end": ("reads", lambda p: {"reads": (*p.reads[:5], -1)}),
    "another start": ("reads", lambda p: {"reads": (1, 0, *p.reads[2:])}),
    "contract linear": ("contract", lambda _: {"contract": Contract.LINEAR}),
    "contract robust": ("contract", lambda _: {"contract": Contract.ROBUST}),
    "two readings exchanged": ("induction", lambda p: {"reads": (*p.reads[:4], 5, 4)}),
    "a code moved": ("induction", lambda p: {"codes": (*p.codes[:5], (number(1, 7), number(1, 1)))}),
    "a gram of another size": ("matrices", lambda _: {"gram": rational([[1]])}),
    "a gram of another field": ("gram", lambda _: {"gram": tuple(tuple(number(3, 1) for _ in r) for r in SWAP)}),
    "a gram not hermitian": ("gram", lambda _: {"gram": rational([[2, -1], [0, 2]])}),
    "a gram not positive": ("gram", lambda _: {"gram": rational([[-2, 1], [1, -2]])}),
    "a gram of rank one": ("gram", lambda _: {"gram": rational([[1, 1], [1, 1]])}),
    "an indefinite gram": ("gram", lambda _: {"gram": rational([[1, 2], [2, 1]])}),
    "letters that turn no circle": ("gram", lambda _: {"gram": rational([[2, 0], [0, 2]])}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_claim_is_refused(name):
    field, change = FORGERIES[name]
    proof = triangle()
    with pytest.raises(CertificateError) as caught:
        dataclasses.replace(proof, **change(proof))
    assert caught.value.field == field


def test_a_matrix_that_is_right_on_codes_alone_is_no_isometry():
    # All codes lie on the first axis, where the second column does not matter.
    codes = (rational([[1, 0]])[0], rational([[-1, 0]])[0])
    unit, turn = rational([[1, 0], [0, 1]]), rational([[-1, 0], [0, 1]])
    proof = FieldSimulation(cycle(2), 1, (unit, turn), codes, (0, 1), unit, Contract.INJECTIVE)
    assert proof.distance == 2
    for entry in (0, 2, Fraction(1, 2)):
        with pytest.raises(CertificateError, match="not an isometry"):
            dataclasses.replace(proof, matrices=(unit, rational([[-1, 0], [0, entry]])))


def test_a_code_that_no_word_reaches_is_refused():
    proof = turning(3)
    half = StateMachine.tracker(range(2), range(2), [[0, 0], [1, 1]], 0)
    still = (proof.matrices[0],) * 2
    with pytest.raises(CertificateError, match="1 codes are listed that no word reaches"):
        FieldSimulation(half, 3, still, proof.codes[:2], (0, 1), proof.gram, Contract.INJECTIVE)


def test_a_gram_matrix_is_positive_in_the_stated_embedding_of_the_field():
    # 2 cos 72 degrees is positive, its conjugate 2 cos 144 degrees is not.
    for power, holds in ((1, True), (2, False)):
        gram = ((root(5, power) + root(5, -power),),)
        assert _is_a_norm(5, gram) == holds


@pytest.mark.parametrize(
    ("conductor", "gram", "found"),
    [
        (1, rational([[2, 0, 0], [0, 2, 0]]), "not a square matrix"),
        (3, rational([[2]]), "not a square matrix"),
        (1, rational([[2, -1], [0, 2]]), "not Hermitian"),
        (4, ((number(4, 2, 1),),), "not Hermitian"),
    ],
)
def test_a_norm_has_a_hermitian_matrix(conductor, gram, found):
    with pytest.raises(CertificateError, match=found):
        HermitianNorm(conductor, gram)


def test_equal_vectors_have_no_distance():
    norm, vector = HermitianNorm(1, HEXAGONAL), rational([[5, 1]])[0]
    with pytest.raises(CertificateError, match="too close"):
        norm.relative_distance(vector, [vector])
    with pytest.raises(CertificateError, match="too close"):
        norm.relative_distance(rational([[0, 0]])[0], [vector])


def _is_a_norm(conductor, gram):
    try:
        return bool(HermitianNorm(conductor, gram))
    except CertificateError:
        return False


@given(st.lists(st.lists(st.integers(-3, 3), min_size=6, max_size=6), min_size=3, max_size=3), st.integers(-4, 4))
def test_positive_definite_means_positive_eigenvalues(rows, shift):
    """Over Q(i): B^* B + shift has positive leading minors, by cofactors, exactly where it is accepted."""
    basis = [[number(4, row[2 * j], row[2 * j + 1]) for j in range(3)] for row in rows]
    gram = tuple(
        tuple(
            sum((basis[k][i].conjugate() * basis[k][j] for k in range(3)), start=number(4, shift * (i == j)))
            for j in range(3)
        )
        for i in range(3)
    )
    minors = [_determinant([row[:size] for row in gram[:size]]) for size in (1, 2, 3)]
    assert all(minor.is_real for minor in minors)
    assert _is_a_norm(4, gram) == all(minor.bounds()[0].low > 0 for minor in minors)


def _determinant(rows):
    total = number(4)
    for order in itertools.permutations(range(len(rows))):
        sign = (-1) ** sum(a > b for a, b in itertools.combinations(order, 2))
        term = number(4, sign)
        for row, column in enumerate(order):
            term = term * rows[row][column]
        total = total + term
    return total


def test_a_gram_matrix_with_entries_beyond_any_bound_is_refused():
    with pytest.raises(CertificateError, match="too large to be bounded"):
        HermitianNorm(5, ((number(5, 1 << 200, 1 << 200, 0, 0, 1 << 200),),))


@pytest.mark.parametrize(("name", "what"), [("ENTRY_LIMIT", "rational entries"), ("PRODUCT_LIMIT", "products")])
def test_limits_are_stated(monkeypatch, name, what):
    monkeypatch.setattr(field_simulation, name, 3)
    with pytest.raises(LimitError, match=what):
        triangle()
