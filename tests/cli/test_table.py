"""The table of commands and the files of commands are one list."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from fsm2rnn import commands
from fsm2rnn.commands.status import Status
from fsm2rnn.commands.table import COMMANDS

HOME = Path(commands.__file__).parent


def test_every_file_of_a_room_is_a_row_and_every_row_a_file():
    files = {f"{path.parent.name}.{path.stem}" for path in HOME.glob("*/*.py") if path.stem != "__init__"}
    assert {command.module for command in COMMANDS} == files
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_runs_to_a_status(command):
    run = importlib.import_module(f"fsm2rnn.commands.{command.module}").run
    assert run.__annotations__ == {"options": "argparse.Namespace", "return": "Status"}


def test_the_statuses_are_those_that_scripts_rely_on():
    assert {status.name: status.value for status in Status} == {
        "HOLDS": 0,
        "REFUTED": 1,
        "BAD_INPUT": 2,
        "UNDECIDED": 3,
        "FAULT": 70,
        "INTERRUPTED": 130,
    }
