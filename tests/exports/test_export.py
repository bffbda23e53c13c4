"""export on the command line, and the formats that have a name and no writer yet."""

from __future__ import annotations

import pytest

import fsm2rnn
from tests.cli.commands import answer, refusal


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """A network file of parity."""
    path = tmp_path_factory.mktemp("net") / "net.safetensors"
    fsm2rnn.compile("parity", "full").save(path)
    return str(path)


def test_the_command_writes_and_says_what(net, capsys, tmp_path):
    found = answer(capsys, "export", net, "-f", "torch", "-o", str(tmp_path / "net"))
    assert found["files"] == ["labels.json", "network.py", "network.safetensors"]
    assert (found["format"], found["replayed"]) == ("torch", None)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("transformers", "compiled for one of its modules"),
        ("fla", "compiled for one of its modules"),
    ],
)
def test_a_format_that_has_no_such_networks_says_so(name, says, net, capsys, tmp_path):
    assert says in refusal(capsys, "export", net, "-f", name, "-o", str(tmp_path / "net"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-f", "onx", "-o", "net"], "did you mean 'onnx'"),
        (["-f", "torch", "-o", "-"], "writes a folder"),
        (["-f", "pt2", "-o", "-", "--json"], "would both write to stdout"),
    ],
)
def test_what_cannot_be_written_is_refused(arguments, says, net, capsys):
    assert says in refusal(capsys, "export", net, *arguments)


def test_a_file_that_is_none_is_refused(capsys, tmp_path):
    assert "cannot be read" in refusal(capsys, "export", str(tmp_path / "none"), "-f", "torch", "-o", "net")
