"""The page's scripts: those that need no page under node, and their arithmetic beside torch's."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

import fsm2rnn
from fsm2rnn.pages.web.html_file import asset

NODE = shutil.which("node")
TESTS = Path(__file__).with_name("scripts.test.mjs")
needs_node = pytest.mark.skipif(NODE is None, reason="needs node, which is not installed")
NETWORKS = [
    ("A5@gens", "block-diagonal", "bfloat16"),
    ("A5@gens", "block-diagonal", "float16"),
    ("A5@gens", "pd", "float32"),
    ("Z7", "rotation", "bfloat16"),
    ("Z7", "rotation", "float64"),
    ("A5@gens", "householder", "bfloat16"),
    ("S3@gens", "factored", "bfloat16"),
    ("A5@gens", "householder", "float32"),
    ("S3@gens", "factored", "float32"),
]

RUN = """
const { network, word } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const states = fsmArithmetic.states(fsmArithmetic.prepared(network), word);
console.log(JSON.stringify(states.slice(1)));
"""


@needs_node
def test_the_scripts_pass_their_own_tests():
    found = subprocess.run([NODE, "--test", str(TESTS)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    assert "# fail 0" in found.stdout
    assert "# pass 0" not in found.stdout


@needs_node
@pytest.mark.parametrize(("machine", "target", "dtype"), NETWORKS[::3])
def test_a_browser_computes_the_states_that_torch_computes(machine, target, dtype, tmp_path):
    require_equal_states(machine, target, dtype, tmp_path, 300)


@needs_node
@pytest.mark.slow
@pytest.mark.parametrize(("machine", "target", "dtype"), NETWORKS)
def test_a_browser_computes_the_states_that_torch_computes_for_long(machine, target, dtype, tmp_path):
    require_equal_states(machine, target, dtype, tmp_path, 20_000)


def require_equal_states(machine, target, dtype, folder, steps):
    result = fsm2rnn.compile(machine, target)
    path = folder / "net.safetensors"
    result.save(path, dtype)
    (subject,) = fsm2rnn.view(path).data.subjects
    (network,) = subject.networks
    assert (network.own, network.form) == (True, dtype)
    torch.manual_seed(0)
    word = torch.randint(len(result.machine.symbols), (steps,))
    states, _ = fsm2rnn.load(path).rnn(word)
    asked = json.dumps({"network": network.to_json(), "word": word.tolist()})
    script = asset("arithmetic.js") + RUN
    found = subprocess.run([NODE, "-e", script], input=asked, capture_output=True, text=True, check=True)
    mine = torch.tensor(json.loads(found.stdout), dtype=torch.float64)
    assert torch.equal(mine, states.double())
