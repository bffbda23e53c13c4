"""sweep: what is done is not done again, what failed is told, and an executor is any that there is."""

from __future__ import annotations

import sqlite3
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace

import pytest
import torch

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.learn.trainer import train
from fsm2rnn.source.write import write_machine
from fsm2rnn.sweeps.database import opened
from fsm2rnn.sweeps.outcome import outcome_of
from fsm2rnn.sweeps.spec import read_spec
from fsm2rnn.sweeps.summary import groups_of, sweep_table
from fsm2rnn.sweeps.sweep_loop import passes, run_sweep
from tests.cli.commands import answer, refusal
from tests.sweeps.sweeping import rows, written


class AtOnce(Executor):
    """Makes runs where they are submitted; after `most` times its workers are gone."""

    def __init__(self, most=1000):
        self.asked, self.passes, self.most = [], [], most

    def submit(self, function, keys):
        self.asked += keys
        self.passes.append(keys)
        future = Future()
        if len(self.passes) > self.most:
            future.set_exception(BrokenExecutor("gone"))
        else:
            future.set_result(function(keys))
        return future


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr("fsm2rnn.learn.training_run.JUDGED_LENGTH", 30)
    monkeypatch.setattr("fsm2rnn.sweeps.outcome.LENGTHS", (20, 30))
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def swept(folder, executor, **change):
    runs = read_spec(written(folder, **change))
    with opened(folder / "runs.sqlite") as database:
        return run_sweep(runs, database, executor)


def test_every_run_is_made_once_and_not_again(tmp_path):
    first, second = AtOnce(), AtOnce()
    found = swept(tmp_path, first)
    assert (len(found.runs), found.before, len(first.asked)) == (16, 0, 16)
    kept = rows(tmp_path / "runs.sqlite")
    assert kept.keys() == {run.key for run in found.runs}
    more = swept(tmp_path, second, seeds=[0, 1, 2])
    assert (len(more.runs), more.before, len(second.asked)) == (24, 16, 8)
    assert all('"seed":2' in key for key in second.asked)
    assert kept.items() <= rows(tmp_path / "runs.sqlite").items()
    assert all(outcome.error is None and outcome.steps == 3 for outcome in more.outcomes.values())


def test_what_was_done_before_workers_were_lost_stays(tmp_path):
    with pytest.raises(InputError, match="worker process was lost"):
        swept(tmp_path, AtOnce(most=2), machines="parity", lr=0.1)
    assert len(rows(tmp_path / "runs.sqlite")) < 4  # two tasks, one of which may hold two seeds
    found = swept(tmp_path, AtOnce(), machines="parity", lr=0.1)
    assert len(found.outcomes) == len(rows(tmp_path / "runs.sqlite")) == 4


def test_seeds_of_whole_matrices_are_made_in_one_pass_each_as_alone(tmp_path):
    change = {"machines": "S3@gens", "lr": 0.01, "seeds": [4, 0, 1, 2, 3, 7]}
    found = swept(tmp_path, made := AtOnce(), **change)
    assert sorted(map(len, made.passes)) == [1] * 6 + [2, 4]
    for run in found.runs[:6]:
        alone = outcome_of(run.key)
        assert replace(found.outcomes[run.key], seconds=None) == replace(alone, seconds=None)


@pytest.mark.parametrize("change", [{"hidden": 65}, {"targets": "every"}, {"init": "compiled"}, {"models": "factored"}])
def test_seeds_that_gain_nothing_by_one_pass_are_runs_for_themselves(tmp_path, change):
    assert all(len(some) == 1 for some in passes(read_spec(written(tmp_path, **{"models": "full", **change}))))


def test_a_seed_that_ends_a_pass_leaves_the_others_as_they_are_alone(tmp_path, monkeypatch):
    def made(network, *, seed, **options):
        if seed == 0:
            message = "a loss that is no number"
            raise NumericError(message)
        return train(network, seed=seed, **options)

    def together(*_, **__):
        message = "a loss that is no number"
        raise NumericError(message)

    monkeypatch.setattr("fsm2rnn.sweeps.outcome.train", made)
    monkeypatch.setattr("fsm2rnn.sweeps.outcome.train_seeds", together)
    found = swept(tmp_path, AtOnce(), machines="parity", models="full", lr=0.1)
    failed, whole = (found.outcomes[run.key] for run in found.runs)
    assert failed.error == "a loss that is no number"
    assert (whole.error, whole.steps) == (None, 3)


