"""The command line: the table of commands, whose modules are loaded when they are called.

Exit status: 0 holds, 1 refuted, 2 bad input or usage, 3 undecided. `--help`, `formats`, `explain`, `compile` and
`check` never load torch.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence

from fsm2rnn import __version__
from fsm2rnn.commands.status import Status
from fsm2rnn.commands.table import COMMANDS
from fsm2rnn.errors import FsmError

# Exact matrices are many small tuples without cycles; looking through them for garbage finds none.
ALLOCATIONS = 20_000


def main(arguments: Sequence[str] | None = None) -> Status:
    """Run one command; an FsmError becomes one message on stderr and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A label may hold what the terminal's encoding does not; it is shown escaped then.
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    gc.set_threshold(ALLOCATIONS)
    try:
        command: Callable[[argparse.Namespace], Status] = importlib.import_module(options.module).run
        status = command(options)
        # A reader that left is met here, and not when the interpreter ends.
        sys.stdout.flush()
    except FsmError as error:
        print(f"fsm2rnn: {error}", file=sys.stderr)
        return Status.BAD_INPUT
    except KeyboardInterrupt:
        print("fsm2rnn: interrupted", file=sys.stderr)
        return Status.INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout left; nothing more can be said to it, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.HOLDS
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fsm2rnn",
        description="A state machine in; exact recurrent-network weights with a machine-checked certificate out.",
        epilog="Exit status: 0 holds, 1 refuted, 2 bad input or limit exceeded, 3 undecided.",
    )
    parser.add_argument("--version", action="version", version=f"fsm2rnn {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        description = f"{command.says[0].upper()}{command.says[1:]}."
        options = commands.add_parser(command.name, help=command.says, description=description)
        options.set_defaults(module=f"fsm2rnn.commands.{command.module}")
        command.add_options(options)
        options.add_argument("--json", action="store_true", help="print one JSON document")
        options.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser
