"""kill -9 at random moments of train: what is there is whole, and a resumed run ends in the same bits."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.stored.open_file import open_tensor_file
from fsm2rnn.learn.training_file import KIND, training_path
from fsm2rnn.proof.stored.tensor_file import file_bytes
from tests.cli.killing import PROC, cpu_seconds_of, killed_after

KILLS = 20
# Twelve checks in a few seconds; the mean of weights and both moments of Adam are in the record.
TRAIN = ["train", "S3@gens", "-m", "full", "--hidden", "6", "--lengths", "2-8", "--steps", "1200", "--quiet"]


def command(path):
    return [sys.executable, "-m", "fsm2rnn", *TRAIN, "-o", str(path), "--resume"]


def require_whole(path):
    """Load what stands under its name; a temporary file of the killed writer has another."""
    if path.exists():
        assert fsm2rnn.load(path).rnn.hidden_size == 6
    if training_path(path).exists():
        found = open_tensor_file(file_bytes(training_path(path)), "the record")
        assert found.metadata[KIND] == "training"
    return path.exists() and not training_path(path).exists()


@pytest.mark.slow
@pytest.mark.skipif(not PROC.exists(), reason="how much CPU time a process has had is read under /proc")
def test_a_killed_training_is_resumed_to_the_same_bits(tmp_path):
    torch.set_num_threads(1)
    expected_path = tmp_path / "whole.safetensors"
    whole, moments, found = cpu_seconds_of(command(expected_path)), random.Random(3), []
    expected = expected_path.read_bytes()
    for kill in range(KILLS):
        path = tmp_path / str(kill) / "net.safetensors"
        path.parent.mkdir()
        killed_after(command(path), moments.uniform(0.2, 1.0) * whole)
        found.append((path.exists(), training_path(path).exists()))
        if not require_whole(path):
            subprocess.run(command(path), check=True)
        assert path.read_bytes() == expected
        assert not training_path(path).exists()
    print(f"{KILLS} kills, after (network, record): {found}")  # noqa: T201  the figure
