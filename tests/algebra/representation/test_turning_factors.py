"""Commuting orthogonal matrices as factors: the products, their number, their size, and what they are refused for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation.least_representation import least_real
from fsm2rnn.algebra.representation.turning_factors import (
    TurningFactors,
    fewest_products,
    letters_turn,
    turning_factors,
)
from fsm2rnn.errors import NumericError
from fsm2rnn.source.read import read

# Angles of a finite group are equal or far apart; below 1e-6 rounding hides the plane, and the factors are refused.
ANGLES = st.one_of(
    st.integers(-70_000, 70_000).map(lambda count: count / 10_000),
    st.sampled_from([0.0, np.pi, -np.pi, np.pi / 2, 1e-3]),
)


@st.composite
def commuting_letters(draw):
    """Return orthogonal letters A_x = A M_x, the signs (D, L) and the angles (D, P) of the M_x."""
    count, lines, planes = (draw(st.integers(low, high)) for low, high in ((1, 4), (0, 3), (0, 3)))
    signs = np.array(draw(st.lists(st.sampled_from([1.0, -1.0]), min_size=count * lines, max_size=count * lines)))
    angles = np.array(draw(st.lists(ANGLES, min_size=count * planes, max_size=count * planes)))
    signs, angles = signs.reshape(count, lines), angles.reshape(count, planes)
    size = lines + 2 * planes
    assume(size)
    moved = np.zeros((count, size, size))
    for place in range(lines):
        moved[:, place, place] = signs[:, place]
    for plane, place in enumerate(range(lines, size, 2)):
        c, s = np.cos(angles[:, plane]), np.sin(angles[:, plane])
        moved[:, place, place] = moved[:, place + 1, place + 1] = c
        moved[:, place + 1, place], moved[:, place, place + 1] = s, -s
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    left, basis = (np.linalg.qr(generator.normal(size=(size, size)))[0] for _ in range(2))
    return left @ basis @ moved @ basis.T, signs, angles


@given(commuting_letters())
def test_products_of_factors_are_the_letters_and_their_sizes_are_bounded(given_letters):
    letters, signs, angles = given_letters
    found = turning_factors(letters)
    assert np.allclose(np.einsum("ir,xr,jr->xij", found.output, found.gates, found.source), letters, rtol=0, atol=1e-8)
    # Columns have norm 1, and weights sum to at most 1 on a line and 2 sqrt 2 on a plane.
    sums = signs.shape[1] + 2 * np.sqrt(2) * angles.shape[1]
    assert 1 - 1e-12 <= found.condition <= 1.001 * sums / np.sqrt(letters.shape[1])
    # Weights are at most sqrt 2; angles of one place may differ by a thousandth of the least distance of two places.
    assert np.abs(found.gates).max() < 1.42
    # Planes that no letter turns are two lines.
    assert found.rank <= signs.shape[1] + 3 * angles.shape[1]
    assert found.rank >= letters.shape[1]


@pytest.mark.parametrize(("first", "second"), [(0.5e-9, 1e-9), (0.9e-9, 1.4e-9), (0.501e-9, 1.49e-9), (1e-7, 1e-7)])
def test_angles_that_are_nearly_one_have_small_weights(first, second):
    angles = (0.0, first, second)
    turns = np.array([[[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]] for t in angles])
    assert np.abs(turning_factors(turns).gates).max() < 1.42


@pytest.mark.parametrize(("name", "rank", "least"), [("S5@gens", 5, 5), ("C5", 3, 3), ("V4", 2, 2), ("S6@gens", 7, 6)])
def test_how_many_products(name, rank, least):
    machine = read(name)
    action = group_action(machine)
    table = character_table(action.group)
    assert letters_turn(action)
    assert fewest_products(table, action, least_real(table, action).summands) == least
    assert turning_factors(Facts(machine).group.furthest.letters).rank == rank


@pytest.mark.parametrize("name", ["S3", "Q8", "A5", "Z2xA5@gens"])
def test_letters_that_do_not_commute_do_not_turn(name):
    machine = read(name)
    assert not letters_turn(group_action(machine))
    with pytest.raises(NumericError, match="do not multiply to the letters"):
        turning_factors(Facts(machine).group.furthest.letters)


def test_other_factors_are_refused():
    found = turning_factors(Facts(read("C5")).group.furthest.letters)
    parts = {"output": found.output, "gates": found.gates, "source": found.source}
    for name, part in parts.items():
        changed = part.copy()
        changed[0, 0] += 1e-6
        with pytest.raises(NumericError, match="do not multiply"):
            TurningFactors(found.letters, **{**parts, name: changed})
