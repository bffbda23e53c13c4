"""check NET: prove the certificate of a network file anew, with the kernel alone."""

from __future__ import annotations

import argparse

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import stages
from fsm2rnn.proof.file.checker import check_file


def run(options: argparse.Namespace) -> Status:
    """Say whether the file is accepted, or the field that fails."""
    with stages(f"proving {escaped(options.network)}", wanted=not (options.quiet or options.json)):
        report = check_file(options.network)
    answer: dict[str, Json] = {
        "accepted": report.accepted,
        "claim": report.claim,
        "grade": report.grade,
        "equations": report.equations,
    }
    if report.misread is not None:
        answer["misread"] = report.misread
    if report.accepted:
        claim = escaped(str(report.claim))
        say(options, answer, f"accepted, grade {report.grade}, {report.equations:,} equations: {claim}")
        return Status.HOLDS
    answer |= {"field": report.field, "reason": report.reason}
    say(options, answer, f"rejected: {report.field}: {report.reason}")
    return Status.REFUTED
