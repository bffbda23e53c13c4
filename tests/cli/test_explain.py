"""explain: a contract, and one document that stands alone."""

from __future__ import annotations

import fsm2rnn
from tests.cli.commands import answer, refusal


def test_an_explanation_in_json_stands_alone(capsys):
    found = answer(capsys, "explain", "flip-flop", "-t", "full")
    machine, told = fsm2rnn.read("flip-flop"), found["machine"]
    assert (told["name"], told["version"], found["notes"]) == ("flip-flop", fsm2rnn.__version__, [])
    assert (told["states"], told["symbols"]) == (2, 3)
    again = fsm2rnn.from_table(
        told["table"],
        start=told["start"],
        states=told["state_names"],
        symbols=told["symbol_names"],
        outputs=told["outputs"],
    )
    assert again == machine


def test_the_machine_in_json_is_the_one_that_was_read(capsys, tmp_path):
    machine = fsm2rnn.from_table([[1], [2], [3], [0]], states=[(0, "a"), 1, None, "q"], outputs=[True, False] * 2)
    path = tmp_path / "four.json"
    fsm2rnn.write(machine, path)
    told = answer(capsys, "explain", str(path), "-t", "pd")["machine"]
    assert (told["states"], told["minimal_states"], told["table"]) == (4, 2, [[1], [2], [3], [0]])
    assert told["state_names"] == ["0/a", 1, None, "q"]
    assert told["outputs"] == [True, False, True, False]


def test_the_outputs_of_a_mealy_machine_are_rows(capsys, tmp_path):
    path = tmp_path / "echo.dot"
    path.write_text('digraph { s [label="s"]; s -> s [label="a/x"]; s -> s [label="b/y"]; __start0 -> s; }')
    told = answer(capsys, "explain", str(path), "-t", "pd")["machine"]
    assert (told["symbol_names"], told["table"], told["outputs"]) == (["a", "b"], [[0, 0]], [["x", "y"]])


def test_explain_answers_under_a_contract(capsys):
    found = answer(capsys, "explain", "counter(3)", "-t", "rotation", "--contract", "robust", "--budget", "inf")[
        "targets"
    ]["rotation"]
    assert (found["verdict"], found["contract"]) == ("compiled", "robust")
    assert (
        answer(capsys, "explain", "counter(3)", "-t", "rotation", "--budget", "inf")["targets"]["rotation"]["verdict"]
        == "impossible"
    )
    message = refusal(capsys, "explain", "counter(3)", "--contract", "robost")
    assert "unknown contract 'robost' (hint: did you mean 'robust'?)" in message


def test_a_minor_that_is_too_long_is_left_out(capsys, monkeypatch):
    """tomita3: three prefixes and three suffixes, of the labels 0 and 1."""
    minor = answer(capsys, "explain", "tomita3", "-t", "minimal")["targets"]["minimal"]["lower_bound"]
    spelled = sum(len(label) for words in (minor["prefixes"], minor["suffixes"]) for word in words for label in word)
    monkeypatch.setattr("fsm2rnn.explanation.CHARACTERS", spelled)
    assert answer(capsys, "explain", "tomita3", "-t", "minimal")["targets"]["minimal"]["lower_bound"] == minor
    monkeypatch.setattr("fsm2rnn.explanation.CHARACTERS", spelled - 1)
    assert "lower_bound" not in answer(capsys, "explain", "tomita3", "-t", "minimal")["targets"]["minimal"]
