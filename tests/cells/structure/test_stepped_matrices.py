"""Letters made matrices by their own steps: what that rounds by, and scans of factors and updates in torch."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import fsm2rnn
from fsm2rnn.cells.network import lower
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.matrix import columns_of
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.storage import store_prototypes
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.grade import exact_grade
from fsm2rnn.running.verification import verify_network
from tests.proof.region_networks import cycle
from tests.proof.rounding.drift_networks import drift_network, factored_of, readout_of, represented
from tests.second_checker.checker import accepts

NAMES = ("D5-householder", "D5-factored", "A5-factored", "S4-householder")
each_form = pytest.mark.parametrize("form", [FLOAT32, FLOAT16, BFLOAT16], ids=lambda form: form.name)


def letters_of(network):
    """Return the matrices that a scan multiplies, and the exact ones."""
    module = lower(network)
    (made,) = module.rnn.recurrence.products.letters(dict(module.rnn.state_dict()))
    exact = np.zeros(made.shape)
    for symbol, matrix in enumerate(network.stored.matrices):
        for place, column in enumerate(columns_of(matrix)):
            for row, value in column:
                exact[symbol, row, place] = float(value)
    return made.double().numpy(), exact


@each_form
@pytest.mark.parametrize("name", NAMES)
def test_letters_and_their_scans_err_by_no_more_than_is_proved(name, form):
    network = drift_network(name, form)
    scan = network.grade.scan
    assert 0 < scan.steps < network.steps
    made, exact = letters_of(network)
    assert max(np.linalg.norm(made - exact, 2, axis=(1, 2))) <= float(scan.eta)
    verified = verify_network(lower(network), steps=min(scan.steps, 500), batch=4, order="scan")
    assert verified.mismatches == 0
    data = network_bytes(network)
    assert (check_bytes(data).accepted, accepts(data)) == (True, (True, "proved"))


@pytest.mark.parametrize(
    ("machine", "target"),
    [("counter(4)", "factored"), ("S3@gens", "factored"), ("S3", "householder"), ("flip-flop", "householder")],
)
def test_letters_that_never_round_are_exact_matrices_and_scan_at_every_length(machine, target):
    network = fsm2rnn.compile(machine, target).proved("bfloat16")
    assert BFLOAT16 in network.grade.scan
    made, exact = letters_of(network)
    assert np.array_equal(made, exact)
    verified = verify_network(lower(network), steps=5000, batch=2, order="scan")
    assert (verified.order, verified.mismatches) == ("scan", 0)


@pytest.mark.parametrize(("power", "held"), [(11, True), (12, False)])
def test_unit_vectors_whose_steps_may_overflow_have_no_scan(power, held):
    """Prototypes of norm 1/16, and an input factor of 2^power that the gates take back."""
    blocks, points, table = represented("D5")
    plain = factored_of(blocks)
    scale = Fraction(2) ** power
    source = SparseMatrix(
        plain.input.height, tuple(tuple((row, scale * entry) for row, entry in one) for one in plain.input.columns)
    )
    gates = tuple(tuple((place, gate / scale) for place, gate in one) for one in plain.gates)
    machine = StateMachine.tracker(range(len(points)), range(len(blocks)), table)
    operator = Factored(plain.output, gates, source)
    network = store_prototypes(operator, machine, Contract.INJECTIVE, readout_of(points / 16), FLOAT16, {})
    assert network.grade.steps > 1
    assert (network.grade.scan is not None) == held
    data = network_bytes(network)
    assert (check_bytes(data).accepted, accepts(data)) == (True, (True, "proved"))


def test_letters_of_halves_have_no_exact_scan():
    """Codes (2, 0) and (0, 1), exchanged by (0, 2; 1/2, 0): integers along words, halves in products."""
    letter = FactoredMatrix(
        SparseMatrix.identity(2), ((0, 1), (1, Fraction(1, 2))), SparseMatrix(2, (((1, 2),), ((0, 1),)))
    )
    assert letter.apply(((0, 2),)) == ((1, 1),)
    readout = Decoder.linear(SparseMatrix.from_rows([[1, 0], [0, 2]]))
    grade = exact_grade(
        Simulation(cycle(2, [1]), (letter,), (((0, 2),), ((1, 1),)), (0, 1), readout, Contract.INJECTIVE)
    )
    assert FLOAT32 in grade.formats
    assert (grade.products, grade.scan) == (None, ())
