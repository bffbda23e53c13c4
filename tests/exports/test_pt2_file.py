"""export -f pt2: torch alone loads the program and runs it at lengths that the exporter did not see."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch
from torch import nn

import fsm2rnn
from tests.conftest import ROOT
from tests.exports.exported_networks import network_of, word_of, wrong

CASES = [
    ("full", "S3@gens", "float32", "best"),
    ("rotation", "modadd(5)", "float64", "best"),
    ("gru", "S3@gens", "float32", "best"),
    ("lstm", "parity", "float32", "best"),
]
# In a process of its own too: here the tests execute tensor shapes written in annotations, which torch cannot trace.
EXPORT = """
import pathlib, sys
import fsm2rnn
from tests.conftest import ROOT
from tests.exports.exported_networks import network_of
for text in sys.argv[2:]:
    case = text.split(";")
    network = network_of(*case)
    found = fsm2rnn.export(network, "pt2", pathlib.Path(sys.argv[1]) / f"{case[0]}.pt2")
    assert found.replayed == 1600
    assert all(one.requires_grad for one in network.parameters())  # the network's own weights are as they were
"""
RUN = """
import json, pathlib, sys
sys.modules["fsm2rnn"] = None
import torch
for path in pathlib.Path(sys.argv[1]).glob("*.pt2"):
    extra = {"labels.json": ""}
    program = torch.export.load(path, extra_files=extra).module()
    ids = torch.tensor([json.loads(path.with_suffix(".json").read_text())])
    labels = json.loads(extra["labels.json"])
    print(json.dumps([path.stem, program(ids)[1].tolist(), labels["answers"]]))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return what every file answers, run in one process without the package."""
    room = tmp_path_factory.mktemp("programs")
    texts = [";".join(case) for case in CASES]
    command = [sys.executable, "-c", EXPORT, str(room), *texts]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    for case in CASES:
        (room / f"{case[0]}.json").write_text(json.dumps(word_of(len(network_of(*case).machine.symbols))))
    ran = subprocess.run([sys.executable, "-c", RUN, str(room)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return {name: (found, kind) for name, found, kind in map(json.loads, ran.stdout.splitlines())}


@pytest.mark.slow  # a minute and a half: torch.export in a process of its own, and a run in another
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_program_answers_as_the_machine_does(case, answers):
    found, kind = answers[case[0]]
    assert wrong(network_of(*case), found) == 0
    assert kind == ("outputs" if isinstance(network_of(*case), fsm2rnn.Tracker) else "states")


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (("lstm", "parity", "bfloat16", "best"), "float32 and float64"),
        (("rotation", "modadd(5)", "float32", "snap"), "grade snap"),
    ],
)
def test_what_a_program_does_not_hold_is_refused_by_name(case, says, tmp_path):
    with pytest.raises(fsm2rnn.InputError, match=says):
        fsm2rnn.export(network_of(*case), "pt2", tmp_path / "net.pt2")
    assert list(tmp_path.iterdir()) == []


def test_layers_above_each_other_are_refused(tmp_path):
    network = fsm2rnn.Tracker(nn.GRU(2, 3, 2, batch_first=True), nn.Linear(3, 2), fsm2rnn.read("parity"))
    with pytest.raises(fsm2rnn.InputError, match="2 layers"):
        fsm2rnn.export(network, "pt2", tmp_path / "net.pt2")
    found = fsm2rnn.export(network, "torch", tmp_path / "net")
    assert "num_layers=2" in (tmp_path / "net" / "network.py").read_text()
    assert torch.is_tensor(network(torch.zeros(1, 2, dtype=torch.int64)))
    assert found.replayed is None
