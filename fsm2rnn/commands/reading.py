"""The machine that a command was given, and what was guessed in reading it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from fsm2rnn import api, compiler
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import reading


def read_machine(options: argparse.Namespace) -> tuple[StateMachine, list[Json]]:
    """Return the machine that MACHINE and its options name, and the notes; each is a line on stderr, not under --quiet.

    A target named by an alias is a note too. The notes are for the key `notes` of the JSON document.
    """
    machine, found = read_named(options, options.machine)
    alias = compiler.alias_note(getattr(options, "target", None))
    notes = found if alias is None else [*found, alias]
    say_notes(options, notes)
    return machine, notes


def read_named(options: argparse.Namespace, text: str) -> tuple[StateMachine, list[Json]]:
    """Return the machine that a text names under the options of reading, and what was guessed."""
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
    found = reading(text, chosen)
    return found.machine, [*found.notes]


def say_notes(options: argparse.Namespace, notes: Iterable[Json]) -> None:
    """Print each note as a line on stderr, nothing under --quiet."""
    for note in [] if options.quiet else notes:
        print(f"note: {escaped(str(note))}", file=sys.stderr)
