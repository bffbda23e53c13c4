"""run NET WORD: the outputs along a word."""

from __future__ import annotations

import argparse
import sys

from fsm2rnn import api
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json, label_plain, label_text
from fsm2rnn.pages.progress import stages
from fsm2rnn.running.words.words import WORDS_LIMIT, split_word


def run(options: argparse.Namespace) -> Status:
    """Print one output per symbol."""
    with stages(f"proving {escaped(options.network)}", wanted=not (options.quiet or options.json)):
        network = api.load(options.network)
    machine = network.machine
    ids = split_word(_stdin() if options.word == "-" else options.word, machine)
    states = network.run([machine.symbols[symbol] for symbol in ids]).tolist()
    outputs = machine.outputs_of_steps(ids, states, network.start())
    answer: dict[str, Json] = {
        "symbols": [label_text(machine.symbols[symbol]) for symbol in ids],
        "states": states,
        "outputs": [label_plain(output) for output in outputs],
    }
    say(options, answer, " ".join(escaped(label_text(output)) for output in outputs))
    return Status.HOLDS


def _stdin() -> str:
    if sys.stdin is None:
        message = "stdin is closed"
        raise InputError(message)
    try:
        text = sys.stdin.read(WORDS_LIMIT + 1)
    except UnicodeDecodeError as error:
        message = f"stdin is not {error.encoding}: {error.reason} at byte {error.start}"
        raise InputError(message) from error
    except OSError as error:
        message = f"stdin cannot be read: {error.strerror}"
        raise InputError(message) from error
    if len(text) > WORDS_LIMIT:
        what = "characters of a word"
        raise LimitError(what, limit=WORDS_LIMIT)
    return text
