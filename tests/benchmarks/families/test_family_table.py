"""The table of families: a row holds, rows are not made again, what does not hold is found."""

from __future__ import annotations

import json

import pytest

import fsm2rnn
from benchmarks.families import family_table
from benchmarks.families.catalogue_machines import CATALOGUE
from fsm2rnn.compiler import find_target, minimal_facts


def test_the_catalogue_names_sixty_machines():
    assert len({*CATALOGUE}) == len(CATALOGUE) == 60
    for name in CATALOGUE:
        assert family_table.read_machine("catalogue", name).states


def made(machine, name, symbols=50):
    return family_table.row(find_target(name), minimal_facts(fsm2rnn.read(machine)), symbols)


def test_rows_of_each_verdict():
    found = made("flip-flop", "mamba")
    assert (found["verdict"], found["steps"], found["wrong"], found["cell_wrong"]) == ("compiled", 50, 0, 0)
    assert made("parity", "mamba")["replayed"]
    assert made("parity", "lru")["replayed"]
    assert made("flip-flop", "retnet")["verdict"] == "unsettled"
    assert made("register(2)", "al-rnn")["cell_wrong"] == 0
    assert made("register(2)", "shortcut")["cell_wrong"] == 0


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(family_table, "machines", lambda: iter([("catalogue", "parity"), ("catalogue", "flip-flop")]))
    monkeypatch.setattr(family_table, "LONG", 60)
    monkeypatch.setattr(family_table, "SYMBOLS", 20)
    monkeypatch.setattr(family_table, "LONG_MACHINES", 1)


@pytest.mark.usefixtures("few")
def test_rows_are_appended_once(tmp_path):
    out = tmp_path / "rows.jsonl"
    asked = ["--out", str(out), "--only", "sd-ssm;mamba"]
    assert family_table.main(asked) == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one.get("steps") for one in rows if one["family"] == "sd-ssm"] == [60, 20]
    out.write_text("".join(json.dumps(one) + "\n" for one in rows[:-1]), encoding="utf-8")
    assert family_table.main([*asked, "--markdown", str(tmp_path / "page.md")]) == 0
    again = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    times = [{name: one[name] for name in one if name != "seconds"} for one in (*rows, *again)]
    assert times[: len(rows)] == times[len(rows) :]
    assert "| `mamba` | 2 | 1 | 1 | 0 | 60 | 0 | 0 | 1/1 | 0 |" in (tmp_path / "page.md").read_text("utf-8")


@pytest.mark.usefixtures("few")
def test_what_does_not_hold_is_found(tmp_path, capsys):
    out = tmp_path / "rows.jsonl"
    row = {"machine": "parity", "collection": "catalogue", "family": "mamba", "verdict": "compiled", "steps": 20}
    for wrong in ({"wrong": 1}, {"cell_wrong": 1}, {"replayed": False}, {"error": "no step"}):
        out.write_text(json.dumps(row | {"wrong": 0} | wrong) + "\n", encoding="utf-8")
        assert family_table.main(["--out", str(out), "--only", "mamba"]) == 1
        assert "does not hold" in capsys.readouterr().err
