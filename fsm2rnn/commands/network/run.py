"""run NET WORD: the outputs along a word."""

from __future__ import annotations

import argparse
import sys

from fsm2rnn import api
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json, Label, label_plain, label_text
from fsm2rnn.pages.progress import stages
from fsm2rnn.running.words.words import WORDS_LIMIT, split_word


def run(options: argparse.Namespace) -> Status:
    """Print one output per symbol; of a network without states of its own the states are null."""
    with stages(f"reading {escaped(options.network)}", wanted=not (options.quiet or options.json)):
        network = api.load(options.network)
    machine = network.machine
    ids = split_word(_stdin() if options.word == "-" else options.word, machine)
    word = [machine.symbols[symbol] for symbol in ids]
    states, outputs = _answers(network, word)
    answer: dict[str, Json] = {
        "symbols": [label_text(symbol) for symbol in word],
        "states": states,
        "outputs": [label_plain(output) for output in outputs],
    }
    say(options, answer, " ".join(escaped(label_text(output)) for output in outputs))
    return Status.HOLDS


def _answers(network: Network | Tracker, word: list[Label]) -> tuple[list[Json] | None, list[Label]]:
    """Return the states along a word, None of a tracker, and the outputs."""
    machine = network.machine
    if isinstance(network, Tracker):
        return None, [machine.output_labels[number] for number in network.output_ids(word).tolist()]
    states = network.run(word).tolist()
    return states, machine.outputs_of_steps(machine.indices(word), states, network.start())


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
