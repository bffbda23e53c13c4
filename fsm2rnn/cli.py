"""The command line: one function per command, each returning its exit status.

0 holds, 1 refuted, 2 bad input or usage, 3 undecided. What a command needs is imported inside it, so that
`--help`, `explain`, `compile` and `check` never load torch.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from fsm2rnn import __version__
from fsm2rnn.errors import FsmError, InputError

if TYPE_CHECKING:
    from fsm2rnn.cells.network import Network
    from fsm2rnn.machine.labels import Json
    from fsm2rnn.machine.state_machine import StateMachine
    from fsm2rnn.verify.result import Verification

HOLDS, REFUTED, BAD_INPUT, UNDECIDED = 0, 1, 2, 3
INTERRUPTED = 130
DEFAULT_STEPS = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an FsmError becomes one message on stderr and status 2."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
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


def explain(options: argparse.Namespace) -> int:
    """Say what the machine is, and what each target makes of it."""
    from fsm2rnn import api
    from fsm2rnn.show import show_explanation

    explanation = api.explain(_machine(options), options.target)
    if options.json:
        _print_json(explanation.to_json())
    elif not options.quiet:
        show_explanation(options.machine, explanation)
    return HOLDS


def compile_(options: argparse.Namespace) -> int:
    """Write the network file of one target."""
    from fsm2rnn import api
    from fsm2rnn.compiler import Answer
    from fsm2rnn.explanation import answer_to_json
    from fsm2rnn.targets.verdict import Unsettled

    result = api.compile(_machine(options), options.target, contract=options.contract)
    if isinstance(result.verdict, Unsettled):
        _say(options, {"verdict": "unsettled", "tried": result.verdict.tried}, str(result))
        return UNDECIDED
    report = result.save(options.output, options.dtype)
    entry = answer_to_json(Answer(result.target, result.machine, result.verdict))
    answer: dict[str, Json] = {"target": result.target, "file": options.output, "dtype": options.dtype, **entry}
    _say(options, answer, f"{result.target} {result}\nwrote {options.output} ({report.equations:,} equations proved)")
    return HOLDS


def check(options: argparse.Namespace) -> int:
    """Prove the certificate of a network file anew."""
    from fsm2rnn.proof.checker import check_file

    report = check_file(options.network)
    answer: dict[str, Json] = {
        "accepted": report.accepted,
        "claim": report.claim,
        "grade": report.grade,
        "equations": report.equations,
    }
    if report.accepted:
        _say(options, answer, f"accepted, grade {report.grade}, {report.equations:,} equations: {report.claim}")
        return HOLDS
    answer |= {"field": report.field, "reason": report.reason}
    _say(options, answer, f"rejected: {report.field}: {report.reason}")
    return REFUTED


def verify(options: argparse.Namespace) -> int:
    """Run a network file over long words beside its machine's table."""
    import torch

    from fsm2rnn import api
    from fsm2rnn.cells.packing import FORMAT_DTYPES

    network = api.load(options.network)
    if options.dtype is not None:
        network.to(FORMAT_DTYPES[api.find_format(options.dtype).name])
    try:
        network.to(torch.device(options.device))
    except (RuntimeError, AssertionError) as error:
        message = f"device {options.device!r} cannot be used: {str(error).splitlines()[0]}"
        raise InputError(message) from error
    result = _verify_steps(options, network) if options.words is None else _verify_words(options, network)
    rate = "" if result.symbols_per_second is None else f", {result.symbols_per_second:,.0f} symbols/s"
    counted = (
        f"{result.batch} x {result.steps:,} symbols, {result.dtype} on {result.device} as {result.evaluated}{rate}"
    )
    text = f"{counted}: {result.mismatches:,} mismatches"
    if result.first_mismatch is not None:
        text += f"\nfirst: {result.first_mismatch}"
    _say(options, result.to_json(), text)
    return REFUTED if result.mismatches else HOLDS


def run(options: argparse.Namespace) -> int:
    """Print the outputs along a word."""
    from fsm2rnn import api
    from fsm2rnn.machine.labels import label_text
    from fsm2rnn.verify.words import split_word

    network = api.load(options.network)
    machine = network.machine
    text = _stdin() if options.word == "-" else options.word
    ids = split_word(text, machine)
    states = network.run([machine.symbols[symbol] for symbol in ids]).tolist()
    outputs = [machine.outputs[state] for state in states]
    answer: dict[str, Json] = {
        "symbols": [label_text(machine.symbols[symbol]) for symbol in ids],
        "states": states,
        "outputs": [
            output if isinstance(output, bool | int | str | None) else label_text(output) for output in outputs
        ],
    }
    _say(options, answer, " ".join(label_text(output) for output in outputs))
    return HOLDS


