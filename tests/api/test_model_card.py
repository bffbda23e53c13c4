"""A model card says what the file's own check says, and its lines run."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re

import pytest
import torch

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.errors import InputError

PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def run_lines(card, folder, monkeypatch):
    """Run the card's Python where its file lies; return what is printed and what the card says of it."""
    monkeypatch.chdir(folder)
    (lines,) = PYTHON.findall(card)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(lines, "card", "exec"), {})  # noqa: S102  the card is what is tested
    return out.getvalue().strip(), lines.rstrip().split("\n")[-1].removeprefix("# ")


@pytest.mark.parametrize(
    ("machine", "target", "dtype"),
    [("re:(a|b)*abb", "full", "bfloat16"), ("Z5", "rotation", "bfloat16"), ("parity", "gru", "float32")],
)
def test_a_proved_card_is_true(machine, target, dtype, tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    report = fsm2rnn.compile(machine, target).save(path, dtype, card=True)
    card = (tmp_path / "net.md").read_text(encoding="utf-8")
    assert report.claim.split(" (contract")[0] in card
    assert f"| equations proved | {report.equations:,} |" in card
    assert f"| grade | {report.grade} |" in card
    assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    assert ("words of at most 79 symbols" in card) == (machine == "Z5")
    printed, said = run_lines(card, tmp_path, monkeypatch)
    assert printed == said


def test_network_and_proof_write_the_card_of_the_result(tmp_path):
    result = fsm2rnn.compile("tomita3", "minimal")
    result.save(tmp_path / "a.safetensors", card=True)
    result.network().save(tmp_path / "b.safetensors", card=True)
    fsm2rnn.audit(result.network(), fsm2rnn.read("tomita3")).save(tmp_path / "c.safetensors", card=True)
    texts = [(tmp_path / f"{name}.md").read_text(encoding="utf-8").split("## Use")[1] for name in "abc"]
    assert len({text.replace(f"{name}.safetensors", "") for name, text in zip("abc", texts, strict=True)}) == 1


def test_a_trained_card_claims_nothing(tmp_path, monkeypatch):
    machine = fsm2rnn.read("parity")
    tracker = fsm2rnn.Tracker(torch.nn.GRU(2, 4, batch_first=True), torch.nn.Linear(4, 2), machine, state="grid7")
    tracker.save(tmp_path / "net.safetensors", card=True)
    card = (tmp_path / "net.md").read_text(encoding="utf-8")
    assert "nothing is proved of them" in card
    assert "gru, 4 hidden numbers, float32" in card
    assert "rounded to grid7 after each symbol" in card
    assert "certificate by which" not in card
    _, said = run_lines(card, tmp_path, monkeypatch)
    assert said == f"the machine answers {machine.answers(['0', '1', '1', '0', '0', '1'])}"


def test_no_card_unless_it_is_asked_for_and_none_beside_a_stream(tmp_path):
    result = fsm2rnn.compile("parity", "full")
    result.save(tmp_path / "net.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors"]
    for place in ("-", tmp_path / "net.md"):
        with pytest.raises(InputError, match="no card beside"):
            result.save(place, card=True)
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors"]


def test_labels_are_shown_and_not_obeyed(tmp_path):
    machine = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["a|b", "<i>`\x1b"], outputs=[True, False])
    fsm2rnn.compile(machine, "full").save(tmp_path / "net.safetensors", card=True)
    table = (tmp_path / "net.md").read_text(encoding="utf-8").split("## The machine")[1]
    assert "<code>a&#124;b</code>" in table
    assert "&lt;i&gt;&#96;&#92;x1b" in table
    assert "\x1b" not in table


def test_the_command_writes_one(tmp_path, capsys):
    assert main(["compile", "S5", "-t", "pd", "-o", str(tmp_path / "s5.safetensors"), "--card"]) == 0
    assert "wrote " in capsys.readouterr().out
    assert "`network.machine`" in (tmp_path / "s5.md").read_text(encoding="utf-8")
