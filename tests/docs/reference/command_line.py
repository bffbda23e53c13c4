"""docs/reference/command_line.md: every command with its options, from the parsers that the program runs."""

from __future__ import annotations

import argparse

from fsm2rnn.cli import _parser
from fsm2rnn.commands import table
from tests.docs.reference.markdown import escaped_cell
from tests.house.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "command_line.md"
HEAD = """# Command line

{description}

`fsm2rnn COMMAND ...`, or `python -m fsm2rnn COMMAND ...`. This page is written from the program by
`python -m tests.docs.reference.write`; what each command prints under `--json` is in [JSON](json.md).

| status | means |
| --- | --- |
| 0 | it holds |
| 1 | refuted: impossible, rejected, mismatches, different |
| 2 | bad input, an unreadable file, a limit, usage: one line on stderr |
| 3 | undecided |
| 130 | interrupted |

A MACHINE is a name, `re:REGEX`, generators or a file: `fsm2rnn formats` lists all ways, and the
[guide](../guide.md#what-goes-in) explains them. Every command takes `--json` (one JSON document on stdout) and
`--quiet` (nothing but errors). Progress goes to stderr, on a terminal; `NO_COLOR` and `COLUMNS` are honoured.

## Reading a MACHINE

Commands that read one take these as well.

{reading}"""


def page() -> str:
    """Return the page."""
    parser = _parser()
    reading = argparse.ArgumentParser(add_help=False)
    table._reading(reading)
    (commands,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    sections = [
        section(name, made, [action.dest for action in reading._actions]) for name, made in commands.choices.items()
    ]
    head = HEAD.format(description=parser.description, reading=rows(reading._actions))
    return "\n".join([head, *sections])


def section(name: str, parser: argparse.ArgumentParser, reading: list[str]) -> str:
    """Return what one command says of itself, but for the options that all take, and those that read a MACHINE."""
    own = [action for action in parser._actions if action.dest not in {"help", "json", "quiet", *reading}]
    reads = all(any(action.dest == one for action in parser._actions) for one in reading)
    words = [word for action in own if (word := placed(action))]
    options = ["[options]"] if reads or any(action.option_strings and not action.required for action in own) else []
    usage = " ".join(["fsm2rnn", name, *words, *options])
    more = "Takes the options of [reading a MACHINE](#reading-a-machine) too.\n" if reads else ""
    return "\n".join(filter(None, [f"## {name}\n\n`{usage}`\n\n{parser.description}\n", rows(own), more]))


def placed(action: argparse.Action) -> str:
    """Return how a required argument stands in the usage; nothing where it may be left out."""
    if action.option_strings:
        return f"{action.option_strings[0]} {shown(action)}" if action.required else ""
    return f"{shown(action)}{'...' if action.nargs == '+' else ''}"


def shown(action: argparse.Action) -> str:
    """Return what stands for an argument's value."""
    return "" if action.nargs == 0 else str(action.metavar or action.dest.upper())


def rows(actions: list[argparse.Action]) -> str:
    """Return a table of arguments and what is said of them."""
    if not actions:
        return ""
    lines = [
        f"| {spelled(action)} | {escaped_cell(action.help or '')}{default(action)} |"
        for action in sorted(actions, key=lambda action: bool(action.option_strings))
    ]
    return "\n".join(["| argument | |", "| --- | --- |", *lines, ""])


def spelled(action: argparse.Action) -> str:
    """Return the names of an option with its value, in code."""
    names = action.option_strings or [shown(action)]
    value = f" {shown(action)}" if action.option_strings and action.nargs != 0 else ""
    return ", ".join(f"`{name}`" for name in [*names[:-1], f"{names[-1]}{value}"]).replace("|", "\\|")


def default(action: argparse.Action) -> str:
    """Return the default where the help does not tell it."""
    told = action.default is None or isinstance(action.default, bool) or "default" in (action.help or "")
    return "" if told or not action.option_strings or action.nargs == 0 else f" (default {action.default})"
