"""explain MACHINE: what it is, and what each target makes of it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from fsm2rnn import api
from fsm2rnn.answers import Listener
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.budget import Budget, BudgetError
from fsm2rnn.choice import choose, choose_member
from fsm2rnn.commands.answer import escaped_lines, print_json, require_one_document, say
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.compiler import Answer, find_target
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.document import document
from fsm2rnn.pages.progress import Stages, stages
from fsm2rnn.pages.rows import TargetRows
from fsm2rnn.pages.terminal import fitted, show, show_facts, show_rest, width
from fsm2rnn.pages.why import why
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.targets import TARGETS


def run(options: argparse.Namespace) -> Status:
    """Print facts and verdicts, each when it is decided; or one target's reason, or the reply to one question."""
    budget = Budget.of(options.budget)
    if options.format is not None or options.output is not None:
        return _theorems(options, budget)
    if options.ask is not None:
        return _reply(options, budget)
    if options.why is not None:
        return _why(options, budget)
    machine, notes = read_machine(options)
    name = escaped(options.machine)
    silent = options.quiet or options.json
    with stages(f"{name}: facts", wanted=not silent) as tell:
        listener = Listener(asked=lambda target: tell(f"{name}: {target}"))
        explanation = api.explain(
            machine,
            options.target,
            contract=options.contract,
            budget=budget,
            listener=listener if silent else _printing(options, listener, tell),
        )
    if options.json:
        print_json(document(explanation, machine, options.machine, notes, budget))
    elif not options.quiet:
        show_rest(explanation)
    return Status.HOLDS


def _theorems(options: argparse.Namespace, budget: Budget) -> Status:
    """Write the words that refute, and the lower bounds, as theorems of the proof assistant."""
    if options.format is None or options.output is None or options.ask is not None or options.why is not None:
        message = "-f rocq and -o go together, without --ask and --why"
        raise InputError(message, hint="explain MACHINE -f rocq -o W.v")
    choose("format", options.format, {"rocq": "rocq"})
    require_one_document(options)
    from fsm2rnn.rocq.witness_text import witness_text, witnesses_of

    machine, notes = read_machine(options)
    with stages(f"{escaped(options.machine)}: theorems", wanted=not (options.quiet or options.json)):
        explanation = api.explain(machine, options.target, contract=options.contract, budget=budget)
        answers, beside = list(explanation.answers), explanation.obstructions
        if options.target is None:  # the lower bound is of networks whose outputs are linear
            answers += api.explain(machine, "minimal", contract=Contract.LINEAR, budget=budget).answers
        rests = witnesses_of(answers, beside if options.target is None else ())
        found = witness_text(rests, limit=options.max_text)
        write_atomically(options.output, found.text.text.encode("ascii"))
    says = [f"{theorem.name}: {theorem.says}" for theorem in found.text.theorems]
    answer: dict[str, Json] = {"format": "rocq", "path": options.output, "theorems": list(says), "notes": notes}
    lines = [
        f"wrote {escaped(options.output)}, which states, for the proof assistant to prove:",
        *map("  {}".format, says),
    ]
    if found.left_out:
        lines.append(f"not written: {'; '.join(found.left_out)}")
    say(options, answer | {"left_out": list(found.left_out)}, "\n".join(lines))
    return Status.HOLDS


def _reply(options: argparse.Namespace, budget: Budget) -> Status:
    """Answer whether one target's networks meet the conditions."""
    if options.target is None or options.why is not None:
        message = "--ask is answered for one target" if options.target is None else "--ask and --why, where one is told"
        raise InputError(message, hint="name the target with -t, and ask one thing")
    from fsm2rnn.question import Reply, Truth, parse_question, replied

    question = parse_question(options.ask, find_target(options.target))
    machine, notes = read_machine(options)
    with stages(f"{escaped(options.machine)}: {options.target}", wanted=not (options.quiet or options.json)):
        explanation = api.explain(machine, options.target, contract=options.contract, budget=budget)
        (answer,) = explanation.answers
        contract = choose_member("contract", options.contract, Contract)
        try:
            reply = budget.spend(lambda: replied(question, answer, contract))
        except BudgetError as error:
            reply = Reply(Truth.UNKNOWN, str(error))
    said: dict[str, Json] = {"target": answer.target, "conditions": question.to_json(), "contract": contract.value}
    told: dict[str, Json] = {"answer": reply.truth.value, "reason": reply.reason, "notes": notes}
    say(options, said | told, str(reply))
    statuses = {Truth.YES: Status.HOLDS, Truth.NO: Status.REFUTED, Truth.UNKNOWN: Status.UNDECIDED}
    return statuses[reply.truth]


def _why(options: argparse.Namespace, budget: Budget) -> Status:
    """Say the reason of one target's answer."""
    if options.target is not None:
        message = "--why names its target itself"
        raise InputError(message, hint=f"leave out -t {options.target}")
    options.target = options.why
    machine, notes = read_machine(options)
    with stages(f"{escaped(options.machine)}: {escaped(options.why)}", wanted=not (options.quiet or options.json)):
        explanation = api.explain(machine, options.why, contract=options.contract, budget=budget)
    reason = why(explanation.answers[0])
    if options.json:
        print_json(document(explanation, machine, options.machine, notes, budget) | {"why": reason.to_json()})
    elif not options.quiet:
        show(fitted(escaped_lines(f"{options.machine}: {reason}")))
    return Status.HOLDS


def _printing(options: argparse.Namespace, listener: Listener, tell: Stages) -> Listener:
    """Return the listener that prints the facts and the rows."""
    names = [one.name for one in TARGETS] if options.target is None else [find_target(options.target).name]
    rows = TargetRows.of(names, width())

    def facts(found: Mapping[str, Json]) -> None:
        with tell.pause():
            show_facts(options.machine, found)
            show(rows.heading())

    def answered(answer: Answer) -> None:
        with tell.pause():
            show(rows.row(answer))

    return Listener(facts, listener.asked, answered)
