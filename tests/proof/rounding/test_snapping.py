"""How often a state must be put back: figures, the greatest k, and runs that are put back at the last moment."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, rounded
from fsm2rnn.operators.readout import middle_of_point
from fsm2rnn.operators.snapped import region_prototypes, row_prototypes, snapped
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.horizon import distance_from_turn
from fsm2rnn.proof.rounding.snapping import snap_regions, snap_rows
from tests.proof.networks import diagonal_parity
from tests.proof.region_networks import exact_quarters, region_network, saturating
from tests.proof.rounding.drift_networks import NETWORKS, cover_drift, drift_network
from tests.proof.rounding.float_orbit_networks import orbit_network
from tests.proof.rounding.float_states import FloatPlanes, rounded_to
from tests.proof.turning_networks import cyclic_network
from tests.second_checker.checker import accepts


def every(network):
    found = snap_regions(network.proof, region_prototypes(network.proof, network.form), network.grade)
    return None if found is None else found.every


def every_row(network):
    found = snap_rows(network.stored, row_prototypes(network.stored, len(network.machine.states)), network.grade)
    return None if found is None else found.every


def rounding_of(turn, form):
    """Return how far the rounded point of a turn is from it, from above."""
    return distance_from_turn(turn, *(rounded(value, form) for value in middle_of_point(turn)))


@pytest.mark.parametrize(("order", "steps", "snapped"), [(5, 79, 79), (10, 46, 46), (25, 20, 19), (50, 10, 10)])
def test_the_figures_of_cycles_in_bfloat16(order, steps, snapped):
    network = cyclic_network(order, BFLOAT16)
    assert (network.steps, every(network)) == (steps, snapped)


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16], ids=lambda form: form.name)
@pytest.mark.parametrize("order", [5, 7, 25])
def test_it_is_the_greatest_power_below_the_margin(order, form):
    network = cyclic_network(order, form)
    grade, k = network.grade, every(network)
    away = max(rounding_of(Fraction(part, order), form) for part in range(order))
    assert 0 < away < Fraction(1, 1 << (form.precision - 1))
    assert (1 + grade.eta) ** k * (1 + away) < 1 + grade.mu < (1 + grade.eta) ** (k + 1) * (1 + away)
    assert k <= network.steps


@pytest.mark.parametrize("turn", [None, Fraction(0), Fraction(1, 4), Fraction(3, 4)])
def test_prototypes_on_the_axes_are_stored_as_they_are(turn):
    assert all(rounding_of(turn, form) == 0 for form in FORMATS)


def test_the_distance_of_a_rounded_point():
    turn = Fraction(1, 5)
    exact = np.array([np.cos(0.4 * np.pi), np.sin(0.4 * np.pi)])
    for form, kept in ((BFLOAT16, rounded_to(exact.astype(np.float32), BFLOAT16)), (FLOAT16, exact.astype(np.float16))):
        assert float(rounding_of(turn, form)) == pytest.approx(np.hypot(*(kept.astype(float) - exact)), rel=1e-6)
    assert 0 < rounding_of(turn, FLOAT64) < rounding_of(turn, FLOAT32) < rounding_of(turn, FLOAT16)


def test_nothing_to_put_back_where_nothing_rounds_or_a_region_is_no_point():
    assert every(exact_quarters(FLOAT32)) is None
    assert every(saturating(BFLOAT16)) is None
    assert every(region_network("counting-float32")) is None


@pytest.mark.parametrize("order", [5, 10, 25, 50])
def test_no_run_fails_that_is_put_back_in_time(order):
    """Always the symbol that errs most, and random ones: 20,000 steps without snapping fail, none fails with it."""
    network = cyclic_network(order, BFLOAT16)
    planes, k = FloatPlanes.of(network), every(network)
    generator = np.random.default_rng(order)
    angles = 2 * np.pi * np.arange(order) / order
    stored = [rounded_to(part(angles).astype(np.float32), BFLOAT16)[:, None] for part in (np.cos, np.sin)]
    (u, v), states = planes.first(50), np.zeros(50, int)
    for step in range(1, 2000):
        symbols = generator.integers(0, order, 50)
        u, v = planes.step(u, v, symbols)
        states = planes.table[states, symbols]
        read = planes.read(u, v)
        assert (read == states).all()
        if step % k == 0:
            u, v = stored[0][read], stored[1][read]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("form", [BFLOAT16, FLOAT32], ids=lambda form: form.name)
def test_prototypes_of_blocks_are_put_back_about_as_late_as_the_horizon(name, form):
    network = drift_network(name, form)
    k = every_row(network)
    assert k is not None
    assert 0.7 * network.steps - 1 <= k <= network.steps


def test_rows_that_the_format_rounds_away_are_not_put_back():
    """A margin of one over 3,000 in a format of eight bits."""
    network = drift_network("C5-dense", FLOAT32)
    short = type(network.grade)(network.grade.form, network.grade.eta, Fraction(1, 1 << 30), None, 1, None)
    assert snap_rows(network.stored, row_prototypes(network.stored, len(network.machine.states)), short) is None


SNAPPED = [cyclic_network(5, BFLOAT16), cyclic_network(50, BFLOAT16), region_network("killed-float16")]
SNAPPED += [drift_network(name, BFLOAT16) for name in ("A5-dense", "D7-blocks", "D5-householder")]


@pytest.mark.parametrize("plain", SNAPPED, ids=lambda network: f"{len(network.machine.states)}-{network.structure}")
def test_a_network_that_is_put_back_is_right_at_every_length(plain):
    network = snapped(plain)
    assert (network.grade_name, network.steps) == ("snap", None)
    assert network.margin == plain.margin
    assert network.grade.every <= plain.steps
    data = network_bytes(network)
    report = check_bytes(data)
    assert report.accepted
    assert f"if every {network.grade.every:,} symbols it is put back on the prototype of" in report.claim
    assert accepts(data) == (True, "proved")


def test_codes_covers_and_closed_states_are_not_put_back():
    for network in (diagonal_parity(), region_network("thirds-cover-float16"), exact_quarters(FLOAT32)):
        with pytest.raises(CertificateError, match=r"putting the state back proves no more than .*grade"):
            snapped(network)
    with pytest.raises(CertificateError, match="grade orbit, contract injective"):
        snapped(orbit_network("fifths-float16"))
    with pytest.raises(CertificateError, match="grade horizon, contract cover"):
        snapped(cover_drift(FLOAT32))
