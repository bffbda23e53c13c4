"""train on the command line: what it says, what it writes, how it goes on, what it refuses."""

from __future__ import annotations

import csv

import pytest
import torch

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.learn.models import Model
from tests.cli.commands import answer, refusal

QUICK = ["--hidden", "4", "--steps", "3", "--lengths", "2-4"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Judge short words on one thread: these networks are not looked at for what they learn."""
    monkeypatch.setattr("fsm2rnn.learn.training_run.JUDGED_LENGTH", 30)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("model", [model.value for model in Model])
def test_every_model_is_trained_saved_and_loaded(capsys, tmp_path, model):
    path = tmp_path / "net.safetensors"
    found = answer(capsys, "train", "parity", "-m", model, "-o", str(path), *QUICK)
    assert found.keys() >= {"accuracy", "steps", "seconds", "loss", "answer"}
    assert found["accuracy"].keys() == {"500", "5000"}
    assert (found["steps"], found["answer"]) == (3, None)
    assert [child.name for child in tmp_path.iterdir()] == ["net.safetensors"]
    network = fsm2rnn.load(path)
    assert network.rnn.hidden_size == 4
    assert network.machine == fsm2rnn.read("parity")


def test_the_seed_decides_what_is_written(capsys, tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path, seed in zip(paths, "001", strict=True):
        answer(capsys, "train", "parity", "-m", "gru", "-o", str(path), "--seed", seed, *QUICK)
    first, second, third = (path.read_bytes() for path in paths)
    assert first == second != third


def test_the_log_and_the_text(capsys, tmp_path):
    path, log = tmp_path / "net", tmp_path / "log"
    assert main(["train", "parity", "-m", "full", "-o", str(path), "--log", str(log), *QUICK]) == 0
    said = capsys.readouterr().out
    assert "3 steps in" in said
    assert f"wrote {path}" in said
    assert [row["step"] for row in csv.DictReader((log / "train.csv").read_text().splitlines())] == ["3"]


def test_what_is_wrong_is_refused(capsys, tmp_path):
    path = str(tmp_path / "net")
    assert "did you mean 'full'?" in refusal(capsys, "train", "parity", "-m", "ful", "-o", path)
    assert "2-30" in refusal(capsys, "train", "parity", "-m", "gru", "-o", path, "--lengths", "two")
    assert "steps" in refusal(capsys, "train", "parity", "-m", "gru", "-o", path, "--steps", "0")
    assert "hidden" in refusal(capsys, "train", "parity", "-m", "gru", "-o", path, "--hidden", "0")
    assert "stdout" in refusal(capsys, "train", "parity", "-m", "gru", "-o", "-")
    assert "names no file" in refusal(capsys, "train", "parity", "-m", "gru", "-o", "")
    assert "are repaired" in refusal(capsys, "train", "parity", "-m", "real-diagonal", "-o", path, "--until-proved")
    assert "the limit is" in refusal(capsys, "train", "parity", "-m", "full", "-o", path, "--hidden", "1000000")
    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_is_not_resumed_and_one_that_never_began_begins(capsys, tmp_path):
    path = str(tmp_path / "net")
    command = ["train", "parity", "-m", "elman", "-o", path, *QUICK, "--resume"]
    answer(capsys, *command)
    assert "finished" in refusal(capsys, *command)


def test_a_compiled_start_under_rows_keeps_a_cell_right(capsys, tmp_path):
    path = str(tmp_path / "net")
    command = ["train", "parity", "-m", "elman", "-o", path, *QUICK, "--init", "compiled"]
    found = answer(capsys, *command, "--protect", "rows", "--until-proved")
    assert found["accuracy"] == {"500": 1.0, "5000": 1.0}
    full = answer(
        capsys, "train", "parity", "-m", "full", "-o", path, *QUICK, "--init", "compiled", "--protect", "rows"
    )
    assert full["steps"] == 3
    message = refusal(capsys, "train", "Z5", "-m", "rotation", "-o", path, "--init", "compiled")
    assert "rotation" in message
    assert "--init compiled" in refusal(capsys, "train", "Z5", "-m", "full", "-o", path, "--protect", "rows")


def test_until_proved_writes_a_file_that_check_accepts(capsys, tmp_path):
    path = str(tmp_path / "net")
    command = ["train", "tomita1", "-m", "elman", "-o", path, "--hidden", "8", "--lengths", "2-10", "--steps", "300"]
    found = answer(capsys, *command, "--until-proved")
    assert (found["answer"]["answer"], found["loss"]) == ("proved", None)
    assert answer(capsys, "check", path)["accepted"]
