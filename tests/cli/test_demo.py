"""The demonstration: a network for every target that compiles, each checked and run; failures are counted."""

from __future__ import annotations

from fsm2rnn.cli import main
from fsm2rnn.targets import STOCK_CELLS
from tests.cli.commands import answer

CELLS = {target.name for target in STOCK_CELLS}  # which the demo leaves to explain: linear recurrences are run
RUNS = 26  # of the demo: seven targets hold each of two groups, six each of two machines that merge states


def test_demo(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("fsm2rnn.commands.machine.demo.STEPS", 1000)
    monkeypatch.setattr("fsm2rnn.commands.machine.demo.FLOAT_STEPS", 50)
    found = answer(capsys, "demo", "-o", str(tmp_path / "demo"))
    assert found["failures"] == 0
    assert len(found["machines"]) == 4
    runs = [run for machine in found["machines"].values() for run in machine["runs"]]
    compiled = [
        target
        for machine in found["machines"].values()
        for target, entry in machine["targets"].items()
        if entry["verdict"] == "compiled" and target not in CELLS
    ]
    assert [run["target"] for run in runs] == compiled
    assert len(runs) == RUNS
    for run in runs:
        assert run["holds"]
        assert main(["check", run["file"], "--quiet"]) == 0


def test_demo_reports_a_failure(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("fsm2rnn.commands.machine.demo.STEPS", 1000)
    monkeypatch.setattr("fsm2rnn.commands.machine.demo.FLOAT_STEPS", 50)
    monkeypatch.setattr("fsm2rnn.commands.machine.demo._float_agrees", lambda _network, _machine: False)
    assert answer(capsys, "demo", "-o", str(tmp_path / "demo"), status=1)["failures"] == RUNS
