"""The Triton kernels compute what torch's steps compute: interpreted without a CUDA device, compiled with one."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn.verify.codes import codes
from fsm2rnn.verify.device_steps import KERNELS, KernelSteps, run_in_kernel, runs_in_kernels
from fsm2rnn.verify.gather import Gather, gather_form
from fsm2rnn.verify.runner import FloatRunner
from fsm2rnn.verify.streams import StreamRunner
from fsm2rnn.verify.walk import smallest_type, walk_block

CUDA = torch.cuda.is_available()
if not CUDA and "triton" not in sys.modules:
    os.environ["TRITON_INTERPRET"] = "1"  # read when triton is imported
pytest.importorskip("triton", reason="the triton extra is not installed")

DEVICES = [
    pytest.param("cpu", marks=pytest.mark.skipif(CUDA, reason="Triton does not interpret beside a CUDA device")),
    pytest.param("cuda", marks=pytest.mark.gpu),
]
on_each_device = pytest.mark.parametrize("device", DEVICES)


@pytest.fixture(autouse=True)
def _interpreted_alone():
    """The variable is for these kernels, not for what other tests start."""
    before = os.environ.pop("TRITON_INTERPRET", None)
    if not CUDA:
        os.environ["TRITON_INTERPRET"] = "1"
    __import__(KERNELS)
    yield
    os.environ.pop("TRITON_INTERPRET", None)
    if before is not None:
        os.environ["TRITON_INTERPRET"] = before


@on_each_device
@pytest.mark.parametrize(("states", "batch", "steps"), [(5, 1, 20), (300, 130, 7), (70_000, 3, 9)])
def test_the_walk(device, states, batch, steps):
    generator = np.random.default_rng(states)
    kind = smallest_type(states)
    table = generator.integers(states, size=(3, states), dtype=kind)
    gather = Gather(table, 1, generator.integers(200, size=states, dtype=np.uint8))
    words = generator.integers(3, size=(batch, steps), dtype=np.uint8)
    first, second = (np.full(batch, 1, dtype=kind) for _ in range(2))
    found = run_in_kernel(gather, words, first, torch.device(device))
    assert np.array_equal(found, walk_block(table, gather.reads, words, second))
    assert np.array_equal(first, second)
    assert found.dtype == np.uint8


@on_each_device
def test_a_compiled_network_walks(device):
    network = fsm2rnn.compile("A4", "full").network()
    form = gather_form(network.meaning())
    words = np.random.default_rng(0).integers(12, size=(4, 30), dtype=np.uint8)
    found = run_in_kernel(form, words, np.full(4, form.start, dtype=form.index.dtype), torch.device(device))
    assert np.array_equal(found, FloatRunner(network, 4).read(words))


@on_each_device
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize(
    ("machine", "target"),
    [("S5@gens", "integer"), ("S3", "block-diagonal"), ("Z2xS3@gens", "block-diagonal"), ("Q8", "pd")],
)
def test_exact_networks_of_blocks_and_signed_permutations(machine, target, dtype, device, monkeypatch):
    network = fsm2rnn.compile(machine, target).network(dtype)
    words = np.random.default_rng(1).integers(len(network.machine.symbols), size=(2, 60), dtype=np.uint8)
    expected = FloatRunner(network, 2).read(words)
    network = network.to(device)
    monkeypatch.setattr(KernelSteps, "streams", 20)
    runner = StreamRunner(network, codes(network), 2)
    assert runs_in_kernels(network)
    runner._evaluation = KernelSteps(network, codes(network))
    assert np.array_equal(runner.read(words), expected)
    assert runner._sequential is None


@on_each_device
def test_a_state_that_is_not_its_code_is_seen(device):
    network = fsm2rnn.compile("S3", "block-diagonal").network().to(device)
    listed = codes(network)
    steps = KernelSteps(network, listed)
    words, starts = np.array([[1, 2, 3]], dtype=np.uint8), np.zeros(1, dtype=np.uint8)
    trace = walk_block(listed.table, np.arange(6, dtype=np.uint8), words, starts.copy())
    assert np.array_equal(steps.run(words, starts, trace), listed.reads[trace])
    trace[0, 1] = (trace[0, 1] + 1) % 6
    assert steps.run(words, starts, trace) is None


def test_wide_blocks_and_sums_have_no_kernel():
    assert not runs_in_kernels(fsm2rnn.compile("C20", "minimal").network())
    assert not runs_in_kernels(fsm2rnn.compile("flip-flop", "pd").network())
    assert not runs_in_kernels(fsm2rnn.compile("parity", "real-diagonal").network())
