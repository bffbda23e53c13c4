"""Some six hundred networks err by no more than theorems H and D prove; the measuring code, and that it bites."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fsm2rnn.exact.circle import UNIT, point_on_circle
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, NATIVE, rounded
from tests.proof.rounding.drawn_horizons import compiled, lengthened, networks, perturbed, turned
from tests.proof.rounding.drift_networks import drift_network
from tests.proof.rounding.float_states import rounded_to
from tests.proof.rounding.float_steps import FloatSteps, Way, on_circle, split
from tests.proof.rounding.fused import fused
from tests.proof.rounding.horizon_errors import Effort, page, row, rows, table
from tests.proof.rounding.worst_words import along, chased, drawn, exceeds
from tests.proof.turning_networks import cyclic_network

QUICK = Effort(longest=60, words=32, wide=60, narrow=4, chased=50_000, far=0, beyond=0, far_words=0)
SOME = list(networks())[5::23]
# Of signs, swaps and quarter turns alone.
UNROUNDED = ("rotation abelian 3", "householder Q8xZ5@gens")
by_name = {"ids": lambda value: getattr(value, "name", value)}


def named(item):
    return f"{item.name} {item.form.name}"


@pytest.mark.parametrize("item", SOME, ids=named)
def test_no_word_errs_by_more_than_is_proved(item):
    found = row(item, QUICK)
    if found is None:
        assert item.form in (BFLOAT16, FLOAT16) or item.name in UNROUNDED
        return
    assert found.holds
    assert found.longest == min(found.proved, QUICK.longest)
    assert found.theorem == ("H" if item.name.startswith("rotation") else "D")


@pytest.mark.slow
def test_no_word_of_six_hundred_networks_errs_by_more_than_is_proved(capsys):
    found = list(rows(networks()))
    with capsys.disabled():
        print("", *(" ".join(line) for line in table(found)), sep="\n")  # noqa: T201  the table is what is measured
    assert [one for one in found if not one.holds] == []
    assert len(found) > 500
    assert {one.form for one in found if one.theorem == "H"} == {one.form for one in found if one.theorem == "D"}
    # No empty bounds: letters that are all too long go almost as far as is proved.
    assert max(one.ratio for one in found) > 0.9


def test_all_networks_have_names_of_their_own():
    names = [named(item) for item in networks()]
    assert len(set(names)) == len(names) > 550
    assert {item.form for item in networks()} == set(NATIVE)


def test_the_page_says_what_was_measured():
    found = [one for item in SOME[:4] if (one := row(item, QUICK)) is not None]
    text = page(found)
    assert f"{len(found)} networks carry a horizon" in text
    assert f"{max(one.ratio for one in found):.4f}" in text
    wrong = dataclasses.replace(found[0], ratio=1.1, misread=3)
    assert not wrong.holds
    assert table([wrong])[1][-2:] == ["1", "3"]


# That it bites


@pytest.mark.parametrize(
    ("name", "target", "form"),
    [("Z5", "rotation", BFLOAT16), ("Z25@gens", "rotation", FLOAT32), ("Dih(5)", "block-diagonal", FLOAT16),
     ("A5@gens", "block-diagonal", FLOAT32), ("S3xZ5", "block-diagonal", FLOAT64)],
    **by_name,
)  # fmt: skip
def test_a_smaller_eta_is_exceeded(name, target, form):
    """Letters that are all too long by 32 roundoffs: of what is proved then, no half can be spared."""
    network = perturbed(name, target, form, lengthened, 4 if form == BFLOAT16 else 32, 0)
    floats = FloatSteps.of(network)
    length = min(network.steps, 100)
    found = along(floats, drawn(floats, 50, length, np.random.default_rng(0)), floats.ways)
    proved = floats.proved(length)
    assert not exceeds(found, proved)
    assert exceeds(found, proved / 2)


@pytest.mark.parametrize("network", [cyclic_network(5, FLOAT32), drift_network("A5-dense", FLOAT32)])
def test_another_letter_or_start_is_seen(network):
    floats = FloatSteps.of(network)
    exact = dataclasses.replace(floats.exact, following=np.roll(floats.exact.following, 1, axis=1))
    other = dataclasses.replace(floats, exact=exact)
    words = drawn(floats, 50, 20, np.random.default_rng(0))
    found = along(other, words, floats.ways)
    assert exceeds(found, floats.proved(20))
    assert found.misread
    assert exceeds(chased(other, 20, 20), floats.proved(20))


def test_a_chase_ends_in_the_error_that_it_names():
    for network in (cyclic_network(10, BFLOAT16), drift_network("S4-blocks", BFLOAT16)):
        floats = FloatSteps.of(network)
        floats = dataclasses.replace(floats, ways=floats.ways[:1])
        found = chased(floats, 40, 30)
        again = along(floats, found.word[None], floats.ways)
        assert again.worst[-1] == found.worst[-1]
        assert (again.worst <= found.worst).all()


# The measuring code

exponents = st.integers(-40, 40)


def floats_of(dtype, bits):
    return st.builds(
        lambda number, exponent: dtype(number * 2.0**exponent),
        st.integers(-(1 << bits) + 1, (1 << bits) - 1),
        exponents,
    )


@pytest.mark.parametrize(("dtype", "form"), [(np.float32, FLOAT32), (np.float64, FLOAT64)], **by_name)
@given(st.data())
def test_a_fused_step_rounds_once(dtype, form, data):
    left, right, added = (data.draw(floats_of(dtype, form.precision)) for _ in range(3))
    exact = Fraction(float(left)) * Fraction(float(right)) + Fraction(float(added))
    assume(abs(exact) < Fraction(2) ** 100)
    assert Fraction(float(fused(left, right, added))) == rounded(exact, form)


@pytest.mark.parametrize(("dtype", "form"), [(np.float32, FLOAT32), (np.float64, FLOAT64)], **by_name)
@given(st.data())
def test_a_fused_step_rounds_once_where_digits_cancel(dtype, form, data):
    left, right = (data.draw(floats_of(dtype, form.precision)) for _ in range(2))
    near = -(left * right)
    exact = Fraction(float(left)) * Fraction(float(right)) + Fraction(float(near))
    assert Fraction(float(fused(left, right, near))) == rounded(exact, form)


@given(st.fractions(0, 1, max_denominator=1000))
def test_points_of_the_circle_are_known_to_a_hundred_bits(turn):
    for ball, bounds in zip(on_circle(turn), point_on_circle(turn % 1), strict=True):
        assert isinstance(ball, flint.arb)
        high, low = map(Fraction, split(ball))
        assert Fraction(bounds.low, UNIT) - Fraction(1, 1 << 100) <= high + low
        assert high + low <= Fraction(bounds.high, UNIT) + Fraction(1, 1 << 100)


@pytest.mark.parametrize(
    ("network", "ways"),
    [
        (cyclic_network(5, BFLOAT16), 1),
        (cyclic_network(5, FLOAT32), 3),
        (drift_network("A5-dense", FLOAT16), 2),
        (drift_network("A5-dense", FLOAT32), 3),
        (drift_network("A5-householder", BFLOAT16), 3),
    ],
)
def test_ways_with_results_of_their_own_are_kept(network, ways):
    floats = FloatSteps.of(network)
    generator = np.random.default_rng(9)
    states = rounded_to(generator.normal(size=(2000, floats.exact.high.shape[1])).astype(np.float32), network.form)
    symbols = generator.integers(floats.arithmetic.letters, size=len(states))
    results = {way: floats.arithmetic.apply(states, symbols, way).tobytes() for way in Way}
    kept = [results[way] for way in floats.ways]
    assert len(set(kept)) == len(kept) == ways
    # Three terms have further orders and ways to fuse, which are not run.
    assert set(kept) == set(results.values()) or ways == 3


def test_other_bases_are_orthonormal_and_rounded_to_the_format():
    for structure in ("blocks", "dense", "householder"):
        network = turned("S4", structure, 3, BFLOAT16)
        assert (network.form, network.steps > 10) == (BFLOAT16, True)
        finer = turned("S4", structure, 3, FLOAT64)
        assert finer.steps > 10**12
        assert compiled("S4", "block-diagonal", FLOAT64) is None  # in the integers' basis nothing rounds
