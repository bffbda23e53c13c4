"""The Triton kernels compute what torch's steps compute: interpreted without a CUDA device, compiled with one."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn.errors import InputError
from fsm2rnn.verify import device_steps
from fsm2rnn.verify.codes import codes
from fsm2rnn.verify.device_steps import KernelSteps, kernels_found, run_in_kernel, runs_in_kernels
from fsm2rnn.verify.gather import Gather, gather_form
from fsm2rnn.verify.runner import FloatRunner
from fsm2rnn.verify.streams import StreamRunner
from fsm2rnn.verify.walk import smallest_type, walk_block
from tests.house.source_tree import ROOT

CUDA = torch.cuda.is_available()
if find_spec("triton") is None:
    pytest.skip("the triton extra is not installed", allow_module_level=True)

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"

DEVICES = [
    pytest.param("cpu", marks=pytest.mark.skipif(not INTERPRETED, reason="interpreted in a process of their own")),
    pytest.param("cuda", marks=pytest.mark.gpu),
]
on_each_device = pytest.mark.parametrize("device", DEVICES)


@pytest.fixture(autouse=True)
def _kernels(monkeypatch):
    if CUDA or INTERPRETED:
        monkeypatch.setattr(device_steps, "KERNELS", import_module("fsm2rnn.verify.triton_kernels"))


@pytest.mark.skipif(CUDA or INTERPRETED, reason="the kernels are tested here")
def test_interpreted_kernels():
    """Triton reads the variable when it is imported, which another test may have done."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", __file__]
    found = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert " passed" in found.stdout


WIDE = {"fp64": "fp64"}  # what numbers are summed in, float32 unless said
SIZES = dict.fromkeys(("batch", "steps", "size", "width"), "i32")
POINTERS = {
    "_walk": {"table": "*i32", "reads": "*i32", "words": "*u8", "states": "*i32", "found": "*i32"},
    "_gather": {"source": "*i32", "factors": "*{wide}", "words": "*u8", "states": "*{kept}", "found": "*{kept}"},
    "_blocks": {"matrices": "*{wide}", "words": "*u8", "states": "*{kept}", "found": "*{kept}"},
}


@pytest.mark.skipif(INTERPRETED, reason="interpreted kernels are not compiled")
@pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION")  # nothing here rounds, fused or not
@pytest.mark.parametrize("kept", ["fp32", "fp64", "fp16", "bf16"])
@pytest.mark.parametrize("name", POINTERS)
def test_kernels_compile_for_a_device_that_is_not_there(name, kept):
    compiler, backends = import_module("triton.compiler"), import_module("triton.backends.compiler")
    kernel = getattr(import_module("fsm2rnn.verify.triton_kernels"), name)
    pointers = {key: kind.format(kept=kept, wide=WIDE.get(kept, "fp32")) for key, kind in POINTERS[name].items()}
    constants = {key: value for key, value in (("block", 64), ("padded", 4)) if key in kernel.arg_names}
    sizes = {key: kind for key, kind in SIZES.items() if key in kernel.arg_names}
    signature = pointers | sizes | dict.fromkeys(constants, "constexpr")
    source = compiler.ASTSource(fn=kernel, signature=signature, constexprs=constants)
    assert compiler.compile(source, target=backends.GPUTarget("cuda", 90, 32)).asm["cubin"]


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


def test_kernels_are_for_cuda_alone(monkeypatch):
    assert not kernels_found(torch.device("cpu"))
    monkeypatch.setattr(device_steps, "KERNELS", None)
    assert not kernels_found(torch.device("cuda"))
    with pytest.raises(InputError, match="need a CUDA device and the package triton"):
        run_in_kernel(
            gather_form(fsm2rnn.compile("S3", "full").network().meaning()),
            *[np.zeros((1, 1), np.uint8)] * 2,
            torch.device("cpu"),
        )


def test_wide_blocks_and_sums_have_no_kernel():
    assert not runs_in_kernels(fsm2rnn.compile("C20", "minimal").network())
    assert not runs_in_kernels(fsm2rnn.compile("flip-flop", "pd").network())
    assert not runs_in_kernels(fsm2rnn.compile("parity", "real-diagonal").network())