def test_a_run_is_what_train_makes_of_its_settings():
    key = (
        '{"hidden":4,"init":"compiled","lengths":"2-4","lr":0.1,"machine":"S3@gens","model":"full","patience":"never",'
        '"protect":"rows","seed":3,"steps":2}'
    )
    first, second = outcome_of(key), outcome_of(key)
    assert (first.accuracy_500, first.accuracy_5000, first.steps) == (1.0, 1.0, 2)
    assert first.loss == second.loss


def test_what_ends_a_run_is_told_in_its_row_and_ends_no_sweep(tmp_path):
    found = swept(tmp_path, AtOnce(), machines="Z5", models=["rotation"], init="compiled", protect="rows", lr=0.1)
    assert {outcome.accuracy_500 for outcome in found.outcomes.values()} == {None}
    assert all("rotation" in outcome.error for outcome in found.outcomes.values())
    (group,) = groups_of(found)
    assert (group.solved, group.to_json()["failed"], group.to_json()["mean_500"]) == (0, 2, None)


@pytest.mark.parametrize(
    "ends", [RuntimeError("can't allocate\nfor 1 array"), MemoryError(), OverflowError("too big"), ValueError("no")]
)
def test_a_run_that_torch_cannot_make_is_a_row_too(tmp_path, monkeypatch, ends):
    def made(network, *, seed, **_):
        if seed == 0:
            raise ends
        return train(network, seed=seed, steps=1, measured=(20, 30))

    monkeypatch.setattr("fsm2rnn.sweeps.outcome.train", made)
    swept(tmp_path, AtOnce(), machines="parity", models="gru", lr=0.1)
    told = swept(tmp_path, again := AtOnce(), machines="parity", models="gru", lr=0.1)
    failed, whole = (told.outcomes[run.key] for run in told.runs)
    assert failed.error.startswith(type(ends).__name__)
    assert "\n" not in failed.error
    assert (whole.error, whole.steps) == (None, 1)
    assert again.asked == []


def test_another_machine_in_the_same_file_is_another_run(tmp_path):
    path = tmp_path / "machine.json"
    change = {"machines": str(path), "models": "gru", "lr": 0.1, "seeds": 0}
    write_machine(fsm2rnn.read("parity"), path)
    old = swept(tmp_path, AtOnce(), **change)
    write_machine(fsm2rnn.read("Z5"), path)
    new = swept(tmp_path, AtOnce(), **change)
    assert (new.before, len(rows(tmp_path / "runs.sqlite"))) == (0, 2)
    assert "another machine is read" in outcome_of(old.runs[0].key).error


def test_the_table_has_a_row_for_the_seeds_of_equal_settings(tmp_path):
    groups = groups_of(swept(tmp_path, AtOnce()))
    assert [len(group.outcomes) for group in groups] == [2] * 8
    lines = sweep_table(groups).splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("| machine | model | lr | seeds | solved |")
    for group in groups:
        right = [outcome.accuracy_500 for outcome in group.outcomes]
        assert group.to_json()["least_500"] == min(right)
        assert group.to_json()["mean_500"] == pytest.approx(sum(right) / 2)
        assert group.solved == sum(one >= 0.99 for one in right)


def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "runs.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE books (title)")
    connection.close()
    with pytest.raises(InputError, match="something else"):
        swept(tmp_path, AtOnce())
    path.write_bytes(b"no database at all, but text")
    with pytest.raises(InputError, match="cannot be used"):
        swept(tmp_path, AtOnce())


def test_the_command_counts_and_refuses(capsys, tmp_path):
    spec, db = str(written(tmp_path, machines="parity", models="gru", lr=0.1)), str(tmp_path / "runs.sqlite")
    swept_before = swept(tmp_path, AtOnce(), machines="parity", models="gru", lr=0.1)
    found = answer(capsys, "sweep", spec, "--db", db, "--workers", "1")
    assert (found["runs"], found["before"], found["made"], found["failed"]) == (2, 2, 0, 0)
    assert found["rows"] == [group.to_json() for group in groups_of(swept_before)]
    assert main(["sweep", spec, "--db", db, "--table"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("| machine | model |")
    assert "2 runs, 2 of them done before" in said
    assert "give one of them" in refusal(capsys, "sweep", spec, "--db", db, "--workers", "1", "--dask", "tcp://x:1")
    assert "workers start at 1" in refusal(capsys, "sweep", spec, "--db", db, "--workers", "0")


def test_dask_is_asked_for_by_name_where_it_is_missing(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    spec = str(written(tmp_path))
    assert "fsm2rnn[dask]" in refusal(capsys, "sweep", spec, "--db", str(tmp_path / "db"), "--dask", "tcp://x:1")
