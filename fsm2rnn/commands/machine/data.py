"""data MACHINE -l LENGTH -n COUNT -o FILE: word-problem data for training and testing, or vectors for kernels."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import require_one_document, say
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.data.vectors import write_vectors
from fsm2rnn.data.word_problem import names_path, write_word_problem
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.result import find_format
from fsm2rnn.running.words.random_words import RandomWords


def run(options: argparse.Namespace) -> Status:
    """Write the rows and the names beside them, or the vectors."""
    require_one_document(options)
    machine, notes = read_machine(options)
    answer: dict[str, Json] = {
        "file": options.output,
        "length": options.length,
        "count": options.count,
        "seed": options.seed,
        "notes": notes,
    }
    written = f"{options.count:,} words of {options.length:,} symbols to {escaped(options.output)}"
    if options.vectors:
        about = _vectors(options, machine)
        text = "\n".join([f"wrote {written}", *(f"{name}: {facts}" for name, facts in about.items())])
        say(options, answer | {"dtype": options.dtype, "kinds": about}, text)
        return Status.HOLDS
    write_word_problem(machine, options.output, length=options.length, count=options.count, seed=options.seed)
    names = names_path(options.output)
    beside = "" if names is None else f", names to {escaped(str(names))}"
    say(options, answer | {"names": None if names is None else str(names)}, f"wrote {written}{beside}")
    return Status.HOLDS


def _vectors(options: argparse.Namespace, machine: StateMachine) -> dict[str, Json]:
    words = RandomWords(options.length, options.count, options.seed)
    return write_vectors(machine, options.output, words=words, form=find_format(options.dtype))
