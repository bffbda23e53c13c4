"""Simulations of both contracts, their grade, and the certificates of networks, field by field."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FORMATS, formats_with
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.certificate import certificate
from fsm2rnn.proof.file.checker import Report, check_bytes, network_bytes, prove_bytes
from fsm2rnn.proof.file.machine_json import machine_from_json, machine_to_json
from fsm2rnn.proof.rounding.grade import exact_grade
from tests.proof.networks import LONELY, NAMED, PARITY, compiled, cover_network, cover_simulation
from tests.strategies import machines


def signed(factor, readout=1, bias=()):
    """Return parity on one coordinate: the letter 1 turns the sign of +-factor."""
    matrices = (SparseMatrix.identity(1), SparseMatrix.from_rows([[-1]]))
    decoder = Decoder.linear(SparseMatrix.from_rows([[readout], [-readout]]), bias)
    return Simulation(PARITY, matrices, (((0, factor),), ((0, -factor),)), (0, 1), decoder, Contract.INJECTIVE)


def test_parity_by_a_cycle_of_four_has_four_codes_and_two_readings():
    proof = cover_simulation()
    assert (proof.size, len(proof.codes), set(proof.reads)) == (4, 4, {0, 1})
    assert (proof.equations, proof.margin) == (8, 1)
    body = json.loads(certificate(cover_network()))
    assert body["claim"]["contract"] == "cover"
    assert body["reads"] == [0, 1, 0, 1]
    assert body["unreachable"] == []
    with pytest.raises(CertificateError, match="two codes are read as one state") as caught:
        Simulation(PARITY, proof.matrices, proof.codes, proof.reads, proof.decoder, Contract.INJECTIVE)
    assert caught.value.field == "contract"


def test_parity_by_a_nearest_prototype_on_a_line():
    line = signed(1)
    decoder = Decoder.nearest(line.codes, (0, 1), 1)
    assert Simulation(PARITY, line.matrices, line.codes, (0, 1), decoder, Contract.INJECTIVE).margin == 2
    swapped = Decoder.nearest(line.codes, (1, 0), 1)
    with pytest.raises(CertificateError, match="is not read as state 0"):
        Simulation(PARITY, line.matrices, line.codes, (0, 1), swapped, Contract.INJECTIVE)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_is_proved_up_to_two_to_its_precision_and_no_further(form):
    for bound, proved in [(2**form.precision, True), (2**form.precision + 1, False)]:
        for proof in (
            signed(bound),
            signed(1, readout=bound),
            signed(1, readout=bound - 5, bias=((0, -5), (1, -5))),
        ):
            grade = exact_grade(proof, formats_with(form))
            assert grade.partial_sums == bound
            assert (form in grade.formats) == proved
            # One that is only stored is spoken of where it is the network's own.
            asked = [other for other in FORMATS if other.native or other == form]
            assert grade.formats == tuple(other for other in asked if bound <= 2**other.precision)
            assert exact_grade(proof).formats == tuple(other for other in grade.formats if other.native)


@given(st.integers(-40, 40), st.integers(-40, 40), st.integers(1, 40))
def test_partial_sums_bound_entries_steps_and_readouts(far, near, factor):
    # h = (factor, 0); the second column of A never meets anything, the step sums |factor| and |near * 0|.
    machine = StateMachine.tracker("a", "x", [[0]])
    matrix = SparseMatrix.from_rows([[1, far], [0, near]])
    decoder = Decoder.linear(SparseMatrix.from_rows([[2, 0]]), ((0, -3),))
    proof = Simulation(machine, (matrix,), (((0, factor),),), (0,), decoder, Contract.INJECTIVE)
    assert exact_grade(proof).partial_sums == max(abs(far), abs(near), 2 * factor + 3)


def test_sums_that_cancel_count_by_their_magnitude():
    machine = StateMachine.tracker("a", "x", [[0]])
    matrix = SparseMatrix.from_rows([[9, -8, 0], [0, 1, 0], [0, 0, 1]])
    code = ((0, 1), (1, 1))
    for rows, expected in [([[0, 0, 0]], 17), ([[-11, 0, 0]], 17), ([[0, 0, -30]], 30), ([[11, -11, 0]], 22)]:
        decoder = Decoder.linear(SparseMatrix.from_rows(rows))
        proof = Simulation(machine, (matrix,), (code,), (0,), decoder, Contract.INJECTIVE)
        assert exact_grade(proof).partial_sums == expected


def test_fractions_anywhere_are_no_exact_grade():
    half = Fraction(1, 2)
    for proof in (signed(half), signed(1, readout=half), signed(1, bias=((0, half),))):
        grade = exact_grade(proof)
        assert (grade.partial_sums, grade.formats) == (None, ())
    machine = StateMachine.tracker("a", "x", [[0]])
    matrix = SparseMatrix.from_rows([[1, half], [0, 0]])
    decoder = Decoder.linear(SparseMatrix.from_rows([[1, 0]]))
    assert exact_grade(Simulation(machine, (matrix,), (unit(0),), (0,), decoder, Contract.INJECTIVE)).formats == ()


def test_states_that_no_code_reads_are_listed():
    machine = StateMachine.tracker("abcd", "x", [[2], [1], [0], [1]])
    matrix = SparseMatrix.from_rows([[0, 1], [1, 0]])
    decoder = Decoder.linear(SparseMatrix.from_rows([[1, 0], [-1, -1], [0, 1], [-1, -1]]))
    proof = Simulation(machine, (matrix,), (unit(0), unit(1)), (0, 2), decoder, Contract.INJECTIVE)
    network = store(Dense(proof.matrices), proof, FORMATS[0], {})
    assert json.loads(certificate(network))["unreachable"] == [1, 3]
    assert check_bytes(network_bytes(network)).accepted


def test_one_state_has_no_margin():
    assert compiled(LONELY, "full").proof.margin is None
    assert json.loads(certificate(compiled(LONELY, "pd")))["separation"]["margin"] is None


@given(machines())
def test_a_machine_comes_back_from_json(machine):
    value = json.loads(json.dumps(machine_to_json(machine)))
    assert repr(machine_from_json(value)) == repr(machine)


@pytest.mark.parametrize("target", ["full", "pd"])
def test_a_network_comes_back_from_its_bytes(target):
    network = compiled(NAMED, target)
    back = prove_bytes(network_bytes(network))
    assert certificate(back) == certificate(network)
    assert (back.machine, back.trace, back.reads, back.grade) == (
        network.machine,
        network.trace,
        network.reads,
        network.grade,
    )
    assert network_bytes(back) == network_bytes(network)


def test_a_report_says_what_was_proved_or_what_failed():
    data = network_bytes(compiled(NAMED, "full"))
    report = check_bytes(data)
    assert report.claim == (
        "after every finite word over 2 symbols the network of size 3 is read as the state of the machine of "
        "3 states (contract injective)"
    )
    assert (report.grade, report.equations, report.field, report.reason) == ("exact", 6, None, None)
    report.raise_if_rejected()
    rejected = check_bytes(data[:-1])
    assert not rejected.accepted
    with pytest.raises(CertificateError) as caught:
        rejected.raise_if_rejected()
    assert (caught.value.field, caught.value.message) == (rejected.field, rejected.reason)
    with pytest.raises(CertificateError, match="certificate: rejected"):
        Report(accepted=False).raise_if_rejected()
