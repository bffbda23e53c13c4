"""compare NET MACHINE_OR_NET: whether a network is a machine, or what another network is."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_named, say_notes
from fsm2rnn.commands.status import Status
from fsm2rnn.comparison.compare import Sameness, compare
from fsm2rnn.difference import is_network
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.progress import stages


def run(options: argparse.Namespace) -> Status:
    """Print the verdict, the word and the laws; same 0, different 1, unsettled 3."""
    name = escaped(options.network)
    with stages(f"reading {name}", wanted=not (options.quiet or options.json)) as tell:
        network = api.load(options.network)
        other, notes = _other(options)
        tell(f"comparing {name} and {escaped(options.other)}")
        found = compare(network, other, state=options.state, limit=options.limit, whiten=options.whiten)
    say_notes(options, notes)
    say(options, {**found.to_json(), "notes": notes}, str(found))
    match found.verdict:
        case Sameness.SAME:
            return Status.HOLDS
        case Sameness.DIFFERENT:
            return Status.REFUTED
        case Sameness.UNSETTLED:
            return Status.UNDECIDED


def _other(options: argparse.Namespace) -> tuple[Network | Tracker | StateMachine, list[Json]]:
    return (api.load(options.other), []) if is_network(options.other) else read_named(options, options.other)
