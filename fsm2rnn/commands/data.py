"""data MACHINE -l LENGTH -n COUNT -o FILE: word-problem data for training and testing."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.commands.answer import HOLDS, say
from fsm2rnn.machine.labels import Json
from fsm2rnn.word_problem import names_path, write_word_problem


def run(options: argparse.Namespace) -> int:
    """Write the rows and the names beside them."""
    machine = api.read(options.machine, complete=options.complete, max_states=options.max_states)
    write_word_problem(machine, options.output, length=options.length, count=options.count, seed=options.seed)
    names = str(names_path(options.output))
    answer: dict[str, Json] = {
        "file": options.output,
        "names": names,
        "length": options.length,
        "count": options.count,
        "seed": options.seed,
    }
    say(
        options,
        answer,
        f"wrote {options.count:,} words of {options.length:,} symbols to {options.output}, names to {names}",
    )
    return HOLDS
