"""diff A B: a shortest word on which two machines, or network files, answer differently."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_named, say_notes
from fsm2rnn.commands.status import Status
from fsm2rnn.difference import compared, is_network, proved_machine
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.progress import stages


def run(options: argparse.Namespace) -> Status:
    """Print the word and both answers; status 1 where there is one."""
    wanted = not (options.quiet or options.json)
    with stages(f"reading {escaped(options.a)}", wanted=wanted) as tell:
        left, notes = _machine(options, options.a)
        tell(f"reading {escaped(options.b)}")
        right, more = _machine(options, options.b)
        tell(f"comparing {escaped(options.a)} and {escaped(options.b)}")
        found = compared(left, right)
    say_notes(options, [*notes, *more])
    say(options, found.to_json() | {"notes": [*notes, *more]}, str(found))
    return Status.HOLDS if found.same else Status.REFUTED


def _machine(options: argparse.Namespace, text: str) -> tuple[StateMachine, list[Json]]:
    """Return the machine that a text names, and notes: how far the network of a file is proved to be it."""
    if not is_network(text):
        return read_named(options, text)
    machine, steps = proved_machine(text)
    return machine, [] if steps is None else [f"{text} is proved to be its machine for {steps:,} symbols"]
