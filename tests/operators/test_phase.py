"""Permutation-times-phase matrices against dense complex arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import NumericError
from fsm2rnn.operators.phase import PhaseMatrix

TURNS = st.sampled_from([Fraction(top, bottom) for bottom in (1, 2, 3, 4, 5) for top in range(bottom)])
MATRICES = st.builds(PhaseMatrix, st.tuples(*[st.integers(0, 3)] * 4), st.tuples(*[TURNS] * 4))
REAL = st.builds(
    PhaseMatrix, st.tuples(*[st.integers(0, 3)] * 4), st.tuples(*[st.sampled_from([Fraction(0), Fraction(1, 2)])] * 4)
)


def dense(matrix):
    size = len(matrix.image)
    out = np.zeros((size, size), dtype=complex)
    for column, (row, turn) in enumerate(zip(matrix.image, matrix.turns, strict=True)):
        out[row, column] = np.exp(2j * np.pi * float(turn))
    return out


@given(MATRICES, MATRICES, MATRICES)
def test_products_are_those_of_complex_matrices(a, b, c):
    assert np.allclose(dense(a @ b), dense(a) @ dense(b))
    assert (a @ b) @ c == a @ (b @ c)


@given(REAL, REAL)
def test_the_real_ones_are_rational_matrices(a, b):
    assert (a @ b).sparse() == a.sparse() @ b.sparse()
    for column, entry in enumerate(a.sparse().columns):
        assert entry == ((a.image[column], 1 if a.turns[column] == 0 else -1),)


@given(MATRICES)
def test_a_phase_that_is_not_real_has_no_rational_matrix(matrix):
    if all(turn.denominator <= 2 for turn in matrix.turns):
        assert matrix.sparse().height == 4
    else:
        with pytest.raises(NumericError, match="turns is not real"):
            matrix.sparse()


def test_a_map_has_no_phases():
    assert PhaseMatrix.map((1, 1)) == PhaseMatrix((1, 1), (Fraction(0), Fraction(0)))


@pytest.mark.parametrize(
    ("image", "turns", "message"),
    [
        ((0, 2), (Fraction(0),) * 2, "size 2"),
        ((0, -1), (Fraction(0),) * 2, "size 2"),
        ((0, 1), (Fraction(0),), "size 2"),
        ((0, 1), (Fraction(0),) * 3, "size 2"),
        ((0, 1), (Fraction(0), Fraction(1)), "fraction of a turn"),
        ((0, 1), (Fraction(-1, 2), Fraction(0)), "fraction of a turn"),
    ],
)
def test_other_content_is_refused(image, turns, message):
    with pytest.raises(NumericError, match=message):
        PhaseMatrix(image, turns)
