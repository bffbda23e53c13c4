"""convert IN OUT: between machine formats."""

from __future__ import annotations

import argparse
from pathlib import Path

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.source.write import spelled, write_machine

KEEPS_TYPES = ".json"


def run(options: argparse.Namespace) -> Status:
    """Write the machine in the format of OUT's suffix, labels as text where the format holds text alone."""
    machine, notes = read_machine(options)
    written = machine if Path(options.output).suffix.lower() == KEEPS_TYPES else spelled(machine)
    write_machine(written, options.output)
    relabelled = written != machine
    answer: dict[str, Json] = {
        "file": options.output,
        "states": len(written.states),
        "symbols": len(written.symbols),
        "relabelled": relabelled,
        "notes": notes,
    }
    note = "; labels are written as text" if relabelled else ""
    say(
        options,
        answer,
        f"wrote {len(written.states):,} states, {len(written.symbols):,} symbols to {escaped(options.output)}{note}",
    )
    return Status.HOLDS
