"""formats: every way to write a MACHINE."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import HOLDS, say
from fsm2rnn.source.file.formats import formats_json, formats_text


def run(options: argparse.Namespace) -> int:
    """Print file formats, texts and names."""
    say(options, formats_json(), formats_text().rstrip("\n"))
    return HOLDS
