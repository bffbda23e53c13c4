"""Permutations with phases in real numbers: their products, and real coordinates that stay real."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.operators.phased_permutation import PhasedPermutation

HALF, THIRD, QUARTER = (Fraction(1, number) for number in (2, 3, 4))


def test_a_complex_number_is_two_real_ones_and_a_real_one_is_one():
    swap = PhaseMatrix((1, 0, 2), (QUARTER, Fraction(0), HALF))
    operator = PhasedPermutation((swap,), (False, False, True))
    assert (operator.size, operator.complex_size, operator.places) == (5, 3, (0, 2, 4, 5))
    rows = [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, -1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, -1]]
    assert operator.matrix(0) == SparseMatrix.from_rows(rows)


def test_a_third_of_a_turn_three_times_is_none():
    matrix = PhasedPermutation((PhaseMatrix((0,), (THIRD,)),), (False,)).matrix(0)
    cubed = matrix @ matrix @ matrix
    errors = [abs(dict(cubed.columns[column]).get(row, 0) - (row == column)) for row in range(2) for column in range(2)]
    assert max(errors) < Fraction(1, 1 << 180)


@pytest.mark.parametrize(
    ("image", "turns", "real"),
    [
        ((0, 1), (Fraction(0), Fraction(0)), (True,)),  # of another size
        ((1, 0), (Fraction(0), Fraction(0)), (True, False)),
        ((0, 1), (QUARTER, Fraction(0)), (True, False)),
    ],
)
def test_what_does_not_stay_real_is_refused(image, turns, real):
    with pytest.raises(NumericError):
        PhasedPermutation((PhaseMatrix(image, turns),), real)
