"""reproduce on the command line: one document, tables as text, rows kept, what is refused."""

from __future__ import annotations

import re

import pytest

from fsm2rnn.cli import main
from fsm2rnn.experiments.reproduce import EXPERIMENTS
from tests.cli.commands import answer, refusal
from tests.experiments.settings import TINY


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    for name in ("frozen-parity", "state-tracking"):
        monkeypatch.setitem(EXPERIMENTS, name, lambda _, name=name: TINY[name])


def test_runs_with_a_neutral_letter_stand_apart_from_those_without(capsys, tmp_path):
    found = answer(capsys, "reproduce", "frozen-parity", "-o", str(tmp_path))
    assert (found["experiment"], found["preset"]) == ("frozen-parity", "small")
    assert [row["hidden"] for row in found["rows"]] == [1, 2, 4]
    assert all(abs(row["success"] - (1 - 2 ** -row["hidden"])) < 0.03 for row in found["rows"])
    assert all(row["law"] == 1 - 2 ** -row["hidden"] for row in found["rows"])
    others = [row for row in found["without"] if row["coding"] == "both signs random"]
    assert [row["hidden"] for row in others] == [1, 2, 4]
    assert all(row["success"] < 0.5 for row in others)


def test_the_text_shows_tables_and_what_they_rest_on(capsys, tmp_path):
    assert main(["reproduce", "state-tracking", "-o", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "| S3 | 2 | pd | 1.000 | 1.000 | 3 | exact, every length |" in said
    assert "| impossible: (1,2) (1,2,3) and (1,2,3) (1,2) would end alike |" in said
    assert "arXiv 2509.22284, Table 3" in said
    assert "chosen here:" in said
    assert [path.name for path in tmp_path.iterdir()] == ["state-tracking-small.jsonl"]


def test_the_whole_protocol_says_how_long_it_takes(capsys, tmp_path):
    assert main(["reproduce", "frozen-parity", "--preset", "paper", "-o", str(tmp_path)]) == 0
    assert re.search(r"frozen-parity: 9 runs, about \d+\.\d minutes on this device", capsys.readouterr().err)


def test_what_is_wrong_is_refused(capsys, tmp_path):
    assert "did you mean 'retention'?" in refusal(capsys, "reproduce", "retentoin", "-o", str(tmp_path))
    assert "preset" in refusal(capsys, "reproduce", "retention", "--preset", "big", "-o", str(tmp_path))
    (tmp_path / "frozen-parity-small.jsonl").write_text("mine\n")
    assert "holds no rows" in refusal(capsys, "reproduce", "frozen-parity", "-o", str(tmp_path))
    assert (tmp_path / "frozen-parity-small.jsonl").read_text() == "mine\n"
