"""view MACHINE_OR_NET... -o page.html: one self-contained page that shows them; or one picture, -o FILE.svg."""

from __future__ import annotations

import argparse
from pathlib import PurePath

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.budget import Budget
from fsm2rnn.commands.answer import require_one_document, say
from fsm2rnn.commands.reading import read_named, say_notes
from fsm2rnn.commands.status import Status
from fsm2rnn.difference import is_network
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import stages
from fsm2rnn.pages.web.page_data import Subject
from fsm2rnn.pages.web.view import Named, page_of, read_network


def run(options: argparse.Namespace) -> Status:
    """Write the page, and say what is on it."""
    require_one_document(options)
    Budget.of(options.budget)
    notes: list[Json] = []
    with stages("reading", wanted=not (options.quiet or options.json)) as tell:
        named = [_named(options, text, notes) for text in options.subjects]
        page = page_of(named, options.budget, lambda stage: tell(escaped(stage)))
    written = page.written(options.output).encode()
    write_atomically(options.output, written)
    say_notes(options, notes)
    shown: list[Json] = [_shown(subject) for subject in page.data.subjects]
    lines = [f"{one.name}: {one.title}. {one.claim.head} {one.claim.rest}" for one in page.data.subjects]
    answer: dict[str, Json] = {"file": options.output, "bytes": len(written), "subjects": shown}
    text = "\n".join([*lines, f"wrote {escaped(options.output)}"])
    say(options, answer | {"notes": notes}, text)
    return Status.HOLDS


def _named(options: argparse.Namespace, text: str, notes: list[Json]) -> Named:
    if is_network(text):
        return PurePath(text).name, read_network(text)
    machine, said = read_named(options, text)
    notes.extend(f"{text}: {note}" for note in said)
    return text, machine


def _shown(subject: Subject) -> dict[str, Json]:
    return {
        "name": subject.name,
        "title": subject.title,
        "claim": subject.claim.to_json(),
        "states": len(subject.machine.states),
        "networks": [network.name for network in subject.networks],
        "targets": len(subject.ladder),
    }
