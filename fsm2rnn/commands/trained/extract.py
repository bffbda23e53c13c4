"""extract NET -o FILE: write the state machine that a network is."""

from __future__ import annotations

import argparse
from pathlib import Path

from fsm2rnn import api
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.comparison.extraction.extract import extraction
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import stages
from fsm2rnn.source.write import spelled, write_machine

KEEPS_TYPES = ".json"


def run(options: argparse.Namespace) -> Status:
    """Write the machine in the format of the file's suffix; status 3 where short words voted or asked for it."""
    with stages(f"reading {escaped(options.network)}", wanted=not (options.quiet or options.json)) as tell:
        network = api.load(options.network)
        tell(f"looking for the states of {escaped(options.network)}")
        found = extraction(network, state=options.state, limit=options.limit, words=options.words)
    machine = found.machine if Path(options.output).suffix.lower() == KEEPS_TYPES else spelled(found.machine)
    write_machine(machine, options.output)
    answer: dict[str, Json] = {
        "states": len(machine.states),
        "exact": found.exact,
        "arithmetic": found.arithmetic,
        "agreement": found.agreement,
        "file": options.output,
    }
    say(options, answer, f"{found}; wrote {escaped(options.output)}")
    return Status.HOLDS if found.exact else Status.UNDECIDED
