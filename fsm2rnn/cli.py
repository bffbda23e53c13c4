"""The command line: the table of commands, whose modules are loaded when they are called.

Exit status: 0 holds, 1 refuted, 2 bad input or usage, 3 undecided. `--help`, `formats`, `explain`, `compile` and
`check` never load torch.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TextIO

from fsm2rnn.commands.status import Status
from fsm2rnn.commands.table import COMMANDS
from fsm2rnn.errors import FsmError
from fsm2rnn.escapes import escaped
from fsm2rnn.version import __version__

# Exact matrices are many small tuples without cycles; looking through them for garbage finds none.
ALLOCATIONS = 20_000
LONGEST = 2_000  # characters of what is said to be wrong


def main(arguments: Sequence[str] | None = None) -> Status:
    """Run one command and return its status; what stands in its way is one line on stderr and status 2.

    A reader that leaves stdout ends the command quietly, as one that had read enough. SystemExit after --help and
    after wrong usage.
    """
    if sys.stdout is None:
        return _refused("stdout is closed")
    try:
        return _answered(arguments)
    except BrokenPipeError:
        _drop(sys.stdout)
        return Status.HOLDS
    except OSError as error:
        # Files are opened where their errors are told; what is left is stdout, or a system without resources.
        _drop(sys.stdout)
        return _refused(f"{error.filename or 'stdout'}: {error.strerror or error}")


def fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """End the process after an exception that nothing has foreseen, the hook of a process's last resort.

    Python's own status 1 would say that something is refuted.
    """
    traceback.print_exception(kind, error, trace)
    _complain("this is a fault of the program, not of its input; please report it")
    os._exit(Status.FAULT)


def _answered(arguments: Sequence[str] | None) -> Status:
    try:
        return _run(arguments)
    except FsmError as error:
        return _refused(str(error))
    except MemoryError:
        return _refused("out of memory")
    except KeyboardInterrupt:
        _complain("interrupted")
        return Status.INTERRUPTED


def _run(arguments: Sequence[str] | None) -> Status:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A label may hold what the terminal's encoding does not; it is shown escaped then.
            stream.reconfigure(errors="backslashreplace")
    # argparse drops an error of stdout; so what it says there, for --help, is said here.
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            options = _parser().parse_args(arguments)
    except SystemExit:
        print(said.getvalue(), end="", flush=True)
        raise
    gc.set_threshold(ALLOCATIONS)
    command: Callable[[argparse.Namespace], Status] = importlib.import_module(options.module).run
    status = command(options)
    # A reader that left, and a full disk, are met here and not when the interpreter ends.
    sys.stdout.flush()
    return status


def _refused(text: str) -> Status:
    _complain(text)
    return Status.BAD_INPUT


def _complain(text: str) -> None:
    """Say one line on stderr, where there is one, its middle left out where a name of the input is endless."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 400]} [...] {text[-400:]}"
    if sys.stderr is not None:
        try:
            print(f"fsm2rnn: {escaped(text)}", file=sys.stderr)
        except OSError:
            _drop(sys.stderr)


def _drop(stream: TextIO) -> None:
    """Let what the stream still holds go nowhere: nothing more can be said to it, at exit neither."""
    with contextlib.suppress(OSError, ValueError):  # a stream without a descriptor, or a closed one
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


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
