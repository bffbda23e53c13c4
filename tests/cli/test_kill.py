"""kill -9 at random moments: the file that a command writes is the old one or the new one, whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

ROUNDS = 100
OLD = b"what stood here before"
COMPILE = ["compile", "S5", "-t", "full", "--dtype", "float64"]
DATA = ["data", "S5", "-l", "50", "-n", "20000"]


def duration(command, path):
    """Return how long the command takes when nobody kills it."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "fsm2rnn", *command, "-o", str(path), "--quiet"], check=True)
    return time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.parametrize("command", [COMPILE, DATA], ids=["compile", "data"])
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(command, tmp_path):
    path = tmp_path / "file.out"
    whole = duration(command, path)
    expected = path.read_bytes()
    moments = random.Random(11)
    finished = 0
    for _ in range(ROUNDS):
        path.write_bytes(OLD)
        writer = subprocess.Popen([sys.executable, "-m", "fsm2rnn", *command, "-o", str(path), "--quiet"])
        time.sleep(moments.uniform(0.3, 1.1) * whole)
        writer.kill()
        writer.wait()
        found = path.read_bytes()
        assert found in (OLD, expected)
        finished += found == expected
    print(f"{ROUNDS} kills: {finished} new files, {ROUNDS - finished} old ones, 0 others")  # noqa: T201  the figure
