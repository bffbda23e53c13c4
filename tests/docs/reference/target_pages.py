"""The rows of docs/reference/targets/NAME.md between two comments: what the program says of the target."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fsm2rnn.compiler import ALIASES
from fsm2rnn.families import FAMILIES
from fsm2rnn.tabulation import MARKDOWN, PUBLISHED, Tabulation, table
from fsm2rnn.targets import STACKS, TARGETS
from tests.house.source_tree import ROOT

FOLDER = ROOT / "docs" / "reference" / "targets"
NAMES = [target.name for target in (*TARGETS, *STACKS)]
MACHINES = ("parity", "flip-flop", "Z5", "S3@gens", "counter(3)", "tomita3")
BEGIN, END = "<!-- facts -->\n", "<!-- /facts -->\n"


def page_of(name: str) -> Path:
    """Return the page of a target."""
    return FOLDER / f"{name}.md"


def with_facts(name: str, text: str) -> str:
    """Return a page whose rows are what the program says now."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{facts(name)}{END}{after}"


def facts(name: str) -> str:
    """Return the published names of a target, and its width of each of a few machines, or why it has none."""
    column = answers().targets.index(name)
    widths = [(machine, str(cells[column]).translate(MARKDOWN)) for machine, cells in answers().rows]
    rows = [f"| {machine} | {said} |" for machine, said in widths]
    return "\n".join([*names(name), "| machine | width, or why not |", "| --- | --- |", *rows, ""])


def names(name: str) -> list[str]:
    """Return a line on the papers' names for a target, and one on the recurrences that answer as it."""
    own = [f"{PUBLISHED[alias]} (`-t {alias}`)" for alias, rung in ALIASES.items() if rung == name]
    families = [f"`{family.name}`" for family in FAMILIES if name in family.rungs]
    lines = [f"Published as {', '.join(own)}.\n"] * bool(own)
    if families:
        lines.append(f"Answer as it, under restrictions ([families](../../families.md)): {', '.join(families)}.\n")
    return lines


@cache
def answers() -> Tabulation:
    """Return what all targets say of the machines: under a second."""
    return table(*MACHINES, targets=NAMES)
