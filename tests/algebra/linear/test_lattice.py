"""The integer functions of a rational space have the basis found, and false realisations are refused."""

from __future__ import annotations

import dataclasses
import math

import flint
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fsm2rnn.algebra.linear.lattice import IntegerRealisation, PivotBasis, integer_product, saturated, small_realisation
from fsm2rnn.errors import CertificateError, NumericError


def basis_of(columns, denominator):
    """Return the pivot basis with the identity at the first states and these columns over the denominator behind."""
    rank = len(columns[0])
    values = np.array([[int(i == j) * denominator for i in range(rank)] for j in range(rank)], dtype=object)
    numerators = np.concatenate([values, np.array(columns, dtype=object).T], axis=1)
    common = math.gcd(*numerators.ravel().tolist())
    return PivotBasis(np.arange(rank), numerators // common, denominator // common)


@st.composite
def pivot_bases(draw):
    rank = draw(st.integers(1, 5))
    entry = st.integers(-40, 40)
    columns = draw(st.lists(st.lists(entry, min_size=rank, max_size=rank), min_size=1, max_size=6))
    return basis_of(columns, draw(st.integers(1, 60)))


@given(pivot_bases())
@example(basis_of([[2, 3]], 6))  # no multiple of order 6 has an entry 1/6
@example(basis_of([[6, 10, 15]], 30))
@example(basis_of([[1, 2, 4]], 8))
@example(basis_of([[2**200, 3**100]], 6**50))
def test_the_saturated_basis_spans_the_integer_functions(basis):
    values = flint.fmpz_mat(saturated(basis).tolist())
    rank = len(basis.pivots)
    both = flint.fmpz_mat([*saturated(basis).tolist(), *basis.numerators.tolist()])
    assert values.rank() == both.rank() == rank
    # Every integer function of the span is an integer combination exactly when all invariant factors are 1.
    factors = values.snf()
    assert all(factors[i, i] == 1 for i in range(rank))


@given(pivot_bases())
def test_affine_is_right(basis):
    rows = basis.numerators.tolist()
    assert basis.affine == (flint.fmpz_mat([*rows, [1] * len(rows[0])]).rank() == len(rows))


@pytest.mark.parametrize("large", [1, 2**20, 2**26, 2**30])
def test_products_are_exact(large):
    left = np.array([[large, large - 1], [3, -large]])
    right = np.array([[large, 1], [-large, 5]])
    assert integer_product(left, right).tolist() == (left.astype(object) @ right.astype(object)).tolist()


def test_a_product_beyond_64_bits_is_refused():
    with pytest.raises(NumericError, match="64 bits"):
        integer_product(np.array([[2**40]]), np.array([[2**40]]))


MAPS = np.array([[1, 2, 0, 3], [1, 0, 2, 3]])
OUTPUTS = np.array([[1, 0, 0, 0]])


def on_four_states(denominator):
    """Three permuted states and a fixed one, whose code is the sum of the others over the denominator."""
    return basis_of([[1, 1, 1]], denominator)


@pytest.mark.parametrize(("denominator", "codes"), [(1, 1), (2, 2), (3, 3)])
def test_a_fraction_of_the_sum_becomes_integer(denominator, codes):
    # Outputs on the fourth state are what the codes say: 1 / denominator, so they are scaled to be integer.
    outputs = denominator * OUTPUTS + np.array([[0, 0, 0, 1]])
    found = small_realisation(on_four_states(denominator), MAPS, outputs)
    assert int(np.abs(found.codes).max()) <= codes
    assert found.largest_entry <= max(codes, denominator)


@pytest.mark.parametrize("field", ["codes", "matrices", "head"])
def test_a_false_realisation_is_refused(field):
    true = small_realisation(on_four_states(1), MAPS, np.array([[1, 0, 0, 1]]))
    assert isinstance(true, IntegerRealisation)
    value = getattr(true, field)
    false = (value[0], value[1] + np.eye(3, dtype=np.int64)) if field == "matrices" else value + 1
    with pytest.raises(CertificateError):
        dataclasses.replace(true, **{field: false})
