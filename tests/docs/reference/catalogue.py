"""docs/reference/catalogue.md and its two sheets of pictures: the machines that have names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.web.drawings.gallery import GROUPS, SHOWN, TEXTS
from fsm2rnn.pages.web.drawings.graph import machine_svg
from fsm2rnn.pages.web.drawings.svg import picture, text
from fsm2rnn.source.named.catalogue import TASKS
from fsm2rnn.source.read import read
from tests.docs.reference.markdown import escaped_cell
from tests.house.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "catalogue.md"
SHEETS = {
    "tasks": [name for name in SHOWN if name != "modarith-precedence(2)"],  # which has no room for its names
    "groups": [name for name in GROUPS if len(read(name).states) <= 24],
}
COLUMNS, WIDE, HIGH, LINE = 4, 220, 170, 26
HEAD = """# Catalogue

Machines that have a name; each stands wherever a command takes a MACHINE. `fsm2rnn formats` lists all names with what
they take, `fsm2rnn formats --gallery FILE.html` draws them on one page, and `fsm2rnn view NAME -o page.html` steps
one. Tables and pictures are written by `python -m tests.docs.reference.write`.

## Tasks

![State graphs of the tasks in the table below](../pictures/catalogue_tasks.svg)

| name | states | symbols | what it is |
| --- | --- | --- | --- |
{tasks}

## Groups

A group acts on itself: states are elements, letters multiply from the right. Without `@gens` every element is a symbol.

![State graphs of groups up to order 24, generators as symbols](../pictures/catalogue_groups.svg)

| name | states | symbols | generators |
| --- | --- | --- | --- |
{groups}

Products are written with `x` (`A4xZ5`), other groups by permutations.

## Written out

| text | states | symbols |
| --- | --- | --- |
{texts}
"""


def page() -> str:
    """Return the page."""
    about = {entry.name: entry.about for entry in TASKS}
    tomita = [name for name in SHOWN if name.startswith("tomita")]
    tasks = [
        f"| `{name}` | {counts(read(name))} | {escaped_cell(about[name.partition('(')[0]])} |"
        for name in SHOWN
        if name not in tomita
    ]
    sizes = ", ".join(str(len(read(name).states)) for name in tomita)
    tasks.insert(2, f"| `{tomita[0]}` to `{tomita[-1]}` | {sizes} | 2 | {escaped_cell(about[tomita[0]])} |")
    groups = [f"| `{name}` | {counts(read(name))} | {letters(read(name))} |" for name in GROUPS]
    texts = [f"| `{name}` | {counts(read(name))} |".replace("(a|b)", "(a\\|b)") for name in TEXTS]
    return HEAD.format(tasks="\n".join(tasks), groups="\n".join(groups), texts="\n".join(texts))


def counts(machine: StateMachine) -> str:
    """Return the cells of states and symbols."""
    return f"{len(machine.states):,} | {len(machine.symbols):,}"


def letters(machine: StateMachine) -> str:
    """Return the symbols, each in code."""
    return ", ".join(f"`{symbol}`" for symbol in machine.symbols)


def sheet(names: Sequence[str]) -> str:
    """Return the graphs of named machines on one sheet, their names below."""
    parts = []
    for place, name in enumerate(names):
        left, top = place % COLUMNS * WIDE, place // COLUMNS * (HIGH + LINE)
        drawn = re.sub(r"<text .*?</text>", "", machine_svg(read(name)))  # too small to be read here
        graph = re.sub(r'^<svg (.*?) width="\d+" height="\d+"', r"<svg \1", drawn)
        graph = graph.replace(
            "<svg ", f'<svg x="{left + 10}" y="{top + 8}" width="{WIDE - 20}" height="{HIGH - 12}" ', 1
        )
        parts += [graph, text(name, (left + WIDE / 2, top + HIGH + 12), 15)]
    lines = -(-len(names) // COLUMNS)
    title = f"state graphs of {', '.join(names)}"
    return picture((0, 0, COLUMNS * WIDE, lines * (HIGH + LINE) + 6), title, *parts) + "\n"
