"""Whole matrices in one launch a step: states and gradients are those of one product per letter."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest
import torch

from fsm2rnn.cells.gradients import launched
from fsm2rnn.cells.gradients.grouped import Grouped
from fsm2rnn.cells.gradients.launched import Launched, has_launches
from tests.house.source_tree import ROOT

CUDA = torch.cuda.is_available()
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
needs_triton = pytest.mark.skipif(find_spec("triton") is None, reason="the triton extra is not installed")
DEVICES = [
    pytest.param("cpu", marks=pytest.mark.skipif(not INTERPRETED, reason="interpreted in a process of their own")),
    pytest.param("cuda", marks=pytest.mark.gpu),
]


def kernels():
    return import_module("fsm2rnn.cells.gradients.triton_kernels")


def test_no_kernels_are_for_the_cpu():
    assert not has_launches(torch.ones(2, 1, 3, 3))


@needs_triton
@pytest.mark.skipif(CUDA or INTERPRETED, reason="the kernels are tested here")
def test_interpreted_kernels():
    """Triton reads the variable when it is imported, which another test may have done."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", __file__]
    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout


@needs_triton
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("letters", "streams", "hidden"), [(1, 20, 5), (3, 40, 70), (7, 3, 33)])
@pytest.mark.parametrize("every", [0, 2])
def test_a_launch_multiplies_what_every_letter_has(letters, streams, hidden, every, device, monkeypatch):
    monkeypatch.setattr(launched, "KERNELS", kernels())
    generator = torch.Generator().manual_seed(letters)
    ids = torch.randint(letters, (5, streams), generator=generator).to(device)
    weights = (torch.randn(letters, 1, hidden, hidden, generator=generator) / hidden**0.5).to(device).requires_grad_()
    h = torch.randn(streams, hidden, generator=generator).to(device).requires_grad_()
    results = []
    for way in (Launched, Grouped):
        states = way.apply(every, ids, weights, h)
        results.append([states, *torch.autograd.grad(states.sin().sum(), (weights, h))])
    for mine, wanted in zip(*results, strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-4, atol=1e-5)


@needs_triton
@pytest.mark.skipif(INTERPRETED, reason="interpreted kernels are not compiled")
@pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION")  # sums are to rounding, fused or not
@pytest.mark.parametrize("ends", ["write", "add"])
def test_the_kernel_compiles_for_a_device_that_is_not_there(ends):
    compiler, backends = import_module("triton.compiler"), import_module("triton.backends.compiler")
    found = kernels()
    pointers = {"states": "*fp32", "rows": "*i64", "matrices": "*fp32", "tiles": "*i32", "out": "*fp32"}
    sizes = dict.fromkeys(("size", "across", "down"), "i32")
    constants = {"height": found.ROWS, "columns": found.COLUMNS, "inner": found.INNER, "ends": ends}
    signature = pointers | sizes | dict.fromkeys(constants, "constexpr")
    source = compiler.ASTSource(fn=found._multiply, signature=signature, constexprs=constants)
    assert compiler.compile(source, target=backends.GPUTarget("cuda", 90, 32)).asm["cubin"]
