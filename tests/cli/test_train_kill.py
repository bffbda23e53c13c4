"""kill -9 at random moments of train: what is there is whole, and a resumed run ends in the same bits."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.stored.open_file import open_tensor_file
from fsm2rnn.learn.training_file import KIND, training_path
from fsm2rnn.proof.stored.tensor_file import file_bytes

KILLS = 10
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
def test_a_killed_training_is_resumed_to_the_same_bits(tmp_path):
    torch.set_num_threads(1)
    expected_path = tmp_path / "whole.safetensors"
    began = time.perf_counter()
    subprocess.run(command(expected_path), check=True)
    whole, expected = time.perf_counter() - began, expected_path.read_bytes()
    moments, before = random.Random(3), []
    for kill in range(KILLS):
        path = tmp_path / str(kill) / "net.safetensors"
        path.parent.mkdir()
        training = subprocess.Popen(command(path))
        time.sleep(moments.uniform(0.2, 1.0) * whole)
        training.kill()
        training.wait()
        before.append((path.exists(), training_path(path).exists()))
        if not require_whole(path):
            subprocess.run(command(path), check=True)
        assert path.read_bytes() == expected
        assert not training_path(path).exists()
    print(f"{KILLS} kills, after (network, record): {before}")  # noqa: T201  the figure
