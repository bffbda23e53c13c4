"""fsm2rnn view: the page in a file, what is on it as JSON, and what is refused."""

from __future__ import annotations

import fsm2rnn
from fsm2rnn.cli import main
from tests.cli.commands import answer, refusal


def test_the_page_is_written_and_what_is_on_it_is_said(capsys, tmp_path):
    path = tmp_path / "page.html"
    net = tmp_path / "net.safetensors"
    fsm2rnn.compile("parity", "minimal").save(net)
    found = answer(capsys, "view", "parity", str(net), "-o", str(path))
    assert found["file"] == str(path)
    assert found["bytes"] == len(path.read_bytes())
    assert [one["name"] for one in found["subjects"]] == ["parity", "net.safetensors"]
    assert found["subjects"][0]["claim"]["tone"] == "proved"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_text_says_the_claim(capsys, tmp_path):
    path = tmp_path / "page.html"
    assert main(["view", "parity", "-o", str(path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("parity: 2 states, 2 symbols")
    assert "Proved: right at every length." in said
    assert main(["view", "parity", "-o", str(path), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_what_cannot_be_shown_is_status_2_and_leaves_no_file(capsys, tmp_path):
    path = tmp_path / "page.html"
    assert "10,002 needed, the limit is 10,000" in refusal(capsys, "view", "counter(10001)", "-o", str(path))
    assert "parity" in refusal(capsys, "view", "parrity", "-o", str(path))
    assert "both write to stdout" in refusal(capsys, "view", "parity", "-o", "-", "--json")
    assert "budget" in refusal(capsys, "view", "parity", "-o", str(path), "--budget", "-1")
    assert not path.exists()
    assert "no_folder" in refusal(capsys, "view", "parity", "-o", str(tmp_path / "no_folder" / "page.html"))
