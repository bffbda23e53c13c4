"""Commands on trained files: run and verify take them, check rejects them, others say what they need."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import fsm2rnn
from tests.cells.tracker_cases import tracker
from tests.cli.commands import answer, refusal

KEYS = set(fsm2rnn.Verification.__dataclass_fields__)


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """A trained file of parity, in float32, its state in grid7."""
    path = tmp_path_factory.mktemp("net") / "net.safetensors"
    tracker("lstm", fsm2rnn.read("parity"), state="grid7", dtype=torch.float32).save(path)
    return str(path)


def test_run(net, capsys):
    found = answer(capsys, "run", net, "1011")
    assert found == {
        "symbols": ["1", "0", "1", "1"],
        "states": None,
        "outputs": fsm2rnn.load(net).outputs(["1", "0", "1", "1"]),
    }
    assert "not in the alphabet" in refusal(capsys, "run", net, "12")


def test_check(net, capsys):
    found = answer(capsys, "check", net, status=1)
    assert (found["accepted"], found["field"]) == (False, "certificate")
    assert "audit" in found["reason"]


def test_verify(net, capsys, tmp_path):
    found = answer(capsys, "verify", net, "-n", "40", "--batch", "2", "--seed", "3", status=1)
    assert set(found) == KEYS
    again = fsm2rnn.verify_network(fsm2rnn.load(net), steps=40, batch=2, seed=3).to_json()
    timed = {"symbols_per_second": None}
    assert found | timed == again | timed
    assert (found["dtype"], found["proved_steps"]) == ("float32", None)
    (tmp_path / "words").write_text("101\n1 1 1 0\n")
    given = answer(capsys, "verify", net, "--words", str(tmp_path / "words"), status=1)
    assert given["steps"] == 7
    assert answer(capsys, "verify", net, "-n", "9", "--dtype", "float64", status=1)["dtype"] == "float64"
    assert answer(capsys, "verify", net, "-n", "9", "--order", "sequential", status=1)["order"] == "sequential"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--order", "scan"], "without products of letters"),
        (["--dtype", "float8_e5m2"], "only stored"),
        (["--checkpoint", "x"], "checkpoint"),
        (["--device", "meta"], "holds no numbers"),
        (["--words", "none", "-n", "3"], "exclude each other"),
    ],
)
def test_what_verify_refuses(net, capsys, options, says):
    more = [] if "-n" in options else ["-n", "3"]
    assert says in refusal(capsys, "verify", net, *more, *options)


def test_scan_is_refused_for_given_words_too(net, capsys, tmp_path):
    (tmp_path / "words").write_text("101\n")
    assert "scan" in refusal(capsys, "verify", net, "--words", str(tmp_path / "words"), "--order", "scan")


def test_a_right_tracker_verifies(tmp_path, capsys):
    # h' = relu(W h + V x + b) of two units: (0, 0) is even, one unit each for odd after a 1 and after a 0.
    machine = fsm2rnn.read("parity")
    found = tracker("relu", machine, 2, dtype=torch.float32)
    one, zero = machine.symbols.index("1"), machine.symbols.index("0")
    entering = torch.zeros(2, 2)
    entering[0, one], entering[1, zero] = 1, 1
    hidden = torch.tensor([[-1.0, -1.0], [1.0, 1.0]])
    bias = torch.tensor([0.0, -1.0])
    odd = machine.output_labels.index(machine.outputs[machine.table[machine.start][one]])
    weight = torch.zeros(2, 2)
    weight[odd] = 1
    offset = torch.full((2,), 0.5)
    offset[odd] = 0
    found.load_state_dict(
        {
            "weight_ih_l0": entering,
            "weight_hh_l0": hidden,
            "bias_ih_l0": bias,
            "bias_hh_l0": torch.zeros(2),
            "readout.weight": weight,
            "readout.bias": offset,
        }
    )
    found.save(tmp_path / "net")
    result = answer(capsys, "verify", str(tmp_path / "net"), "-n", "3000")
    assert result["mismatches"] == 0


@pytest.mark.parametrize(("kind", "proved"), [("relu", "all lengths"), ("gru", None)])
def test_a_proved_cell_runs_and_verifies(kind, proved, tmp_path, capsys):
    machine, path = fsm2rnn.read("S3@gens"), str(tmp_path / "net.safetensors")
    fsm2rnn.compile(machine, kind).save(path)
    word = [*machine.symbols, *machine.symbols, machine.symbols[0]]
    assert answer(capsys, "run", path, " ".join(word))["outputs"] == machine.answers(word)
    found = answer(capsys, "verify", path, "-n", "2000")
    assert (found["mismatches"], found["proved_steps"]) == (0, proved)


def test_other_commands_say_what_they_need(net, capsys):
    assert "a trained network has none" in refusal(capsys, "diff", net, "parity")
    refusal(capsys, "explain", net)
    refusal(capsys, "convert", net, "out.json")


def test_a_damaged_file_is_one_line(net, capsys, tmp_path):
    data = bytearray(Path(net).read_bytes())
    data[-1] ^= 1
    (tmp_path / "net").write_bytes(data)
    for command in (["run", str(tmp_path / "net"), "1"], ["verify", str(tmp_path / "net")]):
        assert "hint: the file is damaged" in refusal(capsys, *command)
    assert answer(capsys, "check", str(tmp_path / "net"), status=1)["field"] == "certificate"
