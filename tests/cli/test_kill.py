"""kill -9 at random moments: a file that a command writes is whole or absent, and an old one survives."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.word_problem import read_word_problem

ROUNDS = 100
COMPILE = ["compile", "S5", "-t", "full", "--dtype", "float64"]
DATA = ["data", "S5", "-l", "50", "-n", "20000"]


def duration(command, path):
    """Return how long the command takes when nobody kills it."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "fsm2rnn", *command, "-o", str(path), "--quiet"], check=True)
    return time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.parametrize("command", [COMPILE, DATA], ids=["compile", "data"])
def test_a_killed_writer_leaves_no_half_file(command, tmp_path):
    path = tmp_path / "file.out"
    whole = duration(command, path)
    expected = path.read_bytes()
    moments = random.Random(11)
    finished = 0
    for _ in range(ROUNDS):
        path.unlink(missing_ok=True)
        writer = subprocess.Popen([sys.executable, "-m", "fsm2rnn", *command, "-o", str(path), "--quiet"])
        time.sleep(moments.uniform(0.3, 1.1) * whole)
        writer.kill()
        writer.wait()
        if path.exists():
            finished += 1
            assert path.read_bytes() == expected
    print(f"{ROUNDS} kills: {finished} whole files, {ROUNDS - finished} absent, 0 corrupt")  # noqa: T201  the figure
    assert 0 < finished < ROUNDS


def test_an_old_file_survives_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "net.safetensors"
    assert main(["compile", "Z5", "-t", "pd", "-o", str(path), "--quiet"]) == 0
    old = path.read_bytes()
    writer = subprocess.Popen([sys.executable, "-m", "fsm2rnn", *COMPILE, "-o", str(path), "--quiet"])
    time.sleep(0.05)
    writer.kill()
    writer.wait()
    assert path.read_bytes() == old
    assert fsm2rnn.check(path).accepted
    rows = tmp_path / "rows.csv"
    assert main(["data", "Z5", "-l", "3", "-n", "2", "-o", str(rows), "--quiet"]) == 0
    assert len(list(read_word_problem(rows))) == 2
