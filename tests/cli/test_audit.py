"""audit on the command line: status 0, 1 or 3 with one document, and what it cannot take in one line."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.comparison.trackers import drawn_tracker, recipe_tracker


@pytest.fixture
def proved(tmp_path):
    path = tmp_path / "right.safetensors"
    recipe_tracker(CellKind.ELMAN, fsm2rnn.read("tomita3"), noise=0.01).save(path)
    return str(path)


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.safetensors"
    tracker = drawn_tracker(CellKind.GRU, fsm2rnn.read("parity"), 1)
    tracker.save(path)
    return str(path)


def answer(capsys, *arguments: str) -> tuple[int, dict[str, object]]:
    status = main(["audit", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_proof_is_status_0(capsys, proved):
    status, found = answer(capsys, proved)
    assert (status, found["answer"], found["grade"]) == (0, "proved", "invariant")
    assert found["slack"] > 0
    status, found = answer(capsys, proved, "--state", "grid5")
    assert (status, found["grade"]) == (0, "orbit")
    assert found["arithmetic"].startswith("the state rounded to grid5 after each symbol")


def test_a_failing_word_is_status_1_and_plays_in_run(capsys, wrong):
    status, found = answer(capsys, wrong)
    assert (status, found["answer"]) == (1, "refuted")
    word = ",".join(found["word"])
    assert main(["run", wrong, word, "--json"]) == 0
    outputs = json.loads(capsys.readouterr().out)["outputs"]
    assert outputs[-1] == found["found"] != found["expected"]


def test_a_limit_is_status_3(capsys, proved):
    status, found = answer(capsys, proved, "--limit", "2", "--state", "grid12")
    assert (status, found["answer"]) == (3, "undecided")
    assert "limit of 2 states" in found["reason"]


def test_another_s_checkpoint_needs_its_kind_and_machine(capsys, tmp_path):
    tracker = recipe_tracker(CellKind.GRU, fsm2rnn.read("parity"))
    renamed = {name.replace("readout", "fc"): tensor.clone() for name, tensor in tracker.state_dict().items()}
    path = str(tmp_path / "theirs.safetensors")
    save_file(renamed, path)
    assert answer(capsys, path, "--kind", "gru", "--machine", "parity")[0] == 0
    assert main(["audit", path, "--kind", "gru"]) == 2
    assert "--machine" in capsys.readouterr().err
    assert main(["audit", path, "--kind", "lstm", "--machine", "parity"]) == 2
    assert "gru" in capsys.readouterr().err


@pytest.mark.parametrize("wrong_option", [["--state", "grid99"], ["--limit", "0"], ["--machine", "S3"]])
def test_what_cannot_be_asked_is_one_line(capsys, proved, wrong_option):
    assert main(["audit", proved, *wrong_option]) == 2
    error = capsys.readouterr().err
    assert error.startswith("fsm2rnn: ")
    assert error.count("\n") == 1


def test_a_certified_cell_is_known(capsys, tmp_path):
    path = str(tmp_path / "gru.safetensors")
    fsm2rnn.compile("tomita1", "gru").save(path)
    status, found = answer(capsys, path)
    assert (status, found["grade"]) == (0, "invariant")
    network = fsm2rnn.load(path)
    with torch.no_grad():
        network.readout.weight.neg_()
        network.readout.bias.neg_()
    assert isinstance(fsm2rnn.audit(network), fsm2rnn.Refuted)
