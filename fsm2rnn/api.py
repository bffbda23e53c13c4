"""What `import fsm2rnn` offers: machine in, verdicts, networks, checks and verifications out."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from fsm2rnn import compiler, explanation
from fsm2rnn.answers import SILENT, Listener
from fsm2rnn.budget import Budget
from fsm2rnn.choice import choose_member
from fsm2rnn.errors import CertificateError, FsmError, InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.result import Result
from fsm2rnn.source import read as source
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import MAX_STATES, Bit, Labels, ReadOptions, Words
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.target import Target

if TYPE_CHECKING:
    import torch

    from fsm2rnn.cells.network import Network
    from fsm2rnn.cells.tracker import Tracker
    from fsm2rnn.proof.file.checker import Report

NO_EPSILON: Final = "none"
"""The answer of --epsilon that makes every label a letter."""


def read(  # noqa: PLR0913  each option is a keyword that an editor completes
    text: str | os.PathLike[str],
    *,
    complete: Completion | str = Completion.ERROR,
    max_states: int = MAX_STATES,
    labels: Labels | str | None = None,
    start: str | None = None,
    epsilon: str | None = None,
    part: int | None = None,
    finite: Words | str | None = None,
    dont_care: Bit | str | None = None,
) -> StateMachine:
    """Return the machine that a MACHINE text names: a catalogue name, `re:REGEX` or a file.

    `complete` is "error" or "sink": what a missing transition means. `labels` is "whole" or "list": one letter per
    label, or the letters it lists; `start` names the start state; `epsilon` is the label that means no symbol, or
    "none"; `part` counts from 1 which machine of a file of several is read; `finite` = "finite" reads an automaton on
    infinite words over finite ones; `dont_care` is "0" or "1", for open bits of outputs. Left out, these are what the
    format's own tools take them for, and each guess is a ReadingWarning. Raises InputError or LimitError.
    """
    chosen = read_options(
        complete=complete,
        max_states=max_states,
        labels=labels,
        start=start,
        epsilon=epsilon,
        part=part,
        finite=finite,
        dont_care=dont_care,
    )
    found = source.reading(text, chosen)
    source.warn_of(found)
    return found.machine


def read_options(  # noqa: PLR0913  the keywords of read
    *,
    complete: Completion | str,
    max_states: int,
    labels: Labels | str | None,
    start: str | None,
    epsilon: str | None,
    part: int | None,
    finite: Words | str | None = None,
    dont_care: Bit | str | None = None,
) -> ReadOptions:
    """Return the options of `read` with their types; InputError for an unknown choice, a part or a limit below 1."""
    if part is not None and part < 1:
        message = f"part {part}; parts are counted from 1"
        raise InputError(message)
    if max_states < 1:
        message = f"a limit of {max_states} states; a machine has at least 1"
        raise InputError(message)
    return ReadOptions(
        complete=choose_member("completion", complete, Completion),
        max_states=max_states,
        labels=None if labels is None else choose_member("reading of labels", labels, Labels),
        start=start,
        epsilon=None if epsilon is None else frozenset() if epsilon == NO_EPSILON else frozenset({epsilon}),
        part=part,
        finite=None if finite is None else choose_member("kind of words", finite, Words),
        dont_care=None if dont_care is None else choose_member("bit", dont_care, Bit),
    )


def from_table(
    table: Sequence[Sequence[int]],
    *,
    start: int = 0,
    states: Sequence[Hashable] | None = None,
    symbols: Sequence[Hashable] | None = None,
    outputs: Sequence[Hashable] | Sequence[Sequence[Hashable]] | None = None,
) -> StateMachine:
    """Return the machine with delta(q, x) = table[q][x], numbered breadth first from `start`.

    States are named q0, q1, ... and symbols 0, 1, ... (strings) unless named; outputs are the states unless given:
    one label per state, or, as lists, one row of labels per state, of a Mealy machine. Raises InputError as
    StateMachine does.
    """
    width = len(table[0]) if table else 0
    names = tuple(f"q{state}" for state in range(len(table))) if states is None else tuple(states)
    letters = tuple(str(symbol) for symbol in range(width)) if symbols is None else tuple(symbols)
    labels: tuple[Any, ...] = names if outputs is None else tuple(outputs)
    rows = [label for label in labels if isinstance(label, list)]
    mealy = bool(rows) and len(rows) == len(labels)
    answers = tuple(tuple(row) for row in rows) if mealy else labels
    return canonical(StateMachine(names, letters, tuple(tuple(row) for row in table), start, answers, mealy))


def explain(
    machine: StateMachine | str | os.PathLike[str],
    target: Target | str | None = None,
    *,
    contract: Contract | str = Contract.INJECTIVE,
    budget: float | Budget | None = None,
    listener: Listener = SILENT,
) -> explanation.Explanation:
    """Return the facts about a machine and every target's verdict under a contract, or one target's.

    Nonlinear cells are proved where their target alone is asked, which takes seconds; among all they tell their size.
    What is not decided within a budget, in seconds, is Unsettled; None is no end. The listener hears of each target
    before it is asked, and of each answer when it is there. Raises InputError for an unknown target or contract.
    """
    promised = choose_member("contract", contract, Contract)
    targets = TARGETS if target is None else (compiler.find_target(target),)
    ask = compiler.ask_about if target is None else compiler.ask_and_prove
    time = budget if isinstance(budget, Budget) else Budget.of(budget)
    return explanation.explain(_machine(machine), promised, targets, ask=ask, budget=time, listener=listener)


def compile(  # noqa: A001  the contract's name
    machine: StateMachine | str | os.PathLike[str],
    target: Target | str = compiler.AUTO,
    *,
    contract: Contract | str = Contract.INJECTIVE,
) -> Result:
    """Return one target's verdict; "auto" takes the cheapest exact one.

    Raises InputError for an unknown target or contract, LimitError where the target would blow up.
    """
    promised = choose_member("contract", contract, Contract)
    if target == compiler.AUTO:
        answer = compiler.cheapest(_machine(machine), promised)
    else:
        answer = compiler.ask(_machine(machine), compiler.find_target(target), promised)
    return Result(answer.target, answer.machine, answer.verdict)


def compile_all(
    machine: StateMachine | str | os.PathLike[str],
    *,
    contract: Contract | str = Contract.INJECTIVE,
    targets: Iterable[Target | str] | None = None,
) -> dict[str, Result]:
    """Return by name the verdict of each target, of all unless given; a limit that stops one leaves it unsettled.

    Raises InputError for an unknown target or contract.
    """
    promised = choose_member("contract", contract, Contract)
    asked = TARGETS if targets is None else [compiler.find_target(target) for target in targets]
    answers = compiler.ask_all(_machine(machine), promised, asked)
    return {answer.target: Result(answer.target, answer.machine, answer.verdict) for answer in answers}


def check(network: Network | Tracker | str | os.PathLike[str]) -> Report:
    """Prove anew a network file, or a network's weights as they are now, without trusting any compiler."""
    from fsm2rnn.proof.file.checker import Report, check_file, report_on

    if isinstance(network, str | os.PathLike):
        return check_file(network)
    from fsm2rnn.cells.network import Network, lift
    from fsm2rnn.cells.tracker import lift_cell

    try:
        return report_on(lift(network) if isinstance(network, Network) else lift_cell(network))
    except CertificateError as error:
        return Report(accepted=False, field=error.field, reason=error.message)
    except FsmError as error:
        return Report(accepted=False, field="codes", reason=str(error))


def load(path: str | os.PathLike[str], device: torch.device | str | None = None) -> Network | Tracker:
    """Return the network that a file stores.

    A Network or, of a nonlinear cell, a Tracker, its certificate proved: CertificateError where it does not hold. A
    Tracker of a trained file, which claims nothing: InputError where the file is damaged.
    """
    from fsm2rnn.cells.loading import module_from_bytes

    return module_from_bytes(file_bytes(path), ascii(str(path))[1:-1], device)


def _machine(machine: StateMachine | str | os.PathLike[str]) -> StateMachine:
    if isinstance(machine, StateMachine):
        return machine
    if isinstance(machine, str | os.PathLike):
        return read(machine)
    message = f"a {type(machine).__name__} is no machine"
    raise InputError(message, hint="expected a StateMachine, a name such as S5, or the path of a file")
