"""export -f torch: a folder whose own lines answer as the machine does, in a process that cannot load fsm2rnn."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

import fsm2rnn
from fsm2rnn.cells.structure.table import RECURRENCES
from fsm2rnn.exports.plain import PlainLinear
from fsm2rnn.exports.torch_code import step_lines, torch_files
from tests.cells.tracker_cases import tracker
from tests.exports.exported_networks import CASES, LINEAR, network_of, word_of, wrong

RUN = """
import json, pathlib, runpy, sys
sys.modules["fsm2rnn"] = None
import torch
for folder in pathlib.Path(sys.argv[1]).iterdir():
    names = json.loads((folder / "labels.json").read_text())
    ids = torch.tensor(json.loads((folder / "word.json").read_text()))
    run = runpy.run_path(str(folder / "network.py"))["run"]
    print(json.dumps([folder.name, run(ids.unsqueeze(0)).tolist(), names["answers"]]))
"""
NAMES = [f"{target}-{dtype}-{grade}" for target, _, dtype, grade in CASES]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return what every folder answers, run in one process without the package."""
    room = tmp_path_factory.mktemp("folders")
    for name, case in zip(NAMES, CASES, strict=True):
        found = fsm2rnn.export(network_of(*case), "torch", room / name)
        assert found.files == ("labels.json", "network.py", "network.safetensors")
        symbols = len(network_of(*case).machine.symbols)
        (room / name / "word.json").write_text(json.dumps(word_of(symbols)))
    ran = subprocess.run([sys.executable, "-c", RUN, str(room)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return {name: (found, kind) for name, found, kind in map(json.loads, ran.stdout.splitlines())}


@pytest.mark.parametrize(("name", "case"), list(zip(NAMES, CASES, strict=True)), ids=NAMES)
def test_the_folder_answers_as_the_machine_does(name, case, answers):
    found, kind = answers[name]
    assert wrong(network_of(*case), found) == 0
    assert kind == ("outputs" if isinstance(network_of(*case), fsm2rnn.Tracker) else "states")


def test_a_changed_weight_is_seen(tmp_path):
    network = fsm2rnn.compile("parity", "full").network()
    with torch.no_grad():
        network.rnn.weight.copy_(network.rnn.weight.flip(-1))
    files = torch_files(network)
    (tmp_path / "network.py").write_bytes(files["network.py"])
    (tmp_path / "network.safetensors").write_bytes(files["network.safetensors"])
    code = compile(files["network.py"], str(tmp_path / "network.py"), "exec")
    scope = {"__file__": str(tmp_path / "network.py")}
    exec(code, scope)  # noqa: S102  the lines under test
    assert wrong(network, scope["run"](torch.tensor([word_of(2)]))) > 0


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_the_weights_are_a_state_dict_of_torch_nn(kind, tmp_path):
    network = tracker(kind, fsm2rnn.read("parity"), dtype=torch.float32)
    fsm2rnn.export(network, "torch", tmp_path / "net")
    own = nn.ModuleDict({"rnn": network.rnn, "readout": network.readout}).state_dict()
    found = load_file(tmp_path / "net" / "network.safetensors")
    assert found.keys() == own.keys()
    assert all(torch.equal(found[name], own[name]) for name in own)


def test_labels_name_what_is_answered(tmp_path):
    network = network_of("full", "S3@gens", "float32", "best")
    fsm2rnn.export(network, "torch", tmp_path / "net")
    names = json.loads((tmp_path / "net" / "labels.json").read_text())
    machine = network.machine
    assert names["symbols"] == [str(symbol) for symbol in machine.symbols]
    assert (len(names["states"]), len(names["state_outputs"])) == (6, 6)


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    network = network_of("full", "S3@gens", "float32", "best")
    place = tmp_path / "net"
    place.mkdir()
    (place / "mine.txt").write_text("mine")
    with pytest.raises(fsm2rnn.InputError, match="exists already"):
        fsm2rnn.export(network, "torch", place)
    assert [one.name for one in tmp_path.rglob("*")] == ["net", "mine.txt"]
    with pytest.raises(fsm2rnn.InputError, match="cannot be written"):
        fsm2rnn.export(network, "torch", tmp_path / "none" / "net")
    (place / "mine.txt").unlink()
    fsm2rnn.export(network, "torch", place)
    assert len(list(place.iterdir())) == 3


def test_what_is_not_plain_is_refused_by_name(tmp_path):
    rounded = tracker("lstm", fsm2rnn.read("parity"), state="grid7", dtype=torch.float32)
    with pytest.raises(fsm2rnn.InputError, match="grid7"):
        fsm2rnn.export(rounded, "torch", tmp_path / "net")
    machine = fsm2rnn.read("parity")
    layer = fsm2rnn.BilinearRNN(2, 3, normalize=True)
    divided = fsm2rnn.Tracker(layer, nn.Linear(3, 2), machine)
    with pytest.raises(fsm2rnn.InputError, match="normalize"):
        fsm2rnn.export(divided, "torch", tmp_path / "net")
    short = fsm2rnn.compile("parity", "full").network("float8_e4m3fn")
    with pytest.raises(fsm2rnn.InputError, match="float8_e4m3fn"):
        fsm2rnn.export(short, "torch", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_every_structure_is_among_them_or_has_lines():
    structures = {network_of(*case).rnn.structure for case in LINEAR}
    assert structures == {recurrence.name for recurrence in RECURRENCES} - {"affine-householder"}
    layer = fsm2rnn.BilinearRNN(2, 4, structure="affine-householder")
    assert any('w["value"]' in line for line in step_lines(PlainLinear(layer, nn.Linear(4, 2), None)))
