"""compile MACHINE -t TARGET -o NET: write the network file of one target."""

from __future__ import annotations

import argparse

from fsm2rnn import api
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.explanation import answer_to_json
from fsm2rnn.machine.labels import Json


def run(options: argparse.Namespace) -> Status:
    """Write the file, and say what it holds."""
    machine, notes = read_machine(options)
    result = api.compile(machine, options.target, contract=options.contract)
    entry = answer_to_json(Answer(result.target, result.machine, result.verdict))
    if not isinstance(result.verdict, Compiled):
        say(options, {"target": result.target, **entry, "notes": notes}, f"{result.target} {result}")
        return Status.UNDECIDED if isinstance(result.verdict, Unsettled) else Status.REFUTED
    report = result.save(options.output, options.dtype, grade=options.grade)
    stored: dict[str, Json] = {"file": options.output, "dtype": options.dtype, "stored_grade": report.grade}
    proved = f"{report.equations:,} equations proved, grade {report.grade}"
    text = f"{result.target} {result}\nwrote {options.output} in {options.dtype} ({proved})"
    say(options, {"target": result.target, **stored, **entry, "notes": notes}, text)
    return Status.HOLDS
