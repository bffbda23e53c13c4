"""formats: every way to write a MACHINE."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.source.file.formats import formats_json, formats_text


def run(options: argparse.Namespace) -> Status:
    """Print file formats, texts and names."""
    say(options, formats_json(), formats_text().rstrip("\n"))
    return Status.HOLDS
