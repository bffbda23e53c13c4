"""table MACHINE...: which layer tracks which machine, or the reason why not in a few words."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Final

from fsm2rnn.budget import Budget
from fsm2rnn.choice import choose, choose_member
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_named, say_notes
from fsm2rnn.commands.status import Status
from fsm2rnn.escapes import escaped
from fsm2rnn.families import FAMILIES
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import Stages, stages
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.tabulation import TableCell, Tabulation, comma_separated, latex, markdown, row
from fsm2rnn.targets import STACKS, TARGETS
from fsm2rnn.targets.target import Target

COLUMNS: Final[tuple[Target, ...]] = (*TARGETS, *STACKS, *FAMILIES)
PRINTERS: Final = {"markdown": markdown, "latex": latex, "csv": comma_separated}


def run(options: argparse.Namespace) -> Status:
    """Print the table."""
    contract = choose_member("contract", options.contract, Contract)
    printer = choose("form of a table", options.form, PRINTERS)
    Budget.of(options.budget)
    read = [read_named(options, text) for text in options.machines]
    notes: list[Json] = [
        f"{text}: {note}" for text, (_, said) in zip(options.machines, read, strict=True) for note in said
    ]
    say_notes(options, notes)
    rows: list[tuple[str, tuple[TableCell, ...]]] = []
    with stages("reading", wanted=not (options.quiet or options.json)) as tell:
        for text, (machine, _) in zip(options.machines, read, strict=True):
            budget, asked = Budget.of(options.budget), partial(_tell, tell, text)
            rows.append((text, row(machine, contract, COLUMNS, budget, asked)))
    found = Tabulation(tuple(target.name for target in COLUMNS), tuple(rows), contract)
    say(options, found.to_json() | {"notes": notes}, printer(found))
    return Status.HOLDS


def _tell(tell: Stages, machine: str, target: str) -> None:
    tell(f"{escaped(machine)}: {target}")
