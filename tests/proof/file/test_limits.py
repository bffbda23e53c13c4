"""What a small file may not do: claim codes that no word reaches, spell giants, or ask for endless equations."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.labels import label_from_json, label_to_json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim import induction
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import check_bytes
from tests.forgery.forge import open_file, respell
from tests.forgery.verdicts import agreed
from tests.proof.networks import file_of

ONE = StateMachine.tracker(["p", "q"], ["x"], [[0], [1]])


def two_codes():
    """Return the arguments of a simulation whose second code, of an unreachable state, no word reaches."""
    decoder = Decoder.linear(SparseMatrix.identity(2))
    return ONE, (SparseMatrix.identity(2),), (unit(0), unit(1)), (0, 1), decoder, Contract.INJECTIVE


def test_a_code_that_no_word_reaches_is_refused():
    with pytest.raises(CertificateError, match="1 codes are listed that no word reaches") as caught:
        Simulation(*two_codes())
    assert caught.value.field == "codes"
    machine, matrices, _, _, decoder, contract = two_codes()
    assert Simulation(machine, matrices, (unit(0),), (0,), decoder, contract).equations == 1


def test_both_checkers_refuse_a_surplus_code():
    draft = open_file(file_of("parity", "full"))
    draft.certificate["codes"].append([[0, "1"], [1, "1"]])
    draft.certificate["reads"].append(0)
    draft.certificate["claim"]["contract"] = "cover"
    draft.certificate["induction"]["equations"] = 6
    assert not agreed(respell(draft))


def test_equations_have_a_limit(monkeypatch):
    monkeypatch.setattr(induction, "EQUATION_LIMIT", 3)
    with pytest.raises(LimitError, match="one-step equations: 4 needed, the limit is 3"):
        Simulation(
            StateMachine.tracker(["p", "q"], ["x", "y"], [[1, 1], [0, 0]]),
            (SparseMatrix(2, (unit(1), unit(0))),) * 2,
            *two_codes()[2:],
        )
    report = check_bytes(file_of("parity", "full"))
    assert (report.accepted, report.field) == (False, "limit")


def test_a_tensor_has_at_most_three_axes():
    draft = open_file(file_of("parity", "full"))
    dtype, shape, data = draft.tensors["initial_state"]
    draft.tensors["initial_state"] = (dtype, [*shape, 1, 1, 1], data)
    report = check_bytes(respell(draft))
    assert (report.accepted, report.field) == (False, "header")


@pytest.mark.parametrize("entry", [str(2**53 + 1), str(-(2**53) - 1), "1" * 641])
def test_a_code_holds_no_giants(entry):
    draft = open_file(file_of("parity", "full"))
    draft.certificate["codes"][0] = [[0, entry]]
    report = check_bytes(respell(draft))
    assert (report.accepted, report.field) == (False, "codes")
    assert not agreed(respell(draft))


def test_labels_hold_integers_of_640_digits():
    label = -(10**640 - 1)
    assert label_from_json(label_to_json(label)) == label
    with pytest.raises(InputError, match="integers of at most 640 digits"):
        label_to_json(10**640)
    with pytest.raises(InputError, match="canonical integer"):
        label_from_json({"int": "1" * 641})


def test_the_answer_does_not_depend_on_pythons_own_digit_limit():
    code = (
        "import sys; from fsm2rnn.machine.labels import label_from_json; label_from_json({'int': '1' * 640});"
        "from fsm2rnn.proof.file.checker import check_bytes; print(check_bytes(sys.stdin.buffer.read()).field)"
    )
    draft = open_file(file_of("parity", "full"))
    draft.certificate["machine"]["states"][0] = {"int": "1" * 700}
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=respell(draft),
            env=os.environ | {"PYTHONINTMAXSTRDIGITS": digits},
            capture_output=True,
            check=True,
        ).stdout
        for digits in ("640", "0")
    ]
    assert answers == [b"machine\n"] * 2
