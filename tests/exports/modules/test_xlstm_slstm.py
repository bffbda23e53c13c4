"""xlstm's sLSTM layer answers as the machine does, and is not written where it would not."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from tests.exports.modules.extras import DTYPES, compiled, needs, wrong_elsewhere

TARGET = "xlstm-slstm"
pytestmark = [needs("xlstm", "xlstm"), pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("machine", ["parity", "flip-flop", "S3@gens", "tomita3"])
def test_the_folder_answers_without_this_package(machine, dtype, tmp_path):
    network = compiled(machine, TARGET, dtype)
    found = fsm2rnn.export(network, "torch", tmp_path / "net")
    assert found.files == ("labels.json", "network.py", "network.safetensors")
    assert (found.replayed, found.states) == (1600, len(network.proof.nodes.reads) - 1)
    assert found.lead >= 0.9
    assert wrong_elsewhere(network, tmp_path / "net") == 0


def test_more_letters_than_units(tmp_path):
    machine = fsm2rnn.from_table([[0, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1]])
    network = compiled(machine, TARGET)
    assert network.rnn.input_size > network.rnn.hidden_size
    fsm2rnn.export(network, "torch", tmp_path / "net")
    assert wrong_elsewhere(network, tmp_path / "net") == 0


def test_a_mealy_machine(tmp_path):
    machine = fsm2rnn.from_table([[0, 1], [1, 0]], outputs=[["a", "b"], ["b", "a"]])
    assert machine.is_mealy
    network = compiled(machine, TARGET)
    fsm2rnn.export(network, "torch", tmp_path / "net")
    assert wrong_elsewhere(network, tmp_path / "net") == 0


@pytest.mark.parametrize("part", ["rnn.weight_hh_l0", "readout.weight"])
def test_changed_weights_are_not_written(part, tmp_path):
    network = compiled("S3@gens", TARGET)
    with torch.no_grad():
        network.get_parameter(part).zero_()
    with pytest.raises(fsm2rnn.NumericError, match="nothing is written"):
        fsm2rnn.export(network, "torch", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_other_formats_of_numbers_are_refused(tmp_path):
    with pytest.raises(fsm2rnn.InputError, match=r"xlstm-slstm is written in float32 and bfloat16.*float64"):
        fsm2rnn.export(compiled("parity", TARGET, "float64"), "torch", tmp_path / "net")
