"""Modules as targets, where none of their packages is needed: names, verdicts, files, and what export refuses."""

from __future__ import annotations

import importlib.util

import pytest

import fsm2rnn
from fsm2rnn.exports.modules.requirements import require_delta_rule
from fsm2rnn.exports.modules.writers import WRITERS
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.modules import MODULES
from tests.cli.commands import answer, refusal

NAMES = [module.name for module in MODULES]


def test_every_module_has_a_writer_and_a_name_of_its_own():
    assert list(WRITERS) == NAMES
    assert not {target.name for target in TARGETS} & set(NAMES)


def test_modules_are_asked_by_name_alone(capsys):
    assert not set(NAMES) & set(fsm2rnn.explain("parity").to_json()["targets"])
    assert not set(NAMES) & set(fsm2rnn.compile_all("parity", targets=None))
    assert [row["name"] for row in answer(capsys, "formats")["modules"]] == NAMES
    assert "did you mean 'xlstm-slstm'" in refusal(capsys, "explain", "parity", "-t", "xlstm-slst")


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_what_is_compiled_is_checked_and_names_its_module(module, capsys, tmp_path):
    path = str(tmp_path / "net.safetensors")
    assert answer(capsys, "explain", "flip-flop", "-t", module.name)["targets"][module.name]["verdict"] == "compiled"
    answer(capsys, "compile", "flip-flop", "-t", module.name, "-o", path)
    assert answer(capsys, "check", path)["accepted"]
    other = "pt2" if module.export != "pt2" else "onnx"
    said = refusal(capsys, "export", path, "-f", other, "-o", str(tmp_path / "out"))
    assert f"compiled for {module.name} is exported with -f {module.export}" in said


def test_kernels_without_a_device_are_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(fsm2rnn.InputError, match=r"flash-linear-attention here .*needs a CUDA device"):
        require_delta_rule("olmo-hybrid")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    require_delta_rule("olmo-hybrid")


# fla runs on a device alone: its folders are written without it.
RUN_HERE = [module for module in MODULES if module.export != "fla"]


@pytest.mark.parametrize("module", RUN_HERE, ids=[module.name for module in RUN_HERE])
def test_a_missing_package_is_named_with_its_extra(module, tmp_path, monkeypatch):
    network = fsm2rnn.compile("flip-flop", module.name).network()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(fsm2rnn.InputError, match=rf"not installed .*fsm2rnn\[{module.extra}\]"):
        fsm2rnn.export(network, module.export, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
