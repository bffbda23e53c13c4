"""The answers of several targets about one machine, under a budget, each told when it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.budget import Budget, BudgetError
from fsm2rnn.compiler import Answer, ask_about
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.targets.target import Target

Ask: TypeAlias = Callable[[Facts, Contract, Iterable[Target]], list[Answer]]

LAST: Final = {"minimal": 0.5, "pd": 1.0, "integer": 1.0, "block-diagonal": 1.0, "householder": 1.0, "factored": 1.0}
"""Targets that search long on large machines, asked last in this order, and what share of the time left each may take.

From pd on they stand on the same characters: to end them early for one would lose them for all."""
FAIR: Final = 2
"""Any other target may take so many times what each of those still to be asked has: a slow one leaves the rest time."""


def _nothing(_: object) -> None:
    """Say nothing."""


@final
@dataclass(frozen=True)
class Listener:
    """Who hears of an explanation while it is made: the facts, what is asked next, and each answer when it is there."""

    facts: Callable[[Mapping[str, Json]], None] = _nothing
    asked: Callable[[str], None] = _nothing
    answered: Callable[[Answer], None] = _nothing


SILENT: Final = Listener()


def answers_within(
    facts: Facts,
    contract: Contract,
    targets: Iterable[Target],
    budget: Budget,
    listener: Listener = SILENT,
    ask: Ask = ask_about,
) -> tuple[Answer, ...]:
    """Return the answer of each target in their order, those that search long asked last; unsettled where time is up.

    None takes all the time that others need as well, and those whose part was too short share what is left at last. The
    answers have their numbers of steps.
    """
    answers: dict[str, Answer] = {}
    asked = tuple(targets)
    order = list(LAST)
    by_time = sorted(asked, key=lambda one: order.index(slow) + 1 if (slow := _slow(one)) else 0)

    def answer(target: Target, part: Budget) -> Answer:
        listener.asked(target.name)
        return _asked(partial(ask, facts, contract, [target]), target, facts, part)

    def tell(found: Answer) -> None:
        answers[found.target] = found
        listener.answered(found)

    late: list[tuple[Target, Answer]] = []
    for place, target in enumerate(by_time):
        share = LAST.get(_slow(target), FAIR / (len(by_time) - place))
        part = budget if budget.left <= 0 or target is by_time[-1] else budget.part(share)
        found = answer(target, part)
        if part is not budget and isinstance(found.verdict, Unsettled) and found.verdict.tried == part.reason:
            late.append((target, found))
        else:
            tell(found)
    for place, (target, found) in enumerate(late):
        tell(answer(target, budget.part(1 / (len(late) - place))) if budget.left > 0 else found)
    return tuple(answers[target.name] for target in asked)


def _slow(target: Target) -> str:
    """Return which target that searches long is asked: this one, or a rung of this family; "" for none."""
    rungs = getattr(target, "rungs", (target.name,))  # families have them; their package is loaded when it is asked for
    return next((name for name in rungs if name in LAST), "")


def _asked(ask: Callable[[], list[Answer]], target: Target, facts: Facts, budget: Budget) -> Answer:
    """Return the answer with its numbers of steps, which take longest for some; unsettled where the time is up."""

    def search() -> Answer:
        (answer,) = ask()
        if isinstance(answer.verdict, Compiled):
            answer.verdict.steps()
        return answer

    try:
        return budget.spend(search)
    except BudgetError as error:
        return Answer(target.name, facts.machine, Unsettled(str(error)))
