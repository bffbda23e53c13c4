"""Boxes of an Elman cell as a text: what the tensors hold, accepted with tanh, refused where a number is changed."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

import fsm2rnn
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from fsm2rnn.rocq import box_text as module
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.box_claim import box_claim_of
from fsm2rnn.rocq.box_text import box_text
from fsm2rnn.rocq.library import Library
from fsm2rnn.rocq.network_text import network_text
from fsm2rnn.rocq.prove import Accepted, Rejected, kernel_answer, prove
from fsm2rnn.rocq.theorems import MACHINE_INTEGERS, REALS, Floats
from tests.comparison.trackers import learned_tracker
from tests.proof.cell_networks import mealy_cell
from tests.rocq.claims import needs_coqc

DIGEST = "0" * 64


def compiled_cell(machine: str, target: str = "elman"):
    """Return the proved cell of a machine, as read from the bytes of its file."""
    return prove_bytes(network_bytes(fsm2rnn.compile(machine, target).proved()))


def integers(text: str) -> list[int]:
    """Return the integers that the names in a text stand for."""
    return [-int(digits) if sign == "m" else int(digits) for sign, digits in re.findall(r"\b([pm])(\d+)", text)]


@pytest.mark.parametrize("machine", ["parity", "tomita3"])
def test_the_text_read_back_is_what_the_tensors_hold(machine):
    network = compiled_cell(machine)
    claim = box_claim_of(network)
    parts = dict(re.findall(r"Definition (\w+) : [\w ]+ :=\n(.*?)\.\n", box_text(claim, DIGEST).text, re.DOTALL))
    size, scale = claim.cell.size, 1 << claim.cell.scale
    assert parts["the_cell"].startswith(f"Cell {scale}\n")
    stored = {
        name: np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).astype(float)
        for name, tensor in network.weights.items()
    }
    letters = stored["weight_ih_l0"].T + stored["bias_ih_l0"] + stored["bias_hh_l0"]
    readout = np.column_stack([stored["readout.weight"], stored["readout.bias"]])
    expected = [stored["weight_hh_l0"], letters, readout]
    np.testing.assert_array_equal(
        integers(parts["the_cell"]), scale * np.concatenate([part.ravel() for part in expected])
    )
    walls = [wall for box in claim.boxes for pair in zip(box.low, box.high, strict=True) for wall in pair]
    assert integers(parts["the_nodes"]) == walls
    assert len(walls) == 2 * size * len(claim.boxes)
    unit = 1 << claim.grid
    for point, low, high in re.findall(r"Enclosed \((-?\d+)\) \((-?\d+)\) \((-?\d+)\)", parts["the_table"]):
        assert int(low) <= unit * math.tanh(int(point) / unit) <= int(high)
        assert int(high) - int(low) <= 1


def test_wide_boxes_need_few_end_points():
    claim = box_claim_of(compiled_cell("tomita3"))
    assert (claim.grid, len(claim.table)) == (6, 21)


@pytest.mark.parametrize(("kind", "says"), [("gru", "a gru cell"), ("lstm", "a lstm cell"), ("relu", "a relu cell")])
def test_other_cells_are_refused_by_name(kind, says):
    with pytest.raises(InputError, match=says):
        network_text(compiled_cell("parity", kind), DIGEST)


def test_outputs_of_steps_and_float_formats_are_refused():
    with pytest.raises(InputError, match="outputs belong to steps"):
        network_text(mealy_cell(CellKind.ELMAN, fsm2rnn.read("parity")), DIGEST)
    with pytest.raises(InputError, match="speaks of no float format"):
        network_text(compiled_cell("parity"), DIGEST, floats=Floats.IEEE)


def test_a_text_beyond_its_limit_is_refused():
    claim = box_claim_of(compiled_cell("parity"))
    length = len(box_text(claim, DIGEST).text)
    assert box_text(claim, DIGEST, limit=length + 1)
    for limit in (length - 1, length // 2, 0):
        with pytest.raises(LimitError, match="characters of text"):
            box_text(claim, DIGEST, limit=limit)


def test_bounds_that_are_not_proved_are_said_to_be_assumed(monkeypatch):
    claim = box_claim_of(compiled_cell("parity"))
    proved, assumed = box_text(claim, DIGEST), box_text(claim, DIGEST, assumed=True)
    assert [one.name for one in proved.theorems] == ["any_activation_claim", "tanh_claim"]
    assert (proved.libraries, assumed.libraries) == ((Library.INTERVAL,), ())
    assert [one.name for one in assumed.theorems] == ["any_activation_claim"]
    assert "is assumed" in assumed.theorems[0].says
    assert "is not proved here" in assumed.text
    monkeypatch.setattr(module, "PROVED_ENDS", len(claim.table) - 1)
    assert box_text(claim, DIGEST) == assumed


@needs_coqc
@pytest.mark.slow
def test_without_bounds_of_tanh_the_claim_rests_on_no_axiom():
    found = kernel_answer(box_text(box_claim_of(compiled_cell("S3@gens")), DIGEST, assumed=True), Limits())
    assert isinstance(found, Accepted), found
    assert found.axioms == ()


@needs_coqc
@pytest.mark.slow
def test_a_trained_network_is_proved_with_tanh(tmp_path):
    if not Library.INTERVAL.is_installed:
        pytest.skip("needs coq-interval: apt-get install libcoq-interval")
    path = tmp_path / "net.safetensors"
    fsm2rnn.train_to_boxes(learned_tracker(CellKind.ELMAN, fsm2rnn.read("tomita4"))).save(path)
    found = prove(path)
    assert isinstance(found, Accepted), found
    assert [one.name for one in found.theorems] == ["any_activation_claim", "tanh_claim"]
    assert REALS < set(found.axioms) <= REALS | MACHINE_INTEGERS


@needs_coqc
@pytest.mark.slow
def test_the_kernel_rejects_a_changed_number():
    true = box_claim_of(compiled_cell("parity"))
    cell, box = true.cell, true.boxes[1]
    wide = replace(box, low=tuple(wall - (1 << 95) for wall in box.low))
    low = replace(true.boxes[0], high=(-1, *true.boxes[0].high[1:]))
    row = (cell.hidden[0][0] + 32, *cell.hidden[0][1:])
    entry = replace(true.table[0], point=true.table[0].point + 64)
    changes = {
        "a box is wider than its images allow": {"boxes": (true.boxes[0], wide, *true.boxes[2:])},
        "the start lies outside": {"boxes": (low, *true.boxes[1:])},
        "a weight": {"cell": replace(cell, hidden=(row, *cell.hidden[1:]))},
        "a bias": {"cell": replace(cell, hidden_bias=(cell.hidden_bias[0] + 64, *cell.hidden_bias[1:]))},
        "the readout": {"cell": replace(cell, readout=cell.readout[::-1])},
        "the outputs": {"label": true.label[::-1]},
        "the readings": {"reads": (true.reads[0], *true.reads[:0:-1])},
        "the moves": {"moves": (true.moves[0][::-1], *true.moves[1:])},
        "an end point": {"table": (entry, *true.table[1:])},
        "a number beyond the table": {"table": true.table[:-1]},
    }
    for what, fields in changes.items():
        found = kernel_answer(box_text(replace(true, **fields), DIGEST, assumed=True), Limits())
        assert isinstance(found, Rejected), what
        assert found.reason.startswith("checked is refused"), what
    # Bounds that tanh does not have pass the check, and not the proof.
    tight = replace(true.table[0], low=true.table[0].low + 1, high=true.table[0].high + 1)
    if Library.INTERVAL.is_installed:
        found = kernel_answer(box_text(replace(true, table=(tight, *true.table[1:])), DIGEST), Limits())
        assert isinstance(found, Rejected)
