"""export NET -f FORMAT -o PATH: a network as other programs read it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Final

from fsm2rnn.atomic_write import STDOUT
from fsm2rnn.choice import choose_member
from fsm2rnn.commands.answer import require_one_document, say
from fsm2rnn.commands.status import Status
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.exports.export import Exported, export
from fsm2rnn.exports.formats import Format
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import stages

FOLDERS: Final = (Format.TORCH, Format.TRANSFORMERS, Format.FLA)


def run(options: argparse.Namespace) -> Status:
    """Write the files, and say what is known of them."""
    require_one_document(options)
    asked = choose_member("export format", options.format, Format)
    if asked in FOLDERS and options.output == STDOUT:
        message = f"-f {asked.value} writes a folder, and stdout is none"
        raise InputError(message, hint="name a folder")
    with stages(f"{escaped(options.network)}: {asked.value}", wanted=not (options.quiet or options.json)):
        found = export(options.network, asked, options.output, floats=options.floats, max_text=options.max_text)
    answer: dict[str, Json] = {**asdict(found), "files": list(found.files), "theorems": list(found.theorems)}
    say(options, answer, _text(found))
    return Status.HOLDS


def _text(found: Exported) -> str:
    lines = [f"wrote {escaped(found.path)}"]
    if found.files:
        lines.append("with " + ", ".join(found.files))
    if found.opset is not None:
        lines.append(f"opset {found.opset}, batch and length free")
    if found.replayed is not None:
        lines.append(f"read back: {found.replayed:,} random symbols answered as the network does")
    if found.states is not None:
        led = "" if found.lead is None else f", the right one by {found.lead:.3g} or more"
        lines.append(f"stepped from all {found.states:,} states that words reach: answered as the machine does{led}")
    if found.ran is not None:
        lines.append(f"what was run: {found.ran}")
    if found.theorems:
        lines += ["it states, for the proof assistant to prove (fsm2rnn prove runs it):"]
        lines += [f"  {theorem}" for theorem in found.theorems]
    return "\n".join(lines)
