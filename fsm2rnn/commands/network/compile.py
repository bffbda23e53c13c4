"""compile MACHINE -t TARGET -o NET: write the network file of one target."""

from __future__ import annotations

import argparse
from dataclasses import replace

from fsm2rnn import api
from fsm2rnn.choice import choose_member
from fsm2rnn.commands.answer import require_one_document, say
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.compiler import Answer, with_proof
from fsm2rnn.constructions.floats.improvement import Grade, of_grade
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.escapes import escaped
from fsm2rnn.explanation import answer_to_json
from fsm2rnn.machine.labels import Json
from fsm2rnn.model_card import write_proved
from fsm2rnn.pages.progress import stages


def run(options: argparse.Namespace) -> Status:
    """Write the file, and say what it holds."""
    require_one_document(options)
    machine, notes = read_machine(options)
    with stages(f"{escaped(options.machine)}: {escaped(options.target)}", wanted=not (options.quiet or options.json)):
        result = api.compile(machine, options.target, contract=options.contract)
        if isinstance(result.verdict, Compiled):
            grade = choose_member("grade", options.grade, Grade)
            result = replace(result, verdict=of_grade(grade, result.verdict))
        entry = answer_to_json(Answer(result.target, result.machine, result.verdict))
    if not isinstance(result.verdict, Compiled):
        say(options, {"target": result.target, **entry, "notes": notes}, f"{result.target} {escaped(str(result))}")
        return Status.UNDECIDED if isinstance(result.verdict, Unsettled) else Status.REFUTED
    with stages(f"proving {escaped(options.output)}", wanted=not (options.quiet or options.json)):
        network = result.proved(options.dtype, grade=options.grade)
        report = write_proved(options.output, network, card=options.card)
    verdict = with_proof(result.verdict, network)
    if verdict is not result.verdict:
        entry = answer_to_json(Answer(result.target, result.machine, verdict))
    stored: dict[str, Json] = {"file": options.output, "dtype": options.dtype, "stored_grade": report.grade}
    proved = f"{report.equations:,} equations proved, grade {report.grade}"
    text = f"{result.target} {escaped(str(verdict))}\nwrote {escaped(options.output)} in {options.dtype} ({proved})"
    # What stands above speaks of all formats: where the stored one has a claim of its own, the file's claim is said.
    claim = "" if report.grade == "exact" else f"\n{escaped(str(report.claim))}"
    say(options, {"target": result.target, **stored, **entry, "notes": notes}, text + claim)
    return Status.HOLDS
