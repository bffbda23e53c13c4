"""The machine that a command was given, and what was guessed in reading it."""

from __future__ import annotations

import argparse
import sys

from fsm2rnn import api, compiler
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import reading


def read_machine(options: argparse.Namespace) -> tuple[StateMachine, list[Json]]:
    """Return the machine that MACHINE and its options name, and the notes; each is a line on stderr, not under --quiet.

    A target named by an alias is a note too. The notes are for the key `notes` of the JSON document.
    """
    chosen = api.read_options(
        complete=options.complete,
        max_states=options.max_states,
        labels=options.labels,
        start=options.start,
        epsilon=options.epsilon,
        part=options.part,
        finite=options.finite,
        dont_care=options.dont_care,
    )
    found = reading(options.machine, chosen)
    alias = compiler.alias_note(getattr(options, "target", None))
    notes = [*found.notes, *([] if alias is None else [alias])]
    if not options.quiet:
        for note in notes:
            print(f"note: {escaped(note)}", file=sys.stderr)
    return found.machine, [*notes]
