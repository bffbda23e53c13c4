"""explain MACHINE: what it is, and what each target makes of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from fsm2rnn import api
from fsm2rnn.budget import Budget
from fsm2rnn.commands.answer import print_json
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.compiler import Answer
from fsm2rnn.escapes import escaped
from fsm2rnn.explanation import Listener
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.document import document
from fsm2rnn.pages.progress import Stages, stages
from fsm2rnn.pages.rows import TargetRows
from fsm2rnn.pages.terminal import show, show_facts, show_rest, width
from fsm2rnn.targets import TARGETS


def run(options: argparse.Namespace) -> Status:
    """Print facts and verdicts, each when it is decided."""
    budget = Budget.of(options.budget)
    machine, notes = read_machine(options)
    name = escaped(options.machine)
    silent = options.quiet or options.json
    with stages(f"{name}: facts", wanted=not silent) as tell:
        listener = Listener(asked=lambda target: tell(f"{name}: {target}"))
        explanation = api.explain(
            machine,
            options.target,
            contract=options.contract,
            budget=budget,
            listener=listener if silent else _printing(options, listener, tell),
        )
    if options.json:
        print_json(document(explanation, machine, options.machine, notes, budget))
    elif not options.quiet:
        show_rest(explanation)
    return Status.HOLDS


def _printing(options: argparse.Namespace, listener: Listener, tell: Stages) -> Listener:
    """Return the listener that prints the facts and the rows."""
    names = [target.name for target in TARGETS] if options.target is None else [options.target]
    rows = TargetRows.of(names, width())

    def facts(found: Mapping[str, Json]) -> None:
        with tell.pause():
            show_facts(options.machine, found)
            show(rows.heading())
            sys.stdout.flush()

    def answered(answer: Answer) -> None:
        with tell.pause():
            show(rows.row(answer))
            sys.stdout.flush()

    return Listener(facts, listener.asked, answered)
