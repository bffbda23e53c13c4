"""explain MACHINE: what it is, and what each target makes of it."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.commands.answer import print_json
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.escapes import escaped
from fsm2rnn.pages.document import document
from fsm2rnn.pages.progress import stages
from fsm2rnn.pages.terminal import show_explanation


def run(options: argparse.Namespace) -> Status:
    """Print facts and verdicts."""
    machine, notes = read_machine(options)
    name = escaped(options.machine)
    with stages(f"{name}: facts", wanted=not (options.quiet or options.json)) as tell:
        explanation = api.explain(
            machine, options.target, contract=options.contract, asked=lambda target: tell(f"{name}: {target}")
        )
    if options.json:
        print_json(document(explanation, machine, options.machine, notes))
    elif not options.quiet:
        show_explanation(options.machine, explanation)
    return Status.HOLDS
