"""export -f onnx: onnxruntime answers as the machine does, at lengths that no exporter saw."""

from __future__ import annotations

import json
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.exports import replay as replaying
from fsm2rnn.exports.onnx_file import onnx_file, require_free_shape
from tests.exports.exported_networks import CASES, network_of, word_of, wrong

HERE = [case for case in CASES if case[2:] == ("float32", "best") and case[0] != "factored"]
HERE += [("pd", "flip-flop", "float64", "best"), ("elman", "flip-flop", "float32", "best")]
HERE += [("lstm", "parity", "float32", "best")]


@pytest.fixture
def libraries():
    """Return onnx and onnxruntime, which the extra `onnx` brings."""
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    return onnx, pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")


@pytest.mark.parametrize("case", HERE, ids=[f"{target}-{dtype}" for target, _, dtype, _ in HERE])
def test_the_file_answers_as_the_machine_does(case, libraries, tmp_path):
    onnx, runtime = libraries
    network, path = network_of(*case), tmp_path / "net.onnx"
    found = fsm2rnn.export(network, "onnx", path)
    assert (found.opset, found.replayed) == (18, 1600)
    model = onnx.load(path)
    assert [(one.domain, one.version) for one in model.opset_import] == [("", 18)]
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    ids = torch.tensor([word_of(len(network.machine.symbols))])
    scores, answers = session.run(None, {"ids": ids.numpy()})
    assert wrong(network, answers) == 0
    assert scores.shape[:2] == ids.shape
    labels = json.loads({one.key: one.value for one in model.metadata_props}["labels"])
    assert len(labels["symbols"]) == len(network.machine.symbols)


def test_a_fixed_length_is_refused(libraries):
    onnx, _ = libraries
    model = onnx.load_model_from_string(onnx_file(network_of("full", "S3@gens", "float32", "best")).data)
    require_free_shape(model)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 64
    with pytest.raises(fsm2rnn.InputError, match="fixes the length of ids at 64"):
        require_free_shape(model)


def test_a_file_that_answers_otherwise_is_not_written(libraries, monkeypatch, tmp_path):
    assert libraries
    network = network_of("full", "S3@gens", "float32", "best")
    monkeypatch.setattr(replaying, "answers_of", lambda net, word: (net.run(word) + 1) % 6)
    with pytest.raises(fsm2rnn.NumericError, match="600 times among 600 symbols"):
        fsm2rnn.export(network, "onnx", tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (("full", "flip-flop", "bfloat16", "best"), "an ONNX file holds networks in float32 and float64"),
        (("elman", "flip-flop", "float64", "best"), "an ONNX file holds networks in float32,"),
        (("rotation", "modadd(5)", "float32", "snap"), "grade snap"),
        (("factored", "A5@gens", "float32", "best"), "'factored' multiplies factors"),
    ],
)
def test_what_onnx_does_not_hold_is_refused_by_name(case, says, libraries, tmp_path):
    assert libraries
    with pytest.raises(fsm2rnn.InputError, match=says):
        fsm2rnn.export(network_of(*case), "onnx", tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_a_missing_library_is_named(missing, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(fsm2rnn.InputError, match=r"fsm2rnn\[onnx\]"):
        fsm2rnn.export(network_of("full", "S3@gens", "float32", "best"), "onnx", tmp_path / "net.onnx")
