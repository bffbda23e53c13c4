"""formats: every way to write a MACHINE, and the modules that a target can name."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.machine.labels import Json
from fsm2rnn.source.file.formats import formats_json, formats_text
from fsm2rnn.targets.modules import MODULES


def run(options: argparse.Namespace) -> Status:
    """Print file formats, texts, names and modules."""
    say(options, {**formats_json(), "modules": _modules()}, formats_text() + "\n" + _modules_text())
    return Status.HOLDS


def _modules() -> list[Json]:
    return [{"name": one.name, "package": one.package, "export": one.export, "extra": one.extra} for one in MODULES]


def _modules_text() -> str:
    """Return the modules in aligned columns: name, package with the version that was tested, format of export."""
    rows = [(one.name, one.package, f"export -f {one.export}") for one in MODULES]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join(["modules (compile -t NAME)", *lines])
