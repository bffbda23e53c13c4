"""repair NET -o NET2: write an exact network in the coordinates of one that learned a machine inexactly."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.comparison.repair import repair
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import stages


def run(options: argparse.Namespace) -> Status:
    """Write the proved network, or the merged one as a trained file and status 3 where its floats are not proved."""
    with stages(f"reading {escaped(options.network)}", wanted=not (options.quiet or options.json)) as tell:
        network = api.load(options.network)
        if not isinstance(network, Tracker):
            message = "a proved network of a linear recurrence is what a repair gives"
            raise InputError(message, hint="check says what is proved of it")
        machine = None if options.machine is None else api.read(options.machine)
        tell(f"repairing {escaped(options.network)}")
        found = repair(network, machine)
    found.save(options.output)
    answer: dict[str, Json] = {
        "states": found.adapter.prototypes.shape[0],
        "edit": found.edit,
        "margin": found.margin,
        "grade": found.grade,
        "readout_kept": found.readout_kept,
        "file": options.output,
    }
    say(options, answer, f"{found}; wrote {escaped(options.output)}")
    return Status.HOLDS if found.lasting else Status.UNDECIDED
