"""explain MACHINE: what it is, and what each target makes of it."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.commands.answer import print_json
from fsm2rnn.commands.status import Status
from fsm2rnn.pages.terminal import show_explanation


def run(options: argparse.Namespace) -> Status:
    """Print facts and verdicts."""
    machine = api.read(options.machine, complete=options.complete, max_states=options.max_states)
    explanation = api.explain(machine, options.target, contract=options.contract)
    if options.json:
        print_json(explanation.to_json())
    elif not options.quiet:
        show_explanation(options.machine, explanation)
    return Status.HOLDS
