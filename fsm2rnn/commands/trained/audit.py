"""audit NET: is the network the machine, at every length? Proved, a shortest failing word, or neither yet."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_named, say_notes
from fsm2rnn.commands.status import Status
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.audit import audit
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json, label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.progress import stages
from fsm2rnn.proof.file.checker import report_on


def run(options: argparse.Namespace) -> Status:
    """Say what is proved, refuted or open."""
    machine, notes = _machine(options)
    name = escaped(options.network)
    with stages(f"reading {name}", wanted=not (options.quiet or options.json)) as tell:
        network = _network(options, machine)
        tell(f"{name}: searching at most {options.limit:,} states")
        found = audit(
            network,
            machine,
            state=options.state,
            limit=options.limit,
            progress=lambda states: tell(f"{name}: {states:,} states of at most {options.limit:,}"),
        )
    say(options, {**found.to_json(), "notes": notes}, _told(found))
    match found:
        case Proved():
            return Status.HOLDS
        case Refuted():
            return Status.REFUTED
        case Undecided():
            return Status.UNDECIDED


def _machine(options: argparse.Namespace) -> tuple[StateMachine | None, list[Json]]:
    if options.machine is None:
        return None, []
    machine, notes = read_named(options, options.machine)
    say_notes(options, notes)
    return machine, notes


def _network(options: argparse.Namespace, machine: StateMachine | None) -> Network | Tracker:
    """Return the network of a file of ours, or of somebody's checkpoint whose kind is given."""
    if options.kind is None:
        return api.load(options.network)
    if machine is None:
        message = "a checkpoint says nothing of its symbols and outputs, so --kind needs --machine"
        raise InputError(message)
    return Tracker.from_state_dict(options.kind, options.network, machine)


def _told(found: Finding) -> str:
    match found:
        case Proved(grade, proof=proof):
            return f"proved, grade {grade}: {escaped(str(report_on(proof).claim))}"
        case Refuted(word, expected, shown, arithmetic):
            answer = "no output leads" if shown is None else f"the network says {label_text(shown)}"
            text = " ".join(label_text(symbol) for symbol in word)
            due = f"the machine says {label_text(expected)}"
            return escaped(f"refuted ({arithmetic}): after {len(word)} symbols {due}, {answer}") + f"\n{escaped(text)}"
        case Undecided(reason, arithmetic, depth):
            far = "" if depth is None else f"every word of at most {depth:,} symbols is right; "
            return escaped(f"undecided ({arithmetic}): {far}{reason}")