def demo(options: argparse.Namespace) -> int:
    """Compile, check and run four machines."""
    from fsm2rnn.demo import run_demo
    from fsm2rnn.show import console

    silent = options.json or options.quiet
    answer = run_demo(options.output, show=(lambda _: None) if silent else console().print)
    if options.json:
        _print_json(answer)
    return REFUTED if answer["failures"] else HOLDS


def _verify_steps(options: argparse.Namespace, network: Network) -> Verification:
    from fsm2rnn.show import progress_bar
    from fsm2rnn.verify.verification import verify_network

    steps = DEFAULT_STEPS if options.steps is None else options.steps
    with progress_bar(steps, wanted=not (options.quiet or options.json)) as progress:
        return verify_network(
            network, steps=steps, batch=options.batch, seed=options.seed, order=options.order, progress=progress
        )


def _verify_words(options: argparse.Namespace, network: Network) -> Verification:
    from pathlib import Path

    from fsm2rnn.verify.verification import verify_words
    from fsm2rnn.verify.words import read_words

    if options.steps is not None:
        message = "-n and --words exclude each other"
        raise InputError(message)
    return verify_words(network, read_words(Path(options.words), network.machine), order=options.order)


def _machine(options: argparse.Namespace) -> StateMachine:
    from fsm2rnn import api

    return api.read(options.machine, complete=options.complete, max_states=options.max_states)


def _stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        message = f"stdin is not {error.encoding}: {error.reason} at byte {error.start}"
        raise InputError(message) from error


def _say(options: argparse.Namespace, answer: dict[str, Json], text: str) -> None:
    """Print the one JSON document, or the text, or nothing."""
    if options.json:
        _print_json(answer)
    elif not options.quiet:
        print(text)


def _print_json(answer: dict[str, Json]) -> None:
    print(json.dumps(answer, indent=None if not sys.stdout.isatty() else 2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fsm2rnn",
        description="A state machine in; exact recurrent-network weights with a machine-checked certificate out.",
        epilog="Exit status: 0 holds, 1 refuted, 2 bad input or limit exceeded, 3 undecided.",
    )
    parser.add_argument("--version", action="version", version=f"fsm2rnn {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_machine_commands(commands)
    _add_network_commands(commands)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
    parser.set_defaults(command=command)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _add_machine_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, command in (("explain", explain), ("compile", compile_)):
        parser = _add(commands, name, command)
        parser.add_argument("machine", metavar="MACHINE", help="a name such as S5, re:REGEX, or a file")
        parser.add_argument("--complete", default="error", metavar="error|sink", help="what a missing transition means")
        parser.add_argument("--max-states", type=int, default=100_000, metavar="N", help="limit when states are built")
        if name == "explain":
            parser.add_argument("-t", "--target", help="this target alone")
        else:
            parser.add_argument("-t", "--target", required=True, help="a target, or auto for the cheapest exact one")
            parser.add_argument("-o", "--output", required=True, metavar="NET.safetensors", help="the file to write")
            parser.add_argument("--dtype", default="float32", help="float64, float32, bfloat16 or float16")
            parser.add_argument("--contract", default="injective", help="injective or cover")


def _add_network_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, command in (("check", check), ("verify", verify), ("run", run)):
        parser = _add(commands, name, command)
        parser.add_argument("network", metavar="NET.safetensors")
        if name == "verify":
            parser.add_argument("-n", "--steps", type=int, help=f"symbols per stream (default {DEFAULT_STEPS:,})")
            parser.add_argument("--words", metavar="FILE", help="one word per line instead of random ones")
            parser.add_argument("--device", default="cpu", help="a torch device")
            parser.add_argument("--dtype", help="run in this dtype instead of the stored one")
            parser.add_argument("--order", default="sequential", help="rounding order: sequential or scan")
            parser.add_argument("--batch", type=int, default=1, metavar="B", help="streams (default 1)")
            parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the random words (default 0)")
        if name == "run":
            parser.add_argument("word", metavar="WORD", help="symbols with spaces or commas between, - for stdin")
    parser = _add(commands, "demo", demo)
    parser.add_argument("-o", "--output", default="fsm2rnn-demo", metavar="FOLDER", help="where files are written")
