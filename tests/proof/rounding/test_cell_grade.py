"""Grades of proofs by boxes: exact for integers of relu, in the formats that hold every stored number; slack else."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

import numpy as np
import pytest

from fsm2rnn import api
from fsm2rnn.errors import CertificateError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.proof.rounding import cell_grade
from fsm2rnn.proof.rounding.cell_grade import RESERVE, Invariant
from fsm2rnn.proof.rounding.grade import ExactGrade
from tests.proof.cell_networks import cell_tensors, proved_cell, stored

MACHINE = api.read("S3@gens")


def formats(network) -> list[str]:
    return [form.name for form in network.grade.formats]


def test_relu_of_small_integers_is_exact_in_every_format_that_computes():
    network = proved_cell(CellKind.RELU, MACHINE)
    assert isinstance(network.grade, ExactGrade)
    assert formats(network) == ["float64", "float32", "bfloat16", "float16"]
    assert report_on(network).claim.endswith(", without any rounding in float64, float32, bfloat16, float16")


@pytest.mark.parametrize("seed", range(5))
def test_no_order_of_summation_has_a_partial_sum_beyond_the_bound(seed):
    tensors = cell_tensors(CellKind.RELU, MACHINE)
    draw = random.Random(seed)
    network = proved_cell(CellKind.RELU, MACHINE)
    for box in network.proof.boxes:
        state = np.array([wall >> 96 for wall in box.low])
        for letter in range(len(MACHINE.symbols)):
            for row in range(len(state)):
                terms = [*(tensors["weight_hh_l0"][row] * state), tensors["bias_hh_l0"][row]]
                terms += [tensors["weight_ih_l0"][row, letter], tensors["bias_ih_l0"][row]]
                draw.shuffle(terms)
                assert max(map(abs, accumulate(terms))) <= network.grade.partial_sums


@pytest.mark.parametrize("large", ["embedding.weight", "weight_ih_l0"])
def test_a_stored_number_that_meets_zeros_alone_still_has_to_be_stored(large):
    """2^20 is infinite in float16, and infinity times zero is no number: torch's own `half` would not follow."""
    weight = cell_tensors(CellKind.RELU, MACHINE)["weight_ih_l0"]
    letters = weight.shape[1]
    changed = {
        "embedding.weight": np.hstack([np.eye(letters), np.zeros((letters, 1))]),
        "weight_ih_l0": np.hstack([weight, np.zeros((len(weight), 1))]),
    }
    assert formats(proved_cell(CellKind.RELU, MACHINE, changed=changed))[-1] == "float16"
    changed[large][0, -1] = 2**20
    network = proved_cell(CellKind.RELU, MACHINE, changed=changed)
    assert network.grade.partial_sums == 2**20
    assert formats(network) == ["float64", "float32"]


@pytest.mark.parametrize("entry", ["weight_hh_l0", "readout.weight", "readout.bias", "bias_hh_l0"])
def test_an_entry_beyond_a_format_is_beyond_its_claim(entry):
    """A unit that nothing reads and no letter starts, with one large entry of its own."""
    tensors = cell_tensors(CellKind.RELU, MACHINE)
    wider = {
        "weight_hh_l0": np.pad(tensors["weight_hh_l0"], ((0, 1), (0, 1))),
        "weight_ih_l0": np.pad(tensors["weight_ih_l0"], ((0, 1), (0, 0))),
        "bias_ih_l0": np.append(tensors["bias_ih_l0"], 0),
        "bias_hh_l0": np.append(tensors["bias_hh_l0"], 0),
        "readout.weight": np.pad(tensors["readout.weight"], ((0, 0), (0, 1))),
        "readout.bias": tensors["readout.bias"],
        "box.low": np.pad(tensors["box.low"], ((0, 0), (0, 1))),
        "box.high": np.pad(tensors["box.high"], ((0, 0), (0, 1))),
    }
    assert formats(proved_cell(CellKind.RELU, MACHINE, changed=wider))[-1] == "float16"
    if entry == "readout.bias":
        wider[entry] += 2**12  # of all logits alike
    else:
        wider[entry][..., -1] = -(2**12) if entry != "readout.weight" else 2**12
    assert formats(proved_cell(CellKind.RELU, MACHINE, changed=wider)) == ["float64", "float32"]


def test_integers_beyond_their_own_format_are_not_exact():
    """2^24 + 2 terms of float32: the sum with 1 would round; so walls apart from the states are asked for."""
    tensors = cell_tensors(CellKind.RELU, MACHINE)
    bias = tensors["readout.bias"] + 2**24
    with pytest.raises(CertificateError, match="touches the wall"):
        proved_cell(CellKind.RELU, MACHINE, changed={"readout.bias": bias})
    assert formats(proved_cell(CellKind.RELU, MACHINE, "F64", {"readout.bias": bias})) == ["float64"]


def test_boxes_or_fractions_of_relu_are_not_exact():
    tensors = cell_tensors(CellKind.RELU, MACHINE)
    around = np.full(tensors["box.low"].shape, 1.0)
    walls = {"box.low": tensors["box.low"] - around, "box.high": tensors["box.high"] + around}
    with pytest.raises(CertificateError, match=r"out of the next one, by \d"):
        proved_cell(CellKind.RELU, MACHINE, changed=walls)
    halves = {"readout.bias": tensors["readout.bias"] + 0.5}
    with pytest.raises(CertificateError, match="touches the wall"):
        proved_cell(CellKind.RELU, MACHINE, changed=halves)


def test_the_stated_slack_is_less_than_what_was_found():
    network = proved_cell(CellKind.ELMAN, MACHINE)
    assert isinstance(network.grade, Invariant)
    assert 0 < network.proof.slack - network.grade.slack < 10**-11
    assert str(network.grade.slack.limit_denominator(10**12)) == str(network.grade.slack)


@pytest.mark.parametrize("slack", [Fraction(1, 10**12), Fraction(0), Fraction(1, 10**12) + RESERVE / 2])
def test_a_slack_of_less_than_it_states_in_decimals_is_none(slack):
    proof = proved_cell(CellKind.ELMAN, MACHINE).proof
    object.__setattr__(proof, "slack", slack)
    with pytest.raises(CertificateError, match="touches the wall"):
        cell_grade.cell_grade(proof)
    object.__setattr__(proof, "slack", Fraction(1, 10**12) + 2 * RESERVE)
    assert cell_grade.cell_grade(proof).slack == Fraction(1, 10**12)


@pytest.mark.parametrize("power", [-40, -1, 0, 3, 60, 100])
def test_bounds_are_shown_with_three_digits_and_never_rounded_up(power):
    tensors = cell_tensors(CellKind.ELMAN, MACHINE)
    network = proved_cell(CellKind.ELMAN, MACHINE)
    louder = {"readout.weight": stored(tensors["readout.weight"] * 2.0**power * 0.999)}
    louder = replace(network, tensors={**network.tensors, **louder})
    shown = report_on(louder).claim.rpartition("by less than ")[2].removesuffix(" in a logit")
    half = louder.grade.margin / 2
    assert 0.99 * half < Fraction(shown) <= half
    assert len(shown.partition("E")[0].replace(".", "").strip("0")) <= 3
