"""Terms taken off a slice and its rest add up to it, and the rank falls by one with each."""

from __future__ import annotations

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.tensor_rank import unit_terms as module
from fsm2rnn.algebra.tensor_rank.cp_bounds import slice_rank
from fsm2rnn.algebra.tensor_rank.cp_factors import slice_factors
from fsm2rnn.algebra.tensor_rank.unit_terms import unit_terms

SIZE = 6
SLICES = st.dictionaries(
    st.integers(0, SIZE - 1),
    st.dictionaries(st.integers(0, SIZE - 1), st.integers(-3, 3).filter(bool), min_size=1).map(
        lambda column: tuple(sorted(column.items()))
    ),
    min_size=1,
)


def matrix(part):
    columns = [dict(part.get(column, ())) for column in range(SIZE)]
    return flint.fmpz_mat([[column.get(row, 0) for column in columns] for row in range(SIZE)])


def product(terms):
    total = flint.fmpz_mat(SIZE, SIZE)
    for left, right in terms:
        column, row = (
            flint.fmpz_mat(SIZE, 1, [dict(one).get(place, 0) for place in range(SIZE)]) for one in (left, right)
        )
        total += column * row.transpose()
    return total


@given(SLICES, st.sampled_from([0, 1, 100]))
def test_terms_and_rest_are_the_slice(part, fill):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DENSE_LIMIT", 0)
        patch.setattr(module, "FILL_LIMIT", fill)
        terms, rest = unit_terms(part)
        assert product(terms) + matrix(rest) == matrix(part)
        assert len(terms) + matrix(rest).rank() == matrix(part).rank() == slice_rank(part)
        factors = slice_factors(part)
        assert product(factors) == matrix(part)
        assert len(factors) == matrix(part).rank()


def test_differences_of_many_states_are_taken_apart():
    count = 400
    turned = [(state + 1) % count for state in range(count)]
    part = {}
    for state in range(1, count):
        column = {turned[state]: 1, state: -1}
        column[turned[0]] = column.get(turned[0], 0) - 1
        part[state] = tuple(sorted((row, entry) for row, entry in column.items() if row and entry))
    terms, rest = unit_terms(part)
    assert len(rest) == 1  # the last pivot counts all states
    assert len(terms) + 1 == slice_rank(part) == count - 1


def test_small_slices_are_left():
    part = {0: ((0, 1), (1, 1)), 1: ((1, 2),)}
    assert unit_terms(part) == ([], part)
