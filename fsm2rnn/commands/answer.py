"""What a command says: one JSON document, or text, or nothing."""

from __future__ import annotations

import argparse
import json
import sys

from fsm2rnn.machine.labels import Json


def say(options: argparse.Namespace, answer: Json, text: str) -> None:
    """Print `answer` under --json, nothing under --quiet, and `text` otherwise."""
    if options.json:
        print_json(answer)
    elif not options.quiet:
        print(text)


def print_json(answer: Json) -> None:
    """Print the one document, indented on a terminal."""
    print(json.dumps(answer, indent=2 if sys.stdout.isatty() else None))
