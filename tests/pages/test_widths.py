"""explain at 60, 80, 100 and 140 columns: no word is cut, whatever the machine."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.pages import terminal
from fsm2rnn.targets import TARGETS

COLUMNS = (60, 80, 100, 140)
PROTOCOL = "TCP_Linux_Client.dot"
BUDGET = 2.0  # seconds; what is not decided by then is a row as any other


def shown(machine, explanation, columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal.show_explanation(machine, explanation)
    return capsys.readouterr().out


@pytest.mark.slow  # ten seconds; test_terminal.py asks smaller machines for the same at more widths
@pytest.mark.parametrize("name", ["S5@gens", "A5", PROTOCOL, "A5@gens"])
def test_no_word_is_cut(name, monkeypatch, capsys, shared_machines):
    text = name
    if name == PROTOCOL:
        text = str(shared_machines / "protocols" / name)
        if not (shared_machines / "protocols" / name).exists():
            pytest.skip("the real machines do not lie beside the checkout")
    explanation = fsm2rnn.explain(text, budget=BUDGET)
    assert len(fsm2rnn.read("A5@gens").states) == 60
    whole = shown(name, explanation, 100_000, monkeypatch, capsys)
    longest = max(map(len, whole.split()))
    for columns in COLUMNS:
        text = shown(name, explanation, columns, monkeypatch, capsys)
        assert sorted(text.split()) == sorted(whole.split())
        assert "\u2026" not in text
        for target in TARGETS:
            assert any(line.startswith(target.name) for line in text.splitlines())
        table = [line for line in text.splitlines() if line.strip()]
        assert max(map(len, table)) <= max(columns, longest + 4)
