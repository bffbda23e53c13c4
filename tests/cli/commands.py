"""Run a command in this process and return what it prints."""

from __future__ import annotations

import json

from fsm2rnn.cli import main


def answer(capsys, *arguments, status=0):
    """Run a command with --json and return its one document."""
    assert main([*arguments, "--json"]) == status
    captured = capsys.readouterr()
    return json.loads(captured.out)


def refusal(capsys, *arguments):
    """Run a command that must fail with status 2 and return its message."""
    assert main(list(arguments)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("fsm2rnn: ")
    assert len(captured.err.splitlines()) == 1
    return captured.err
