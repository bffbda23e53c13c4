"""Grade exact of factors that are multiples of powers of two: their units, what is refused, and both checkers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.grade import IN_UNITS, REASON, exact_grade
from tests.proof.networks import PARITY
from tests.second_checker.checker import accepts

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def parity(output, gate, source, *more):
    """Return parity on +-1 with the letters 1 and -1 as output gate source, and further terms (u, w, v)."""
    left = SparseMatrix.from_rows([[output, *(term[0] for term in more)]])
    right = SparseMatrix.from_rows([[source, *(term[2] for term in more)]])
    rest = [term[1] for term in more]
    matrices = tuple(FactoredMatrix(left, vector(enumerate([sign * gate, *rest])), right) for sign in (1, -1))
    decoder = Decoder.linear(SparseMatrix.from_rows([[1], [-1]]))
    return Simulation(PARITY, matrices, (((0, 1),), ((0, -1),)), (0, 1), decoder, Contract.INJECTIVE)


def stored(proof, form):
    """Return the file of the network."""
    first, *_ = proof.matrices
    operator = Factored(first.output, tuple(matrix.gates for matrix in proof.matrices), first.input)
    return network_bytes(store(operator, proof, form, {}))


@pytest.mark.parametrize(
    ("terms", "units", "bound"),
    [
        ((1, 1, 1), 1, 1),
        ((2, HALF, 1), 2, 4),
        ((1, 2, HALF), 2, 4),
        ((HALF, HALF, 4), 4, 16),
        ((Fraction(1, 4), 8, HALF), 8, 64),
        # A product that comes to nothing is stored: its last bit counts, and its input is a sum of the step.
        ((1, 1, 1, (0, Fraction(1, 8), 1)), 8, 8),
        ((1, 1, 1, (0, HALF, 5)), 2, 10),
    ],
)
def test_partial_sums_are_counted_in_units_of_the_last_bit(terms, units, bound):
    proof = parity(*terms)
    grade = exact_grade(proof)
    assert (grade.units, grade.partial_sums) == (units, bound)
    assert grade.reason == (REASON if units == 1 else IN_UNITS)
    data = stored(proof, FLOAT32)
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")


def test_a_unit_is_a_number_of_the_format_though_all_sums_are_less():
    machine = StateMachine.tracker("a", "x", [[0]])
    half = SparseMatrix.from_rows([[HALF]])
    matrix = FactoredMatrix(half, ((0, HALF),), half)
    decoder = Decoder.linear(SparseMatrix.from_rows([[1]]))
    grade = exact_grade(Simulation(machine, (matrix,), ((),), (0,), decoder, Contract.INJECTIVE))
    assert (grade.units, grade.partial_sums) == (8, 8)


@pytest.mark.parametrize("terms", [(3, THIRD, 1), (THIRD, 3, 1), (1, 3, THIRD), (1, 1, 1, (0, THIRD, 0))])
def test_thirds_are_no_exact_grade(terms):
    grade = exact_grade(parity(*terms))
    assert (grade.partial_sums, grade.formats) == (None, ())


@pytest.mark.parametrize(
    ("bits", "formats"),
    [
        (4, (FLOAT64, FLOAT32, BFLOAT16, FLOAT16)),
        (5, (FLOAT64, FLOAT32, FLOAT16)),
        (12, (FLOAT64, FLOAT32)),
        (13, (FLOAT64,)),
        (27, ()),
    ],
)
def test_formats_hold_as_many_units_as_their_precision(bits, formats):
    # V = 2^bits is counted in units of 2^-bits.
    grade = exact_grade(parity(1, Fraction(1, 1 << bits), 1 << bits))
    assert grade.partial_sums == 1 << 2 * bits
    assert set(grade.formats) == set(formats)


@pytest.mark.parametrize("number", [HALF, Fraction(1, 4)])
def test_codes_readouts_and_plain_matrices_stay_integers(number):
    proof = parity(2, HALF, 1)
    scaled = tuple(tuple((place, entry * number) for place, entry in code) for code in proof.codes)
    other = Simulation(PARITY, proof.matrices, scaled, (0, 1), proof.decoder, Contract.INJECTIVE)
    assert exact_grade(other).formats == ()
    decoder = Decoder.linear(SparseMatrix.from_rows([[number], [-number]]))
    read = Simulation(PARITY, proof.matrices, proof.codes, (0, 1), decoder, Contract.INJECTIVE)
    assert exact_grade(read).formats == ()
