"""The command line: options, and a table of commands whose modules are loaded when they are called.

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
from fsm2rnn.errors import FsmError

HOLDS, BAD_INPUT, INTERRUPTED = 0, 2, 130
# Exact matrices are many small tuples without cycles; looking through them for garbage finds none.
ALLOCATIONS = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an FsmError becomes one message on stderr and status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A label may hold what the terminal's encoding does not; it is shown escaped then.
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    gc.set_threshold(ALLOCATIONS)
    try:
        command: Callable[[argparse.Namespace], int] = importlib.import_module(options.module).run
        status = command(options)
        # A reader that left is met here, and not when the interpreter ends.
        sys.stdout.flush()
    except FsmError as error:
        print(f"fsm2rnn: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("fsm2rnn: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout left; nothing more can be said to it, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return HOLDS
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fsm2rnn",
        description="A state machine in; exact recurrent-network weights with a machine-checked certificate out.",
        epilog="Exit status: 0 holds, 1 refuted, 2 bad input or limit exceeded, 3 undecided.",
    )
    parser.add_argument("--version", action="version", version=f"fsm2rnn {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, says, add_options in COMMANDS:
        command = commands.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
        command.set_defaults(module=f"fsm2rnn.commands.{name}")
        add_options(command)
        command.add_argument("--json", action="store_true", help="print one JSON document")
        command.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("machine", metavar="MACHINE", help="a name such as S5, re:REGEX, or a file")
    parser.add_argument("--complete", default="error", metavar="error|sink", help="what a missing transition means")
    parser.add_argument("--max-states", type=int, default=100_000, metavar="N", help="limit when states are built")


def _network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET.safetensors")


def _explain(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-t", "--target", help="this target alone")


def _compile(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-t", "--target", required=True, help="a target, or auto for the cheapest exact one")
    parser.add_argument("-o", "--output", required=True, metavar="NET.safetensors", help="the file to write")
    parser.add_argument("--dtype", default="float32", help="float64, float32, bfloat16 or float16")
    parser.add_argument("--contract", default="injective", help="linear, injective, cover or robust")
    parser.add_argument("--grade", default="best", help="best, or snap: put the state back on its prototype")


def _verify(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("-n", "--steps", type=int, help="symbols per stream (default 1,000,000)")
    parser.add_argument("--words", metavar="FILE", help="one word per line instead of random ones")
    parser.add_argument("--device", default="cpu", help="a torch device")
    parser.add_argument("--dtype", help="run in this dtype instead of the stored one")
    parser.add_argument("--order", default="sequential", help="rounding order: sequential or scan")
    parser.add_argument("--batch", type=int, default=1, metavar="B", help="streams (default 1)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the random words (default 0)")
    parser.add_argument("--checkpoint", metavar="FILE", help="record finished blocks in FILE, and go on from it")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="that a rank waits under torchrun (1800)")


def _run(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("word", metavar="WORD", help="symbols with spaces or commas between, - for stdin")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", default="fsm2rnn-demo", metavar="FOLDER", help="where files are written")


def _convert(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("output", metavar="OUT", help="the file to write; its suffix names the format")


def _data(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-l", "--length", type=int, required=True, help="symbols per word")
    parser.add_argument("-n", "--count", type=int, required=True, help="words")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the random words (default 0)")
    parser.add_argument("--vectors", action="store_true", help="safetensors vectors that test recurrence kernels")
    parser.add_argument("--dtype", default="float32", help="of the vectors: float64, float32, bfloat16 or float16")


def _nothing(_: argparse.ArgumentParser) -> None:
    """Add no options."""


COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("explain", "say what the machine is, and what each target makes of it", _explain),
    ("compile", "write the network file of one target", _compile),
    ("check", "prove the certificate of a network file anew", _network),
    ("verify", "run a network file over long words beside its machine's table", _verify),
    ("run", "print the outputs along a word", _run),
    ("convert", "write a machine in another format", _convert),
    ("formats", "list every way to write a MACHINE", _nothing),
    ("data", "write word-problem data: random words with the output after every symbol", _data),
    ("doctor", "say what is installed, which extras, and which devices there are", _nothing),
    ("demo", "compile, check and run four machines", _demo),
)
