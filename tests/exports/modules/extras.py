"""Which packages of modules are installed, and machines that every module is asked."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from tests.exports.exported_networks import word_of, wrong

DTYPES = ("float32", "bfloat16")


def needs(package: str, extra: str) -> pytest.MarkDecorator:
    """Skip where a package is missing; `.ci/slow modules` runs what is skipped in the suite."""
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"needs the extra {extra}")


def needs_delta_rule() -> pytest.MarkDecorator:
    """Skip where transformers would take its gated delta rule from kernels that have no device."""
    idle = importlib.util.find_spec("fla") is not None and not torch.cuda.is_available()
    return pytest.mark.skipif(idle, reason="flash-linear-attention stands beside transformers, and there is no device")


RUN = """
import json, pathlib, runpy, sys
sys.modules["fsm2rnn"] = None
import torch
folder = pathlib.Path(sys.argv[1])
run = runpy.run_path(str(folder / "network.py"))["run"]
print(json.dumps(run(torch.tensor([json.loads(sys.stdin.read())])).tolist()))
"""


def wrong_elsewhere(network, folder) -> int:
    """Return how many of 10,000 symbols a folder answers wrongly, in a process that cannot load this package."""
    word = json.dumps(word_of(len(network.machine.symbols)))
    command = [sys.executable, "-W", "ignore", "-c", RUN, str(folder)]
    ran = subprocess.run(command, input=word, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return wrong(network, json.loads(ran.stdout.splitlines()[-1]))


def compiled(machine: str, target: str, dtype: str = "float32"):
    """Return the network of a machine for a module."""
    return fsm2rnn.compile(machine, target).network(dtype)
