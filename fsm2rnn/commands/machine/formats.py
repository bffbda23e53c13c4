"""formats: every way to write a MACHINE, and the modules and published recurrences that a target can name."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.commands.answer import require_one_document, say
from fsm2rnn.commands.status import Status
from fsm2rnn.escapes import escaped
from fsm2rnn.families import FAMILIES
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.web.drawings.gallery import gallery_html
from fsm2rnn.source.file.formats import formats_json, formats_text
from fsm2rnn.targets.modules import MODULES


def run(options: argparse.Namespace) -> Status:
    """Print file formats, texts, names, modules and published recurrences; or write the page of pictures."""
    if options.output is not None:
        return _gallery(options)
    found: dict[str, Json] = {**formats_json(), "modules": _modules(), "families": _families()}
    say(options, found, f"{formats_text()}\n{_modules_text()}\n\n{_families_text()}")
    return Status.HOLDS


def _gallery(options: argparse.Namespace) -> Status:
    require_one_document(options)
    page = gallery_html().encode()
    write_atomically(options.output, page)
    answer: dict[str, Json] = {"file": options.output, "bytes": len(page)}
    say(options, answer, f"wrote {escaped(options.output)}")
    return Status.HOLDS


def _modules() -> list[Json]:
    return [{"name": one.name, "package": one.package, "export": one.export, "extra": one.extra} for one in MODULES]


def _families() -> list[Json]:
    return [
        {"name": one.name, "title": one.title, "recurrence": one.recurrence, "source": one.paper, "rungs": [*one.rungs]}
        for one in FAMILIES
    ]


def _modules_text() -> str:
    """Return the modules: name, package with the version that was tested, format of export."""
    return _aligned("modules", [(one.name, one.package, f"export -f {one.export}") for one in MODULES])


def _families_text() -> str:
    """Return the published recurrences: name, and the rungs that they answer as."""
    rows = [(one.name, ", ".join(one.rungs) or "unsettled for every machine") for one in FAMILIES]
    return _aligned("published recurrences", rows)


def _aligned(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([f"{title} (compile -t NAME)", *lines])
