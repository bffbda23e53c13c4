"""What a command says: one JSON document, or text, or nothing."""

from __future__ import annotations

import argparse
import json
import sys

from fsm2rnn.atomic_write import STDOUT
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json


def require_one_document(options: argparse.Namespace) -> None:
    """Raise InputError where the file and the JSON document would both go to stdout."""
    if options.json and options.output == STDOUT:
        message = "-o - and --json would both write to stdout"
        raise InputError(message, hint="name a file")


def say(options: argparse.Namespace, answer: Json, text: str) -> None:
    """Print `answer` under --json, nothing under --quiet, and `text` otherwise: on stderr where stdout is the file."""
    if options.json:
        print_json(answer)
    elif not options.quiet:
        stream = sys.stderr if getattr(options, "output", None) == STDOUT else sys.stdout
        print(escaped_lines(text), file=stream)


def escaped_lines(text: str) -> str:
    """Return a text whose lines are its own: what labels hold is escaped."""
    return "\n".join(escaped(line) for line in text.split("\n"))


def print_json(answer: Json) -> None:
    """Print the one document, indented on a terminal."""
    print(json.dumps(answer, indent=2 if sys.stdout.isatty() else None))
