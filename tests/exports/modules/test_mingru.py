"""The layers of mingru-scans and minGRU-pytorch answer as the machine does, in states that are the stored ones."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.exports.modules.mingru import delta_mingru as delta
from fsm2rnn.exports.modules.mingru import diagonal_layers
from fsm2rnn.exports.modules.writers import WRITERS
from tests.exports.modules.extras import compiled, needs, wrong_elsewhere
from tests.exports.modules.register_machines import HELD

pytestmark = [needs("mingru", "mingru"), needs("minGRU_pytorch", "mingru"), pytest.mark.filterwarnings("ignore")]

GROUPS = ["parity", "V4@gens", "S3@gens", "A5@gens", "Z5"]
CASES = [
    *(("signed-mingru", name, "float32") for name in HELD),
    *(("mingru-pytorch", name, "float32") for name in HELD),
    *(("delta-mingru", name, "float32") for name in (*HELD, *GROUPS)),
    ("signed-mingru", "parity", "float32"),
    ("signed-mingru", "V4@gens", "bfloat16"),
    ("signed-mingru", "last letters", "bfloat16"),
    ("mingru-pytorch", "bits", "bfloat16"),
    ("delta-mingru", "S3@gens", "bfloat16"),
    ("delta-mingru", "last letters", "bfloat16"),
]


@pytest.mark.parametrize(("target", "name", "dtype"), CASES)
def test_it_is_written_where_it_conforms(target, name, dtype, tmp_path):
    network = compiled(HELD.get(name, name), target, dtype)
    found = fsm2rnn.export(network, "torch", tmp_path / "net")
    assert found.files == ("labels.json", "network.py", "network.safetensors")
    assert found.replayed == 1600
    assert found.states >= len(set(sum(network.machine.table, ())))  # of which one may have several codes
    assert found.lead is None or found.lead >= 1


@pytest.mark.parametrize(
    ("target", "name", "dtype"),
    [
        ("signed-mingru", "parity", "float32"),
        ("signed-mingru", "last letters", "bfloat16"),
        ("mingru-pytorch", "bits", "float32"),
        ("delta-mingru", "S3@gens", "float32"),
        ("delta-mingru", "A5@gens", "float32"),
    ],
)
def test_10_000_symbols_in_a_process_without_this_package(target, name, dtype, tmp_path):
    network = compiled(HELD.get(name, name), target, dtype)
    fsm2rnn.export(network, "torch", tmp_path / "net")
    assert wrong_elsewhere(network, tmp_path / "net") == 0


@pytest.mark.parametrize("target", ["signed-mingru", "mingru-pytorch", "delta-mingru"])
@pytest.mark.parametrize("part", ["written", "readout.weight"])
def test_changed_weights_are_not_written(part, target, tmp_path):
    network = compiled(HELD["bits"], target)
    names = {"written": "value" if target == "delta-mingru" else "offset"}
    with torch.no_grad():
        network.state_dict(keep_vars=True)[names.get(part, part)].zero_()
    with pytest.raises(fsm2rnn.NumericError, match="nothing is written"):
        fsm2rnn.export(network, "torch", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_a_gate_that_is_not_quite_open_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(diagonal_layers, "OPEN", 8.0)
    with pytest.raises(fsm2rnn.NumericError, match="otherwise than the stored recurrence"):
        fsm2rnn.export(compiled(HELD["bits"], "signed-mingru"), "torch", tmp_path / "net")
    monkeypatch.setattr(delta, "GATES", {0.0: -200.0, 1.0: 0.0, 2.0: 8.0})
    with pytest.raises(fsm2rnn.NumericError, match="otherwise than the stored recurrence"):
        fsm2rnn.export(compiled("S3@gens", "delta-mingru"), "torch", tmp_path / "net")


@pytest.mark.parametrize("target", ["signed-mingru", "mingru-pytorch", "delta-mingru"])
def test_other_recurrences_are_refused(target):
    with pytest.raises(fsm2rnn.InputError, match=rf"full.*compile with -t {target}"):
        WRITERS[target](fsm2rnn.compile("flip-flop", "full").network())


def test_what_one_layer_does_not_hold():
    with pytest.raises(fsm2rnn.NotCompiled, match=r"impossible .one layer"):
        compiled("S3@gens", "signed-mingru")
    with pytest.raises(fsm2rnn.NotCompiled, match=r"impossible .one layer"):
        compiled("parity", "mingru-pytorch")
    with pytest.raises(fsm2rnn.NotCompiled, match=r"unsettled: no functions on the states"):
        compiled("tomita3", "delta-mingru")
