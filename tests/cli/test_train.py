"""train on the command line: what it says, what it writes, how it goes on, what it refuses."""

from __future__ import annotations

import csv

import pytest
import torch

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.learn import retention, trainer
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


@pytest.fixture
def _few(monkeypatch):
    """Tell accuracy of short words."""
    own = trainer.accuracy
    for module in (trainer, retention):
        monkeypatch.setattr(module, "accuracy", lambda net, machine, n, **more: own(net, machine, n // 20, **more))


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize("model", ["full", "gru"])
def test_the_best_of_several_seeds_is_kept_and_each_is_the_one_alone(capsys, tmp_path, model):
    together, alone, log = tmp_path / "together", tmp_path / "alone", tmp_path / "log"
    command = ["train", "parity", "-m", model, *QUICK]
    found = answer(capsys, *command, "-o", str(together), "--seed", "5", "--seeds", "3", "--log", str(log))
    scores = {}
    for seed, row in zip((5, 6, 7), found["seeds"], strict=True):
        own = answer(capsys, *command, "-o", str(alone), "--seed", str(seed), "--log", str(tmp_path / "own"))
        told = {name: own[name] for name in ("accuracy", "steps", "loss")}
        assert row == {"seed": seed, "seconds": row["seconds"], **told}
        table = (tmp_path / "own" / "train.csv").read_bytes()
        assert (log / f"seed-{seed}" / "train.csv").read_bytes() == table
        checks = csv.DictReader(table.decode().splitlines())
        scores[seed] = max((float(one["accuracy_500"]), -float(one["loss"])) for one in checks)
        if seed == found["seed"]:
            assert together.read_bytes() == alone.read_bytes()
    assert scores[found["seed"]] == max(scores.values())
    assert {path.name for path in tmp_path.iterdir()} == {"together", "alone", "log", "own"}
    assert "finished" in refusal(capsys, *command, "-o", str(together), "--seed", "5", "--seeds", "3", "--resume")


@pytest.mark.usefixtures("_few")
def test_several_seeds_that_were_stopped_go_on(capsys, tmp_path, monkeypatch):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    command = ["train", "parity", "-m", "full", *QUICK, "--seeds", "2"]
    wanted = answer(capsys, *command, "-o", str(whole))
    own = trainer._told

    def told(run, measured):
        if run.plan.seed == 1:
            raise KeyboardInterrupt
        return own(run, measured)

    monkeypatch.setattr(trainer, "_told", told)
    assert main([*command, "-o", str(stopped)]) == 130
    capsys.readouterr()
    assert len(list(tmp_path.glob("stopped.seed-*.train"))) == 2
    monkeypatch.setattr(trainer, "_told", own)
    found = answer(capsys, *command, "-o", str(stopped), "--resume")
    assert [row["accuracy"] for row in found["seeds"]] == [row["accuracy"] for row in wanted["seeds"]]
    assert stopped.read_bytes() == whole.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"whole", "stopped"}


def test_seeds_are_told_from_one_to_sixty_four(capsys, tmp_path, monkeypatch):
    command = ["train", "parity", "-m", "elman", "-o", str(tmp_path / "net"), *QUICK]
    assert "--seeds counts from 1" in refusal(capsys, *command, "--seeds", "0")
    assert "the limit is 64" in refusal(capsys, *command, "--seeds", "65")
    monkeypatch.setattr("fsm2rnn.commands.trained.train.WEIGHT_LIMIT", 100)
    assert "weights of networks of 3 seeds" in refusal(capsys, *command, "--seeds", "3")
    assert "--until-proved is of one network" in refusal(capsys, *command, "--seeds", "2", "--until-proved")
    assert "--tensorboard is of one network" in refusal(capsys, *command, "--seeds", "2", "--tensorboard", "events")
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_refused(capsys, tmp_path):
    path = str(tmp_path / "net")
    assert "did you mean 'full'?" in refusal(capsys, "train", "parity", "-m", "ful", "-o", path)
    assert "2-30" in refusal(capsys, "train", "parity", "-m", "gru", "-o", path, "--lengths", "two")
    assert "steps" in refusal(capsys, "train", "parity", "-m", "gru", "-o", path, "--steps", "0")
    assert "hidden" in refusal(capsys, "train", "parity", "-m", "gru", "-o", path, "--hidden", "0")
    assert "stdout" in refusal(capsys, "train", "parity", "-m", "gru", "-o", "-")
    assert "names no file" in refusal(capsys, "train", "parity", "-m", "gru", "-o", "")
    assert "names no file" in refusal(capsys, "train", "parity", "-m", "gru", "-o", "", "--seeds", "2")
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
