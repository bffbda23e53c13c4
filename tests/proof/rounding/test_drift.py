"""Theorem D against what rounded blocks and reflections really do: measured errors, and the laws of its bounds."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, NATIVE
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.operators.storage import store_prototypes
from fsm2rnn.operators.structure_tensors import dense_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes, prove_bytes
from fsm2rnn.proof.file.network import Orbit, Prototypes
from fsm2rnn.proof.rounding import drift as module
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.tracing.orbit import strongest_contract, traced
from tests.forgery.wrong.test_wrong_structures import rebuilt
from tests.proof.rounding.drift_networks import (
    NETWORKS,
    cover_drift,
    dense_of,
    drift_files,
    drift_network,
    exact_files,
    readout_of,
    represented,
)
from tests.proof.rounding.float_states import array_of
from tests.proof.rounding.float_steps import FloatSteps
from tests.proof.rounding.worst_words import along, chased, drawn
from tests.second_checker.checker import accepts

by_name = {"ids": lambda form: form.name}
LONGEST = 150
SMALL = [name for name in NETWORKS if not name.startswith("D3xS4")]


def measured(network, length):
    """Return the greatest error at every step over random and constant words and words that chase it."""
    floats = FloatSteps.of(network)
    runs = (
        along(floats, drawn(floats, 300, length, np.random.default_rng(5)), floats.ways),
        chased(floats, 100, length),
    )
    return floats, np.maximum(*(run.worst for run in runs)), sum(run.misread for run in runs)


@pytest.mark.parametrize("form", NATIVE, **by_name)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_word_errs_by_more_than_is_proved(name, form):
    network = drift_network(name, form)
    length = min(network.steps, LONGEST if len(network.reads) < 100 else 60)
    floats, worst, misread = measured(network, length)
    assert (worst <= floats.proved(length)).all()
    assert misread == 0
    if form is BFLOAT16:
        # The bound is no empty one: some word comes near. (Few float states are met by C3 x C2, and the error stays.)
        proved = floats.proved(length)
        assert (proved / worst).min() < 3
        assert name.startswith("C3xC2") or proved[-1] / worst[-1] < 6


@pytest.mark.parametrize("form", [BFLOAT16, FLOAT16], **by_name)
@pytest.mark.parametrize("name", ["D5-dense", "D5-householder", "S4-blocks", "A5-householder"])
def test_the_bound_holds_beyond_what_is_read_right(name, form):
    """Past the horizon the states still are where the recursion says, as long as they are no longer than 4 V."""
    network = drift_network(name, form)
    floats, worst, _ = measured(network, LONGEST)
    proved = floats.proved(LONGEST)
    assert (worst <= proved)[proved < 1].all()


@pytest.mark.parametrize("form", NATIVE, **by_name)
@pytest.mark.parametrize("name", SMALL)
def test_eta_mu_and_steps_are_those_of_the_theorem(name, form):
    network = drift_network(name, form)
    grade, size = network.grade, network.proof.size
    unit = 2.0**-form.precision
    rows = array_of(network.tensors["readout.weight"])
    gaps = np.linalg.norm(rows[:, None] - rows[None], axis=-1)
    half = gaps[gaps > 0].min() / 2
    # One block, unit prototypes; what a short format rounds off the start comes off.
    assert half * (1 - 1e-6) - 4 * unit < grade.mu <= half * (1 + 1e-6)
    assert unit / 2 < grade.eta < unit * (20 * size if form in (FLOAT64, FLOAT32) else 4)
    assert abs(network.margin - 2 * half**2) < 1e-6
    assert network.steps == math.floor(math.log1p(grade.mu) / math.log1p(grade.eta) + 1e-9) or network.steps > 1e9
    assert network.proof.equations == len(rows) * len(network.machine.symbols)
    assert (network.grade_name, network.reads) == ("horizon", tuple(range(len(rows))))


@pytest.mark.parametrize("name", SMALL)
def test_more_precise_formats_have_longer_horizons(name):
    steps = [drift_network(name, form).steps for form in (BFLOAT16, FLOAT16, FLOAT32, FLOAT64)]
    assert steps == sorted(set(steps))


def test_dense_and_block_diagonal_storage_of_one_block_prove_the_same():
    network = drift_network("D5-dense", FLOAT32)
    weight = array_of(network.tensors["weight"])
    block = dense_tensor((2, 2, 2), enumerate(Fraction(value) for value in weight.transpose(2, 0, 1).ravel()), FLOAT32)
    other = rebuilt(network, {"weight": None, "block.0": block}, structure=Structure.BLOCK_DIAGONAL)
    assert other.grade == network.grade


@pytest.mark.parametrize("name", [*drift_files(), *exact_files()])
def test_both_checkers_accept_what_is_stored(name):
    data = (drift_files() | exact_files())[name]
    report = check_bytes(data)
    assert (report.accepted, report.grade) == (True, "horizon" if name in drift_files() else "exact"), report.reason
    assert accepts(data) == (True, "proved")
    assert network_bytes(prove_bytes(data)) == data


@pytest.mark.parametrize("form", NATIVE, **by_name)
@pytest.mark.parametrize("name", SMALL)
def test_both_checkers_accept_every_group_in_every_format(name, form):
    assert accepts(network_bytes(drift_network(name, form))) == (True, "proved")


@pytest.mark.parametrize(("form", "exponent"), [(FLOAT32, -100), (FLOAT32, -115), (FLOAT64, -420), (FLOAT64, 420)])
def test_both_checkers_agree_at_every_scale(form, exponent):
    blocks, points, table = represented("C5")
    machine = StateMachine.tracker(range(len(points)), range(len(blocks)), table)
    readout = readout_of(2.0**exponent * points)
    network = store_prototypes(dense_of(blocks), machine, Contract.INJECTIVE, readout, form, {})
    for data in map(network_bytes, (network, snapped(network))):
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


def test_several_prototypes_of_a_state_are_contract_cover():
    network = cover_drift(FLOAT32)
    assert (network.contract, network.reads) == (Contract.COVER, (0,) * 5 + (1,) * 5)
    floats = FloatSteps.of(network)
    states, rows = floats.first(1)
    word, state = np.random.default_rng(2).integers(0, 2, 2000), 0
    for symbol in word:
        states, state = floats.step(states, np.array([symbol])), network.machine.table[state][symbol]
        rows = floats.exact.following[rows, symbol]
        assert floats.exact.reads[rows] == state
        assert floats.misread(states, rows) == 0
    with pytest.raises(CertificateError, match="that is contract cover"):
        rebuilt(network, {}, contract=Contract.INJECTIVE)


@pytest.mark.parametrize(
    ("limit", "what"),
    [("EQUATION_LIMIT", "steps between"), ("SCORE_LIMIT", "scores of"), ("PRODUCT_LIMIT", "products of entries")],
)
def test_work_has_limits_before_anything_is_proved(monkeypatch, limit, what):
    network = drift_network("D5-dense", FLOAT32)
    needed = {"EQUATION_LIMIT": 20, "SCORE_LIMIT": 100, "PRODUCT_LIMIT": 16}[limit]
    monkeypatch.setattr(module, limit, needed)
    rebuilt(network, {})
    monkeypatch.setattr(module, limit, needed - 1)
    with pytest.raises(LimitError, match=f"{what}.*{needed} needed"):
        rebuilt(network, {})


@pytest.mark.parametrize(("name", "needed"), [("D5-factored", 32), ("D5-householder", 16)])
def test_letters_are_multiplied_out_within_limits(monkeypatch, name, needed):
    """Two letters of two rows: 8 products each, or 4 R of R = 4 factors."""
    network = drift_network(name, FLOAT32)
    monkeypatch.setattr(module, "PRODUCT_LIMIT", needed)
    rebuilt(network, {})
    monkeypatch.setattr(module, "PRODUCT_LIMIT", needed - 1)
    with pytest.raises(LimitError, match=f"products of entries: {needed} needed"):
        rebuilt(network, {})


@pytest.mark.parametrize("name", ["D5-dense", "D5-householder", "D7-blocks"])
def test_stored_weights_that_leave_the_integers_are_traced_by_prototypes(name):
    network = drift_network(name, FLOAT32)
    trace, reads = traced(network.stored, network.machine, limit=100)
    assert (trace, reads) == (Prototypes(), network.reads)
    assert strongest_contract(trace, reads, network.stored) is Contract.INJECTIVE
    cover = cover_drift(FLOAT32)
    assert strongest_contract(*traced(cover.stored, cover.machine, limit=100), cover.stored) is Contract.COVER


@pytest.mark.parametrize("name", exact_files())
def test_stored_weights_that_stay_integers_are_traced_by_their_codes(name):
    network = prove_bytes(exact_files()[name])
    assert traced(network.stored, network.machine, limit=100) == (network.trace, network.reads)
    assert isinstance(network.trace, Orbit)
