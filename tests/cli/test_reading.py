"""What commands say of the machine they read: notes on stderr and under `notes`, and options that are obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from tests.cli.commands import answer, refusal

CASES = Path(__file__).parents[1] / "source" / "field_cases"
LISTS = str(CASES / "dot-comma-silent.dot")
COMMANDS = {
    "explain": ("-t", "full"),
    "compile": ("-t", "full", "-o", "{}/net.safetensors"),
    "convert": ("{}/m.json",),
    "data": ("-l", "3", "-n", "2", "-o", "{}/data.csv"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_notes_go_to_stderr_and_into_the_document(capsys, tmp_path, command):
    rest = [part.format(tmp_path) for part in COMMANDS[command]]
    notes = answer(capsys, command, LISTS, *rest)["notes"]
    assert ["'0,1' is read as a list of letters: '0' '1'" in note for note in notes] == [True]
    assert main([command, LISTS, *rest]) == 0
    assert capsys.readouterr().err == f"note: {notes[0]}\n"
    assert main([command, LISTS, *rest, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert answer(capsys, command, "parity", *rest)["notes"] == []


def test_options_choose_the_reading(capsys):
    whole = answer(capsys, "explain", LISTS, "-t", "full", "--labels", "whole")
    assert (whole["machine"]["symbols"], whole["notes"]) == (1, [])
    start = answer(capsys, "explain", str(CASES / "dot-no-start-mark.dot"), "-t", "full", "--start", "Q0")
    assert start["machine"]["states"] == 3
    part = answer(
        capsys, "explain", str(CASES / "att-two-machines.att"), "-t", "full", "--part", "2", "--complete", "sink"
    )
    assert part["machine"]["symbols"] == 1
    epsilon = answer(
        capsys, "explain", str(CASES / "dot-epsilon.dot"), "-t", "full", "--epsilon", "none", "--complete", "sink"
    )
    assert epsilon["machine"]["symbols"] == 3
    assert "did you mean 'list'" in refusal(capsys, "explain", LISTS, "--labels", "lists")
    assert "--part says nothing here" in refusal(capsys, "explain", "S5", "--part", "1")


def test_in_python_a_note_is_a_warning_where_read_is_called():
    with pytest.warns(fsm2rnn.ReadingWarning, match="list of letters") as caught:
        machine = fsm2rnn.read(LISTS)
    assert machine.symbols == ("0", "1")
    assert caught[0].filename == __file__
    assert fsm2rnn.read(LISTS, labels="whole").symbols == ("0,1",)
