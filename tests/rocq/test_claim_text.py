"""The text of a claim: it holds the stored tensors and nothing else, and other claims are refused by their grade."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.network import lower
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.rounding import FLOAT8_E5M2
from fsm2rnn.rocq.claim import claim_of
from fsm2rnn.rocq.claim_text import claim_text
from fsm2rnn.rocq.theorems import IEEE, Floats
from tests.rocq.claims import EXACT, claim, network
from tests.rocq.read_back import read_back

DIGEST = "0" * 64


def stepped(module, letter: int) -> np.ndarray:
    """Return A_x as torch computes it: what one letter makes of each unit vector."""
    size = len(module.initial_state)
    unit = torch.eye(size, dtype=module.initial_state.dtype)
    ids = torch.full((size, 1), letter)
    with torch.no_grad():
        return module.rnn(ids, unit)[0][:, -1].T.double().numpy()


@pytest.mark.parametrize(("target", "machine", "contract"), EXACT)
def test_the_text_read_back_is_what_the_tensors_hold(target, machine, contract):
    proved = network(target, machine, contract)
    module = lower(proved)
    found = read_back(claim_text(claim(target, machine, contract), DIGEST).text, proved.proof.size)
    assert found.table == [list(row) for row in proved.machine.table]
    assert found.start == proved.machine.start
    assert len(found.matrices) == len(proved.machine.symbols)
    if proved.proof.size == len(module.initial_state):
        for letter, matrix in enumerate(found.matrices):
            np.testing.assert_array_equal(matrix, stepped(module, letter))
        np.testing.assert_array_equal(found.first, module.initial_state.double())
        if hasattr(module.readout, "weight"):
            np.testing.assert_array_equal(found.weights, module.readout.weight.detach().double())
            np.testing.assert_array_equal(found.biases, module.readout.bias.detach().double())
    if contract == "linear":
        np.testing.assert_array_equal(np.stack(found.head), module.head.weight.detach().double())
    for point, code in zip(found.points, proved.proof.codes, strict=True):
        assert {place: value for place, value in enumerate(point) if value} == dict(code)
    best = [found.speak_for[int(np.argmax(found.weights @ point + found.biases))] for point in found.points]
    assert best == list(proved.reads)


def test_no_label_enters_the_text():
    label = "*) Axiom x : False. (*"
    machine = fsm2rnn.from_table([[1], [0]], states=[label, "b"], symbols=[label], outputs=[label, "c"])
    text = claim_text(claim_of(fsm2rnn.compile(machine, "full").proved()), DIGEST).text
    words = set(re.findall(r"[A-Za-z_]+", text))
    assert not {"Axiom", "False", "x"} & words
    assert not {"Notation", "Ltac", "Parameter", "Hypothesis", "Admitted", "admit"} & words


def test_a_text_names_what_its_float_theorem_is_about():
    says = [one.says for one in claim_text(claim("factored", "flip-flop"), DIGEST).theorems]
    assert any("the matrices, multiplied out," in one for one in says)
    assert not any("multiplied out" in one.says for one in claim_text(claim("full", "S3@gens"), DIGEST).theorems)


def test_ieee_floats_add_one_theorem_with_its_axioms():
    plain, more = (claim_text(claim("integer", "S3@gens"), DIGEST, floats=floats) for floats in Floats)
    assert more.theorems[:-1] == plain.theorems
    assert (len(plain.printed), len(more.printed)) == (1, 2)
    assert plain.printed == (frozenset(),)
    assert more.printed[1]


def test_every_native_format_has_its_instance():
    assert {(form.name, form.precision) for form in IEEE} == {(form.name, IEEE[form][1]) for form in IEEE}
    # The least power of two beyond a format with e bits of exponent is 2^(2^(e - 1)).
    assert {IEEE[form][2] for form in IEEE} == {1024, 128, 16}
    assert FLOAT8_E5M2 not in IEEE


@pytest.mark.parametrize(
    ("machine", "target", "dtype", "says"),
    [
        ("modadd(5)", "rotation", "float32", "grade horizon"),
        ("tomita3", "relu", "float32", "not linear in its state"),
        ("modadd(5)", "rotation", "float64", "grade horizon"),
    ],
)
def test_another_grade_is_refused_by_its_name(machine, target, dtype, says):
    proved = fsm2rnn.compile(machine, target).proved(dtype)
    with pytest.raises(InputError, match=says):
        claim_of(proved)


def test_a_text_beyond_its_limit_is_refused():
    text = claim_text(claim("full", "S3@gens"), DIGEST).text
    assert claim_text(claim("full", "S3@gens"), DIGEST, limit=len(text) + 1).text == text
    for limit in (len(text) - 1, len(text) // 2, 10, 0):
        with pytest.raises(LimitError, match="characters of text"):
            claim_text(claim("full", "S3@gens"), DIGEST, limit=limit)
