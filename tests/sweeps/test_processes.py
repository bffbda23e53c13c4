"""Sweeps in processes of their own and on a cluster: killed and gone on with, nothing is lost or half-written."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import subprocess
import sys

import pytest

from fsm2rnn.sweeps.database import opened
from fsm2rnn.sweeps.executors import dask_cluster
from fsm2rnn.sweeps.spec import read_spec
from fsm2rnn.sweeps.sweep_loop import run_sweep
from tests.cli.killing import PROC, cpu_seconds_of, killed_after
from tests.sweeps.sweeping import rows, written

KILLS = 20
NO_DASK = importlib.util.find_spec("distributed") is None


def command(spec, path):
    return [sys.executable, "-m", "fsm2rnn", "sweep", str(spec), "--db", str(path), "--workers", "1", "--quiet"]


@pytest.mark.slow
@pytest.mark.skipif(not PROC.exists(), reason="how much CPU time a process has had is read under /proc")
def test_a_killed_sweep_goes_on_to_the_same_rows(tmp_path):
    spec = written(tmp_path, lr=0.01)
    whole, moments, after = cpu_seconds_of(command(spec, tmp_path / "whole.sqlite")), random.Random(5), []
    expected = rows(tmp_path / "whole.sqlite")
    for kill in range(KILLS):
        path = tmp_path / f"{kill}.sqlite"
        killed_after(command(spec, path), moments.uniform(0.2, 1.0) * whole)
        if path.exists() and path.stat().st_size:
            kept = rows(path) if has_table(path) else {}
            assert kept.items() <= expected.items()
            after.append(len(kept))
        subprocess.run(command(spec, path), check=True)
        assert rows(path) == expected
    print(f"{KILLS} kills, after {after} of {len(expected)} rows")  # noqa: T201  the figure


def has_table(path):
    with opened(path):  # makes it where the sweep was killed before
        return True


@pytest.mark.slow
@pytest.mark.skipif(NO_DASK, reason="dask.distributed, an extra, is not installed")
@pytest.mark.filterwarnings("default")
def test_a_cluster_whose_worker_is_killed_loses_no_run_and_keeps_none_twice(tmp_path):
    distributed = importlib.import_module("distributed")
    spec = written(tmp_path, steps=40)
    runs, killed = read_spec(spec), []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        dask_cluster(cluster.scheduler_address) as executor,
        opened(tmp_path / "dask.sqlite") as database,
    ):
        pids = [worker.pid for worker in cluster.workers.values()]

        def heard(done, _):
            if done >= 3 and not killed:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])

        found = run_sweep(runs, database, executor, heard)
    assert killed
    assert found.before == 0
    subprocess.run(command(spec, tmp_path / "here.sqlite"), check=True)
    assert rows(tmp_path / "dask.sqlite") == rows(tmp_path / "here.sqlite")
    assert len(rows(tmp_path / "dask.sqlite")) == len(runs)


@pytest.mark.slow
@pytest.mark.skipif(NO_DASK, reason="dask.distributed, an extra, is not installed")
@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer_is_said(tmp_path):
    process = subprocess.run(
        [*command(written(tmp_path), tmp_path / "db")[:-3], "--dask", "tcp://127.0.0.1:9", "--quiet"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 2
    assert "no Dask scheduler answers" in process.stderr.splitlines()[-1]
